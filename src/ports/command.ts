import type { Actor } from '../domain/decision.ts';
import type { Chaos } from './chaos.ts';
import type { Desk } from './desk.ts';

/** What the words after `/sre <name>` were, and who typed them where. `thread` is the incident of the thread, when typed in one. */
export interface CommandInput {
  readonly words: readonly string[];
  readonly by: Actor;
  readonly channel: string;
}

/** What a command may use. `chaos` is absent in a bot that was not given any. */
export interface CommandTools {
  readonly desk: Desk;
  readonly chaos?: Chaos;
  readonly modelLabel: string;
}

/** One part of a reply. All text is plain: the renderer escapes it. `incident` becomes a link to the thread where there is one. */
export type ReplyPart =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'fields'; readonly pairs: readonly (readonly [string, string])[] }
  | { readonly kind: 'list'; readonly items: readonly { readonly text: string; readonly incident?: string }[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'note'; readonly text: string };

/** A command's answer. `ephemeral` is seen by the caller alone. */
export interface Reply {
  readonly visibility: 'ephemeral' | 'in_channel';
  readonly parts: readonly ReplyPart[];
}

/** One `/sre` subcommand on the shelf. Never throws for bad input: it replies with what is wrong and what to type. */
export interface Command {
  readonly name: string;
  /** As in `/sre help`: `approve <incident>`. */
  readonly usage: string;
  readonly summary: string;
  run(input: CommandInput, tools: CommandTools): Promise<Reply>;
}

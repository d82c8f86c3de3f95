import type { Command, CommandInput, Reply } from '../../ports/command.ts';
import { commandWords, nearestName } from './command-line.ts';
import { linksOf } from './home-listener.ts';
import type { Inbound } from './inbound.ts';
import { renderReply } from './render-reply.ts';

/** What a person typed after `/sre`, or after the bot's name. */
export interface Typed {
  readonly text: string;
  readonly user: string;
  readonly name: string;
  readonly channel: string;
}

/** A reply as Slack takes it. */
export type RenderedReply = ReturnType<typeof renderReply> & { readonly visibility: Reply['visibility'] };

const unknownReply = (typed: string, commands: readonly Command[]): Reply => {
  const nearest = nearestName(
    typed,
    commands.map(({ name }) => name),
  );
  const guess = nearest === null ? '' : ` Did you mean “/sre ${nearest}”?`;
  return {
    visibility: 'ephemeral',
    parts: [
      { kind: 'text', text: `There is no command “${typed.slice(0, 60)}”.${guess}` },
      { kind: 'list', items: commands.map(({ usage, summary }) => ({ text: `/sre ${usage}: ${summary}` })) },
    ],
  };
};

const failedReply: Reply = {
  visibility: 'ephemeral',
  parts: [{ kind: 'text', text: 'Something went wrong inside the bot. It is in the bot’s log; please try again.' }],
};

const run = async (inbound: Inbound, name: string, input: CommandInput): Promise<Reply> => {
  const command = inbound.commands.find((one) => one.name === name.toLowerCase());
  if (command === undefined) return unknownReply(name, inbound.commands);
  try {
    return await command.run(input, inbound.tools);
  } catch (error) {
    inbound.log.error({ command: command.name, error: String(error) }, 'A command failed');
    return failedReply;
  }
};

/** Runs what was typed and renders the answer; nothing typed means `help`. Never throws for a failing command. */
export const answerTyped = async (inbound: Inbound, typed: Typed): Promise<RenderedReply> => {
  const [name = 'help', ...words] = commandWords(typed.text);
  const by = { id: typed.user, name: typed.name };
  const reply = await run(inbound, name, { words, by, channel: typed.channel });
  const mentioned = reply.parts.flatMap((part) =>
    part.kind === 'list' ? part.items.flatMap(({ incident }) => incident ?? []) : [],
  );
  return { ...renderReply(reply, await linksOf(inbound, mentioned)), visibility: reply.visibility };
};

import type { KnownBlock } from '@slack/types';
import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Command, CommandTools } from '../../ports/command.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Log } from '../../ports/log.ts';
import type { SeenLedger, ShownLedger } from '../../ports/shown-ledger.ts';
import type { ToldNotice } from './channel-notices.ts';
import type { People } from './people.ts';
import type { SlackWeb } from './slack-web.ts';

/** What the listeners need: everything a person does reaches the road through the desk. */
export interface Inbound {
  readonly web: SlackWeb;
  readonly people: People;
  readonly desk: Desk;
  readonly cases: Pick<CaseStore, 'read' | 'open'>;
  readonly shown: ShownLedger;
  readonly seen: SeenLedger;
  readonly commands: readonly Command[];
  readonly tools: CommandTools;
  readonly modelLabel: string;
  /** The address of an incident's thread, once it has one. */
  readonly linkOf: (uid: string) => Promise<string | undefined>;
  readonly messageDeleted: (uid: string, key: string) => void;
  readonly refreshApprovers: () => void;
  /** What was told to everybody in the last hour. */
  readonly notices: () => readonly ToldNotice[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Does the work once for each delivery key; when the work fails the key is free again, so that a redelivery may succeed. */
export const once = async (seen: SeenLedger, key: string, work: () => Promise<void>): Promise<void> => {
  if (!(await seen.first(key))) return;
  try {
    await work();
  } catch (error) {
    await seen.release(key);
    throw error;
  }
};

/** Tells one person something that nobody else sees; `text` is markup, already escaped. Failing to do so is logged, never thrown. */
export const whisper = async (
  { web, log }: Pick<Inbound, 'web' | 'log'>,
  to: { readonly channel: string; readonly user: string; readonly thread?: string | undefined },
  words: { readonly text: string; readonly blocks?: readonly KnownBlock[] },
): Promise<void> => {
  const { channel, user, thread } = to;
  try {
    await web.call('chat.postEphemeral', {
      channel,
      user,
      ...words,
      ...(thread === undefined ? {} : { thread_ts: thread }),
    });
  } catch (error) {
    log.warn({ user, error: String(error) }, 'A person could not be told something');
  }
};

/** Where an incident's thread is, from the ledger. */
export const threadOf = async (shown: ShownLedger, uid: string): Promise<string | undefined> =>
  (await shown.of(uid)).find(({ key }) => key === 'root')?.ts;

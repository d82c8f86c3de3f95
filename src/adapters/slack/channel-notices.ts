import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Notices } from '../../ports/notices.ts';
import { sections, wordsOf } from './message.ts';
import { foreign, md } from './mrkdwn.ts';
import type { Outbox } from './outbox.ts';
import type { SlackWeb } from './slack-web.ts';

/** One notice as the home tab shows it. */
export interface ToldNotice {
  readonly at: string;
  readonly text: string;
}

/** Notices in the channel of incidents; nothing is posted before `open`. */
export interface ChannelNotices extends Notices {
  open(channel: string): void;
  /** What was told in the last hour, newest first. */
  recent(): readonly ToldNotice[];
}

/** The same kind of trouble is told again after this time, if it lasts. */
const quietMs = 3_600_000;
const kindsMax = 20;

/** Posts notices at the pace of the outbox; one that cannot be posted is logged and stands in the home tab. */
export const createChannelNotices = (deps: {
  readonly web: SlackWeb;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly log: Log;
}): ChannelNotices => {
  const told = new Map<string, ToldNotice & { readonly atMs: number }>();
  let open: (channel: string) => void = () => undefined;
  const opened = new Promise<string>((resolve) => {
    open = resolve;
  });

  const post = async (text: string): Promise<void> => {
    const channel = await opened;
    const turn = await deps.outbox.turn('post', 'approval');
    const blocks = sections([md`:warning: ${foreign(text, 800)}`]);
    const content = { channel, blocks, text: wordsOf(blocks), unfurl_links: false };
    await deps.web.call('chat.postMessage', content).finally(turn.ended);
  };

  return {
    tell: (kind, text) => {
      const nowMs = deps.clock.nowMs();
      const before = told.get(kind);
      if ((before !== undefined && nowMs - before.atMs < quietMs) || told.size >= kindsMax) return;
      told.set(kind, { at: deps.clock.now(), atMs: nowMs, text });
      post(text).catch((error: unknown) => {
        deps.log.warn({ kind, error: String(error) }, 'a notice could not be posted in the channel');
      });
    },
    open: (channel) => open(channel),
    recent: () =>
      [...told.values()]
        .filter(({ atMs }) => deps.clock.nowMs() - atMs < quietMs)
        .toSorted((a, b) => b.atMs - a.atMs)
        .map(({ at, text }) => ({ at, text })),
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Log } from '../../ports/log.ts';
import { lookUpChannel } from './channel-lookup.ts';
import type { Connection, Identity } from './connection.ts';
import { type SlackTrouble, troubleOf } from './slack-trouble.ts';
import type { SlackWeb } from './slack-web.ts';

/** What is needed to begin. */
export interface StartingDeps {
  readonly connection: Connection;
  readonly web: SlackWeb;
  readonly channel: string;
  readonly log: Log;
  readonly stopping: AbortSignal;
  /** Called once, when the bot knows who it is and where it writes. */
  readonly ready: (identity: Identity, channelId: string) => void;
  /** Called once, when people can be heard; the start waits for it. */
  readonly heard: () => Promise<void>;
}

const startMsMax = 15_000;
const retryMs = { first: 500, most: 30_000 } as const;

const identityShape = z.object({
  user_id: z.string(),
  bot_id: z.string(),
  team_id: z.string(),
  url: z.string(),
});

const identityOf = async (web: SlackWeb): Promise<Identity> => {
  const { user_id, bot_id, team_id, url } = identityShape.parse(await web.call('auth.test', {}));
  return { botUserId: user_id, botId: bot_id, teamId: team_id, teamUrl: url.endsWith('/') ? url : `${url}/` };
};

const begin = async (deps: StartingDeps): Promise<void> => {
  const { connection, web } = deps;
  const identity = await identityOf(web);
  connection.identify(identity);
  deps.ready(identity, await lookUpChannel(web, deps.channel, deps.log));
};

const untilItWorks = async (deps: StartingDeps, work: () => Promise<void>): Promise<void> => {
  for (let failures = 0; !deps.stopping.aborted; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const trouble = troubleOf(error, 'start');
      if (trouble.kind === 'refused') throw trouble;
      const waitMs = Math.max(
        trouble.retryAfterMs,
        Math.min(retryMs.most, retryMs.first * 2 ** Math.min(failures, 10)),
      );
      deps.log.warn({ code: trouble.code, waitMs }, `Slack cannot be reached yet: ${trouble.message}`);
      await sleep(waitMs, undefined, { signal: deps.stopping }).catch(() => undefined);
    }
  }
};

/**
 * Connects to Slack. Rejects with advice when a person must mend something (a bad token, no such channel).
 * When Slack merely does not answer within 15 s it resolves all the same, and goes on trying: the road needs no Slack.
 */
export const startConnection = async (deps: StartingDeps): Promise<void> => {
  const connected = untilItWorks(deps, () => begin(deps))
    .then(() => (deps.stopping.aborted ? undefined : untilItWorks(deps, () => deps.connection.listen())))
    .then(() => (deps.stopping.aborted ? undefined : deps.heard()));
  const ended = new AbortController();
  const late = sleep(startMsMax, 'late' as const, { signal: ended.signal }).catch(() => undefined);
  const first = await Promise.race([connected, late]);
  ended.abort();
  if (first !== 'late') return;
  deps.log.warn({}, 'Slack does not answer yet; the bot goes on without it and keeps trying');
  connected.catch((error: unknown) => refusedLate(deps.log, troubleOf(error, 'start')));
};

const refusedLate = (log: Log, trouble: SlackTrouble): void => {
  log.error({ code: trouble.code }, `Slack refuses the bot: ${trouble.message}`);
};

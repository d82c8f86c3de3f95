import { limits } from '../../limits.ts';
import { catchUp } from './catch-up.ts';
import type { Identity } from './connection.ts';
import { registerListeners } from './listeners.ts';
import type { Slack } from './slack.ts';
import type { SlackDeps } from './slack-deps.ts';
import { createSlackParts } from './slack-parts.ts';
import { startConnection } from './starting.ts';
import { threadLinks } from './thread-links.ts';
import { deletionNotice } from './thread-view.ts';
import { within } from './within.ts';

/** Makes the Slack adapter. Nothing is sent before `start`; what `view.show` asks for meanwhile waits. Throws BotError `slack_config` when a token is missing. */
export const createSlack = (deps: SlackDeps): Slack => {
  const { config, shown } = deps;
  const log = deps.log.child({ adapter: 'slack' });
  const { connection, web, approvers, people, view, notices } = createSlackParts(deps, log);
  const stopping = new AbortController();
  let identity: Identity | undefined;
  const listeners = registerListeners(connection.app, {
    ...deps,
    web,
    log,
    people,
    linkOf: threadLinks(shown, () => identity?.teamUrl),
    messageDeleted: deletionNotice(deps, view),
    notices: notices.recent,
    refreshApprovers: approvers.refresh,
  });
  connection.onReturn(() => void listeners.hearMissed());
  const ready = (who: Identity, channel: string): void => {
    identity = who;
    view.open(channel);
    notices.open(channel);
    void catchUp(deps, view);
  };
  const unsubscribe = deps.ownership?.subscribe(() => {
    if (identity !== undefined) void catchUp(deps, view);
  });
  return {
    view: { show: view.show },
    notices,
    approvers,
    start: () =>
      startConnection({
        connection,
        web,
        channel: config.channel,
        log,
        stopping: stopping.signal,
        ready,
        heard: listeners.hearMissed,
      }),
    stop: async () => {
      unsubscribe?.();
      stopping.abort();
      await within(limits.shutdownMsMax / 5, connection.close());
      await within(limits.shutdownMsMax / 5, listeners.drained());
      if (identity !== undefined) await view.settled(limits.shutdownMsMax / 2);
      view.stop();
    },
    health: connection.health,
  };
};

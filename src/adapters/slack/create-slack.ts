import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../limits.ts';
import { soleOwner } from '../../ports/ownership.ts';
import { createApproverList } from './approver-list.ts';
import { catchUp } from './catch-up.ts';
import { createChannelNotices } from './channel-notices.ts';
import { createConnection, type Identity } from './connection.ts';
import { registerListeners } from './listeners.ts';
import { createOutbox } from './outbox.ts';
import { createPeople } from './people.ts';
import type { Slack, SlackDeps } from './slack-deps.ts';
import { createSlackWeb } from './slack-web.ts';
import { startConnection } from './starting.ts';
import { threadLinks } from './thread-links.ts';
import { createThreadView, deletionNotice } from './thread-view.ts';

const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const ended = new AbortController();
  const late = sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  ended.abort();
};

/** Makes the Slack adapter. Nothing is sent before `start`; what `view.show` asks for meanwhile waits. Throws BotError `slack_config` when a token is missing. */
export const createSlack = (deps: SlackDeps): Slack => {
  const { config, shown, clock, ownership = soleOwner } = deps;
  const log = deps.log.child({ adapter: 'slack' });
  const connection = createConnection(config, log);
  const web = createSlackWeb(connection.client, deps.meter, clock);
  const approvers = createApproverList({ ids: config.approverIds, group: config.approverGroup, web, clock, log });
  const outbox = createOutbox(clock, deps.paces);
  const view = createThreadView(deps, { web, log, outbox });
  const notices = createChannelNotices({ web, outbox, clock, log });
  const stopping = new AbortController();
  let identity: Identity | undefined;
  const listeners = registerListeners(connection.app, {
    ...deps,
    web,
    log,
    people: createPeople(web),
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
  const unsubscribe = ownership.subscribe(() => {
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
      unsubscribe();
      stopping.abort();
      await within(limits.shutdownMsMax / 5, connection.close());
      await within(limits.shutdownMsMax / 5, listeners.drained());
      if (identity !== undefined) await view.settled(limits.shutdownMsMax / 2);
      view.stop();
    },
    health: connection.health,
  };
};

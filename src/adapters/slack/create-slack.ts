import { setTimeout as sleep } from 'node:timers/promises';
import { limits } from '../../limits.ts';
import type { Approvers } from '../../ports/approvers.ts';
import type { CaseView } from '../../ports/case-view.ts';
import type { ShownLedger } from '../../ports/shown-ledger.ts';
import { createApproverList } from './approver-list.ts';
import { createConnection, type Identity, type SlackConfig, type SlackHealth } from './connection.ts';
import { registerListeners } from './listeners.ts';
import { createOutbox } from './outbox.ts';
import { createPeople } from './people.ts';
import { renderThread } from './render-thread.ts';
import type { SlackDeps } from './slack-deps.ts';
import { createSlackWeb } from './slack-web.ts';
import { startConnection } from './starting.ts';
import { createThreadSyncer, type ThreadSyncer } from './thread-syncer.ts';

/** Slack as the bot knows it: a view of the cases, the list of approvers, and a door for what people do. */
export interface Slack {
  readonly view: CaseView;
  readonly approvers: Approvers;
  /** Connects. Rejects with BotError and advice when a token or the channel is wrong; resolves when Slack is merely slow, and goes on trying. */
  start(): Promise<void>;
  /** Stops listening, lets running work and the last messages end within ten seconds, and lets go. */
  stop(): Promise<void>;
  health(): SlackHealth;
}

/** Cases that are looked at again after a start: what was not shown before the end is shown now. */
const recentShownMax = 50;

const mentionsOf = ({ approverGroup, approverIds }: SlackConfig): readonly string[] =>
  approverGroup !== undefined && /^S[A-Z0-9]{2,20}$/.test(approverGroup) ? [approverGroup] : approverIds;

const linkMaker =
  (shown: ShownLedger, identity: () => Identity | undefined) =>
  async (uid: string): Promise<string | undefined> => {
    const root = (await shown.of(uid)).find(({ key }) => key === 'root');
    const teamUrl = identity()?.teamUrl;
    return root === undefined || teamUrl === undefined
      ? undefined
      : `${teamUrl}archives/${root.channel}/p${root.ts.replace('.', '')}`;
  };

const showAll = async ({ cases, log }: SlackDeps, syncer: ThreadSyncer): Promise<void> => {
  try {
    const files = [...(await cases.open()), ...(await cases.recent(recentShownMax))];
    for (const uid of new Set(files.map(({ incident }) => incident.uid))) syncer.show(uid);
  } catch (error) {
    log.warn({ error: String(error) }, 'The threads could not be compared with their cases after the start');
  }
};

const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const ended = new AbortController();
  const late = sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  ended.abort();
};

/** Makes the Slack adapter. Nothing is sent before `start`; what `view.show` asks for meanwhile waits. Throws BotError `slack_config` when a token is missing. */
export const createSlack = (deps: SlackDeps): Slack => {
  const { config, shown, clock, modelLabel } = deps;
  const log = deps.log.child({ adapter: 'slack' });
  const connection = createConnection(config, log);
  const web = createSlackWeb(connection.client, deps.meter);
  const approvers = createApproverList({ ids: config.approverIds, group: config.approverGroup, web, clock, log });
  const stopping = new AbortController();
  let identity: Identity | undefined;
  const viewOptions = { modelLabel, approvers: mentionsOf(config) };
  const syncer = createThreadSyncer({
    cases: deps.cases,
    shown,
    web,
    clock,
    log,
    outbox: createOutbox(clock, deps.paces),
    editedAt: new Map(),
    random: deps.random ?? Math.random,
    render: (file, files) => renderThread(file, { ...viewOptions, files }),
  });
  const listeners = registerListeners(connection.app, {
    ...deps,
    web,
    log,
    people: createPeople(web),
    linkOf: linkMaker(shown, () => identity),
    messageDeleted: syncer.messageDeleted,
    refreshApprovers: approvers.refresh,
  });
  const ready = (who: Identity, channel: string): void => {
    identity = who;
    syncer.open(channel);
    void showAll(deps, syncer);
  };
  return {
    view: { show: syncer.show },
    approvers,
    start: () => startConnection({ connection, web, channel: config.channel, log, stopping: stopping.signal, ready }),
    stop: async () => {
      stopping.abort();
      await within(limits.shutdownMsMax / 5, connection.close());
      await within(limits.shutdownMsMax / 5, listeners.drained());
      if (identity !== undefined) await syncer.settled(limits.shutdownMsMax / 2);
      syncer.stop();
    },
    health: connection.health,
  };
};

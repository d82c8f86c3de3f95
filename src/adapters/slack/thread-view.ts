import type { Log } from '../../ports/log.ts';
import { soleOwner } from '../../ports/ownership.ts';
import { callMsMaxOf, type SlackConfig } from './connection.ts';
import type { Outbox } from './outbox.ts';
import { renderThread } from './render-thread.ts';
import type { SlackDeps } from './slack-deps.ts';
import type { SlackWeb } from './slack-web.ts';
import { createThreadSyncer, type ThreadSyncer } from './thread-syncer.ts';
import { toldKey, toldMark } from './told.ts';

const mentionsOf = ({ approverGroup, approverIds }: SlackConfig): readonly string[] =>
  approverGroup !== undefined && /^S[A-Z0-9]{2,20}$/.test(approverGroup) ? [approverGroup] : approverIds;

/** The syncer that shows cases as threads, at Slack's pace. */
export const createThreadView = (
  deps: SlackDeps,
  { web, log, outbox }: { readonly web: SlackWeb; readonly log: Log; readonly outbox: Outbox },
): ThreadSyncer => {
  const { cases, shown, clock, modelLabel, config } = deps;
  const options = { modelLabel, approvers: mentionsOf(config) };
  return createThreadSyncer({
    ownership: deps.ownership ?? soleOwner,
    cases,
    shown,
    web,
    clock,
    log,
    outbox,
    editedAt: new Map(),
    random: deps.random ?? Math.random,
    arrivedMs: 1.5 * callMsMaxOf(config),
    mark: (file) => toldMark(file, deps.desk),
    render: (file, files, folded = false) => {
      const { effective, reason } = deps.desk.mode();
      const watchtower = effective === 'watchtower' ? { watchtower: reason } : {};
      return renderThread(file, { ...options, ...watchtower, files, folded });
    },
  });
};

/** What happens when a person deletes a message: its owner shows it again, and finds out by the unknown hash when somebody else was told. */
export const deletionNotice =
  ({ shown, ownership = soleOwner, log }: SlackDeps, view: ThreadSyncer) =>
  (uid: string, key: string): void => {
    const forget = async (): Promise<void> => {
      const entries = (await shown.of(uid)).filter((one) => one.key === key || one.key === toldKey);
      for (const entry of entries) await shown.put({ ...entry, hash: '' });
    };
    if (ownership.owns(uid)) view.messageDeleted(uid, key);
    else
      forget().catch((error: unknown) => log.warn({ uid, error: String(error) }, 'A deletion could not be passed on'));
  };

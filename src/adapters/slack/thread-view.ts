import type { Log } from '../../ports/log.ts';
import type { SlackConfig } from './connection.ts';
import { createOutbox } from './outbox.ts';
import { renderThread } from './render-thread.ts';
import type { SlackDeps } from './slack-deps.ts';
import type { SlackWeb } from './slack-web.ts';
import { createThreadSyncer, type ThreadSyncer } from './thread-syncer.ts';

const mentionsOf = ({ approverGroup, approverIds }: SlackConfig): readonly string[] =>
  approverGroup !== undefined && /^S[A-Z0-9]{2,20}$/.test(approverGroup) ? [approverGroup] : approverIds;

/** The syncer that shows cases as threads, at Slack's pace. */
export const createThreadView = (deps: SlackDeps, web: SlackWeb, log: Log): ThreadSyncer => {
  const { cases, shown, clock, modelLabel, config } = deps;
  const options = { modelLabel, approvers: mentionsOf(config) };
  return createThreadSyncer({
    cases,
    shown,
    web,
    clock,
    log,
    outbox: createOutbox(clock, deps.paces),
    editedAt: new Map(),
    random: deps.random ?? Math.random,
    render: (file, files) => {
      const { effective, reason } = deps.desk.mode();
      const watchtower = effective === 'watchtower' ? { watchtower: reason } : {};
      return renderThread(file, { ...options, ...watchtower, files });
    },
  });
};

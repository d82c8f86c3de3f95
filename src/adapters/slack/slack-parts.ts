import type { Log } from '../../ports/log.ts';
import { createApproverList } from './approver-list.ts';
import { createChannelNotices } from './channel-notices.ts';
import { createConnection } from './connection.ts';
import { createOutbox } from './outbox.ts';
import { createPeople } from './people.ts';
import type { SlackDeps } from './slack-deps.ts';
import { createSlackWeb } from './slack-web.ts';
import { createThreadView } from './thread-view.ts';

/** The parts of the Slack adapter, made but not started. */
export const createSlackParts = (deps: SlackDeps, log: Log) => {
  const { config, clock, meter } = deps;
  const connection = createConnection(config, log);
  const web = createSlackWeb(connection.client, meter, clock);
  const approvers = createApproverList({ ids: config.approverIds, group: config.approverGroup, web, clock, log });
  const outbox = createOutbox(clock, deps.paces);
  const view = createThreadView(deps, { web, log, outbox });
  const notices = createChannelNotices({ web, outbox, clock, log });
  return { connection, web, approvers, people: createPeople(web), view, notices };
};

import type { Approvers } from '../../ports/approvers.ts';
import type { CaseView } from '../../ports/case-view.ts';
import type { Notices } from '../../ports/notices.ts';
import type { SlackHealth } from './connection.ts';

/** Slack as the bot knows it: a view of the cases, the list of approvers, and a door for what people do. */
export interface Slack {
  readonly view: CaseView;
  readonly notices: Notices;
  readonly approvers: Approvers;
  /** Connects. Rejects with BotError and advice when a token or the channel is wrong; resolves when Slack is merely slow, and goes on trying. */
  start(): Promise<void>;
  /** Stops listening, lets running work and the last messages end within ten seconds, and lets go. */
  stop(): Promise<void>;
  health(): SlackHealth;
}

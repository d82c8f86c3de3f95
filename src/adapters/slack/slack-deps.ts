import type { Approvers } from '../../ports/approvers.ts';
import type { CaseStore } from '../../ports/case-store.ts';
import type { CaseView } from '../../ports/case-view.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Command, CommandTools } from '../../ports/command.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Notices } from '../../ports/notices.ts';
import type { Ownership } from '../../ports/ownership.ts';
import type { SeenLedger, ShownLedger } from '../../ports/shown-ledger.ts';
import type { SlackConfig, SlackHealth } from './connection.ts';
import type { Lane, Pace } from './outbox.ts';

/** What the Slack adapter is made from. */
export interface SlackDeps {
  readonly config: SlackConfig;
  readonly desk: Desk;
  readonly cases: Pick<CaseStore, 'read' | 'open' | 'recent'>;
  readonly shown: ShownLedger;
  readonly seen: SeenLedger;
  readonly commands: readonly Command[];
  readonly tools: CommandTools;
  readonly meter: Meter;
  readonly log: Log;
  readonly clock: Clock;
  /** `none`, or the model's name. */
  readonly modelLabel: string;
  /** From 0 to below 1: spreads retries. `Math.random` unless given. */
  readonly random?: () => number;
  /** Which threads are this replica's to write; default: all. */
  readonly ownership?: Ownership;
  /** How fast the bot may write; Slack's own rates unless given. */
  readonly paces?: Readonly<Record<Lane, Pace>>;
}

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

import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Command, CommandTools } from '../../ports/command.ts';
import type { Desk } from '../../ports/desk.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Ownership } from '../../ports/ownership.ts';
import type { SeenLedger, ShownLedger } from '../../ports/shown-ledger.ts';
import type { SlackConfig } from './connection.ts';
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

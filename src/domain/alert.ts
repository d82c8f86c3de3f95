import type { Instant } from './json.ts';

/** How loudly the alert's sender calls. Unknown words count as `warning`. */
export type Severity = 'critical' | 'warning' | 'info';

/** The verified identity that delivered an alert: which sender, and how it proved itself. */
export interface Sender {
  readonly name: string;
  readonly via: 'bearer' | 'path' | 'mesh';
}

/** One alert as its source sent it, after parsing. All text in it is data from outside, never instructions. */
export interface Alert {
  readonly source: string;
  /** Same trouble, same fingerprint: repeats and the resolved notice carry it too. */
  readonly fingerprint: string;
  /** Which firing of the fingerprint this is, where the dialect has its own word for it; absent means `startsAt`. */
  readonly occurrence?: string;
  readonly status: 'firing' | 'resolved';
  readonly name: string;
  readonly severity: Severity;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: Instant;
  readonly endsAt?: Instant;
  readonly link?: string;
  readonly sender: Sender;
  readonly receivedAt: Instant;
  /** What had to be changed or guessed to keep it, a sentence each: people should know before they believe it. */
  readonly doubts?: readonly string[];
}

import type { Labels } from '../labels.ts';

/** One alerting rule as a rule file states it; times in milliseconds. */
export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly forMs: number;
  readonly keepFiringForMs: number;
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Rules that are shown together. */
export interface RuleGroup {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly AlertRule[];
}

/** An alert that is on its way to fire, fires, or has just ended. */
export interface ActiveAlert {
  readonly labels: Labels;
  readonly annotations: Readonly<Record<string, string>>;
  readonly state: 'pending' | 'firing' | 'resolved';
  /** When the condition first held. */
  readonly activeAtMs: number;
  /** When it went from pending to firing: what Alertmanager calls startsAt. */
  readonly firedAtMs?: number;
  readonly resolvedAtMs?: number;
  readonly value: number;
  /** The expression that was evaluated. */
  readonly expr: string;
}

import type { FaultName } from './fault.ts';
import type { Instant } from './json.ts';
import type { ActionName } from './plan.ts';

/** What is kept of a closed case: its signature, what was believed, what was done, and how it ended. */
export interface Memory {
  readonly uid: string;
  readonly at: Instant;
  readonly namespace: string;
  readonly workload: string;
  readonly alertName: string;
  readonly fault?: FaultName;
  readonly action?: ActionName;
  readonly outcome: Outcome;
  readonly summary: string;
  /** Deterministic key of the trouble: the same trouble has the same signature. */
  readonly signature: string;
}

/** How a case ended. A duplicate had the cause of another open case, which goes on with its alerts. */
export type Outcome = 'resolved' | 'escalated' | 'no_action' | 'self_resolved' | 'duplicate';

/** A memory that resembles the present case. `similarity` 0..1; `exact` when the signature is the same. */
export interface Recollection {
  readonly memory: Memory;
  readonly similarity: number;
  readonly exact: boolean;
}

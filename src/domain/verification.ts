import type { Instant } from './json.ts';

/** One thing that was looked at again. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly observation: string;
  /** The workload that was looked at, where it was one. */
  readonly workload?: string;
  /** A patient must be well itself; a witness only felt the trouble, and may feel another one too. */
  readonly role?: 'patient' | 'witness';
  /** False when there was too little to look at: no traffic is neither sickness nor health. */
  readonly measured?: boolean;
  /** False when the source gave no answer: that is not well, and proves no harm either. */
  readonly answered?: boolean;
}

/** The ongoing watch after a remedy, or the final word when `verdict` is set. `wellSince` is when all checks first passed in a row. */
export interface Verification {
  readonly startedAt: Instant;
  readonly deadline: Instant;
  readonly checkedAt?: Instant;
  readonly wellSince?: Instant;
  readonly checks: readonly Check[];
  readonly verdict?: 'recovered' | 'unchanged' | 'worse';
  readonly at?: Instant;
}

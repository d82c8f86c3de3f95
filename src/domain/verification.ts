import type { Instant } from './json.ts';

/** One thing that was looked at again. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly observation: string;
  /** The workload that was looked at, where it was one. */
  readonly workload?: string;
  /** A patient must be well itself; a witness only felt the trouble, and may feel another one too; what is pending has its own turn. */
  readonly role?: 'patient' | 'witness' | 'pending';
  /** False when there was too little to look at: no traffic is neither sickness nor health. */
  readonly measured?: boolean;
  /** False when the source gave no answer: that is not well, and proves no harm either. */
  readonly answered?: boolean;
  /** A container that the kubelet has given up on for now: in a pod that is younger than the remedy, or in an older one. */
  readonly stuck?: 'young' | 'old';
}

/** The ongoing watch after a remedy, or the final word when `verdict` is set. `wellSince` is when all checks first passed in a row. */
export interface Verification {
  readonly startedAt: Instant;
  readonly deadline: Instant;
  readonly checkedAt?: Instant;
  readonly wellSince?: Instant;
  /** Since when something is stuck that was not before: that rarely mends itself. */
  readonly stuckSince?: Instant;
  readonly checks: readonly Check[];
  /** `unknown` when the sources gave no answer for so long that nobody can say. */
  readonly verdict?: 'recovered' | 'unchanged' | 'worse' | 'unknown';
  readonly at?: Instant;
}

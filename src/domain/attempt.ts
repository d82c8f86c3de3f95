import type { Ballot, Decision } from './decision.ts';
import type { Execution } from './execution.ts';
import type { Cause } from './finding.ts';
import type { Instant } from './json.ts';
import type { Plan } from './plan.ts';
import type { Review } from './review.ts';
import type { Check, Verification } from './verification.ts';

/** When a proposal was put to the people, and until when. */
export interface Ask {
  readonly at: Instant;
  /** The proposal expires here if nobody decides. */
  readonly expiresAt: Instant;
  /** Set only when auto-approval is allowed; `autoReason` says why or why not. */
  readonly autoApproveAt?: Instant;
  readonly autoReason: string;
  readonly approversNeeded: number;
}

/** One plan on its way: each page is written once, in this order. */
export interface Attempt {
  readonly plan: Plan;
  /** Which of the verdict's causes it means to mend; absent in cases of one cause that were stored before there could be more. */
  readonly cause?: Cause;
  readonly review?: Review;
  readonly ask?: Ask;
  readonly ballots: readonly Ballot[];
  /** A hold stops the auto-approve window until somebody approves or rejects. */
  readonly heldBy?: Ballot;
  readonly decision?: Decision;
  /** The vital signs just before the write: what failed already then is not the remedy's doing. */
  readonly before?: readonly Check[];
  readonly execution?: Execution;
  readonly verification?: Verification;
  readonly undo?: Execution;
}

import type { JsonObject } from '../../../domain/json.ts';

/** A reading of both clocks: the steady one stands still while a machine is suspended, the wall clock may be set back. */
export interface Mark {
  readonly steadyMs: number;
  readonly wallMs: number;
}

/** A Lease that this replica holds. */
export interface HeldLease {
  readonly name: string;
  readonly object: JsonObject;
  /** When the request of the last successful renewal was sent. */
  readonly renewedAt: Mark;
  /** `settling` until what the last holder did is in sight; `leaving` while what was begun comes to its end. */
  readonly phase: 'settling' | 'held' | 'leaving';
  /** When the phase began. */
  readonly since: Mark;
  /** Whether the deadline passed without a renewal since it was last told of. */
  readonly lapsed: boolean;
}

/** Time passed since a mark, by whichever clock says more: in doubt a lease has run out. */
export const passedMs = (mark: Mark, now: Mark): number =>
  Math.max(now.steadyMs - mark.steadyMs, now.wallMs - mark.wallMs);

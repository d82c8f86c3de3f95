import type { Instant } from './json.ts';

/** A person (Slack user id) or the bot itself. */
export interface Actor {
  readonly id: string;
  readonly name: string;
}

/** By which way a decision came. */
export type Via = 'emoji' | 'button' | 'command' | 'auto' | 'deadline' | 'policy';

/** One person's word on a proposal. `withdrawn` takes an earlier approval back (the reaction was removed). */
export interface Ballot {
  readonly kind: 'approve' | 'reject' | 'hold' | 'withdraw';
  readonly by: Actor;
  readonly at: Instant;
  readonly planHash: string;
  readonly via: Via;
}

/** What became of a proposal. Bound to the plan's hash: a changed plan needs a new decision. */
export interface Decision {
  readonly kind: 'approved' | 'rejected' | 'expired' | 'auto' | 'not_allowed' | 'obsolete';
  readonly by: readonly Actor[];
  readonly at: Instant;
  readonly planHash: string;
  readonly via: Via;
  readonly reason: string;
}

import type { Instant } from './json.ts';

/** One thing that was looked at again. */
export interface Check {
  readonly name: string;
  readonly passed: boolean;
  readonly observation: string;
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

import type { Account } from './account.ts';
import type { Discipline } from './fault.ts';
import type { Cause } from './finding.ts';
import type { Instant } from './json.ts';

/** One specialist's vote as the director counted it. */
export interface Vote {
  readonly specialist: Discipline;
  /** Absent when it abstained. */
  readonly cause?: Cause;
  readonly confidence: number;
  readonly stance: 'supports' | 'dissents' | 'abstains';
}

/**
 * The computed consensus. `agreed` with cause `none` means that nothing is wrong; `split` that specialists contradict each other;
 * `unknown` that nobody found a cause. Only `agreed` may lead to a remedy without a person choosing it.
 */
export interface Verdict {
  readonly kind: 'agreed' | 'split' | 'unknown';
  readonly at: Instant;
  readonly cause?: Cause;
  /** Further troubles, of other workloads, that their own objects prove: they are mended after the first, one after the other. */
  readonly others?: readonly Cause[];
  readonly confidence: number;
  readonly votes: readonly Vote[];
  /** One sentence per dissenting view. */
  readonly dissent: readonly string[];
  /** Ids, strongest first. */
  readonly evidence: readonly string[];
  readonly reasoning: string;
  /** Absent in files from before accounts were kept, and when the findings could not be weighed. */
  readonly account?: Account;
  readonly inference: 'none' | 'ollama' | 'failed';
}

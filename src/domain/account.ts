import type { FaultName } from './fault.ts';
import type { Cause } from './finding.ts';

/** What speaks most against a verdict: a piece of evidence, or another cause that was thought of. */
export interface CounterArgument {
  /** Absent when it is evidence alone that does not fit. */
  readonly cause?: Cause;
  /** 0..1, of that other cause. */
  readonly confidence?: number;
  /** Ids, strongest first. */
  readonly evidence: readonly string[];
  /** Why the verdict stands all the same, or why it does not, in a few words. */
  readonly because: string;
}

/** A fault, or a workload as a whole, that was looked at and dismissed. */
export interface RuledOut {
  readonly workload: string;
  /** Absent when the workload as a whole is well. */
  readonly fault?: FaultName;
  readonly evidence: readonly string[];
  /** The reason in a few words. */
  readonly because: string;
}

/** A further cause of the verdict with what proves it. */
export interface BesideCause {
  readonly cause: Cause;
  readonly evidence: readonly string[];
}

/**
 * Why a verdict is what it is. Computed from the evidence and from what detectors found in it: no model has a word in it.
 * Every id is one of the context's.
 */
export interface Account {
  /** Ids of what speaks most for it, strongest first. */
  readonly strongest: readonly string[];
  /** What proves the verdict's further causes. */
  readonly beside: readonly BesideCause[];
  /** Absent when nothing that was looked at speaks against it. */
  readonly counter?: CounterArgument;
  /** What seemed nearest first. */
  readonly ruledOut: readonly RuledOut[];
  /** How many more were dismissed and are not told. */
  readonly ruledOutMore: number;
  /** Names of the sources that gave no answer: what they know may change everything above. */
  readonly unanswered: readonly string[];
}

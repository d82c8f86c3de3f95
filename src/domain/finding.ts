import type { Discipline, FaultName } from './fault.ts';
import type { Instant } from './json.ts';

/**
 * A suspected root cause. `workload` is a workload's name in the incident's namespace, or the name of what `on` says;
 * `component` narrows it (`container server`, `caller frontend`).
 */
export interface Cause {
  readonly workload: string;
  /** Set when the cause is not a workload: then `workload` holds the node's or the namespace's name. */
  readonly on?: 'node' | 'namespace';
  readonly fault: FaultName;
  readonly component?: string;
}

/** One hypothesis with what speaks for and against it. */
export interface Hypothesis {
  readonly cause: Cause;
  /** 0..1. */
  readonly confidence: number;
  /** Ids of evidence that support it, strongest first; at least one. */
  readonly evidence: readonly string[];
  readonly against: readonly string[];
  /** Those of `evidence` that the model alone cites, at its end: they are shown, and count for nothing. */
  readonly seconded?: readonly string[];
  readonly reasoning: string;
  /** Who said it: a detector by name, or the model. */
  readonly from: string;
}

/** What a specialist says after reading the context. */
export interface Finding {
  readonly specialist: Discipline;
  readonly at: Instant;
  readonly tookMs: number;
  /** Strongest first. Empty when it abstains. */
  readonly hypotheses: readonly Hypothesis[];
  /** Why it says nothing: what it looked at and found well, in one sentence. */
  readonly abstains?: string;
  /** What was missing or failed (an unreachable source, no inference), in one sentence each. */
  readonly degraded: readonly string[];
  /** The model's own words where it was asked, already checked and bounded. */
  readonly narrative?: string;
  /** Claims of the model that cited nothing real and were dropped. */
  readonly dropped: readonly string[];
  readonly inference: 'none' | 'ollama' | 'failed';
}

import type { Evidence, Window } from './evidence.ts';
import type { Instant } from './json.ts';
import type { WorkloadRef } from './workload.ts';

/** Who calls whom in one namespace, from Services and environment variables. */
export interface Topology {
  readonly workloads: readonly WorkloadRef[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** How many traces were read. */
export interface TraceCount {
  readonly now: number;
  readonly quiet: number;
}

/** The page that the collector writes: all evidence, numbered, and what could not be reached. */
export interface Context {
  readonly at: Instant;
  readonly window: Window;
  /** The quiet window before the trouble that `window` is compared with. */
  readonly baseline: Window;
  readonly topology: Topology;
  readonly evidence: readonly Evidence[];
  /** Names of sources that gave no answer. */
  readonly unreachable: readonly string[];
  /** Whole traces that were read of the incident's window and of the quiet one; absent where there is no tracing backend. */
  readonly traces?: TraceCount;
}

/** One span of a distributed trace. Its words are data from outside; clocks of different workloads may disagree. */
export interface Span {
  readonly traceId: string;
  /** Unique within its trace. */
  readonly spanId: string;
  /** Absent for the root. */
  readonly parentId?: string;
  readonly workload: string;
  readonly operation: string;
  /** Microseconds since the epoch. */
  readonly startUs: number;
  readonly durationUs: number;
  /** Set on the span of a caller whose call ended in an error; absent as well where the source tells no errors. */
  readonly failedCall?: true;
}

/** One kind of duration seen in traces, the longest of each trace, now against the quiet window. All times in ms. */
export interface TimeShift {
  /** The operation, for time inside a workload; the caller, for time between workloads. */
  readonly of: string;
  readonly count: number;
  readonly countQuiet: number;
  readonly now: number;
  readonly quiet: number;
  /** What was ordinary: the 99th percentile of the quiet durations, or their largest where there were fewer than a hundred. */
  readonly high: number;
  /** By how much it exceeds what was ordinary, averaged over the traces. */
  readonly excess: number;
  /**
   * `raised` means that so many durations beyond the ordinary are no chance; `suspected` that they would be a rare one;
   * `unknown` that there were too few to say.
   */
  readonly standing: 'raised' | 'suspected' | 'ordinary' | 'unknown';
}

/** A way in which spans of an operation go otherwise than in the quiet window: they end early, or take a step that was never seen. */
export interface PathShift {
  readonly operation: string;
  /** Whether the steps are child spans or log lines. */
  readonly kind: 'calls' | 'lines';
  /** The step before: a child operation, a log line's template, or `start`. */
  readonly after: string;
  /** The step that follows it more often now; `end` means that the operation stops there. */
  readonly next: string;
  /** In how many traces that was so now, of how many that came there. */
  readonly count: number;
  readonly of: number;
  readonly countQuiet: number;
  readonly ofQuiet: number;
  /** The occurrences that no deeper workload of the same trace explains by its own changed steps, and no call that failed. */
  readonly own: number;
  /** What mostly followed before. */
  readonly usually: string;
  /** Set when the step is a call that is no longer answered: the workload that used to answer. */
  readonly unanswered?: string;
}

/** What distributed traces show of one workload, or of the calls on one edge (`from` waits for `to`). */
export interface TraceData {
  readonly kind: 'trace';
  readonly workload: string;
  readonly edge?: { readonly from: string; readonly to: string };
  /** Its own work by operation, worst first; on an edge, the wait between the two in one entry. */
  readonly times: readonly TimeShift[];
  /** Steps that its operations take now and did not take before, most frequent first. */
  readonly paths: readonly PathShift[];
}

/** How calls to one workload went lately, as its callers saw them. */
export interface CallHealth {
  /** Calls in the window. */
  readonly calls: number;
  /** Failed calls / calls; 0 when there were none. */
  readonly errorRatio: number;
  /** 99th percentile of what callers waited, ms; 0 when there were no calls. */
  readonly p99Ms: number;
}

/** A short memory of calls by callee. */
export interface RecentCalls {
  note(callee: string, call: RecentCall): void;
  forget(beforeMs: number): void;
  read(callee: string): CallHealth;
}

interface RecentCall {
  readonly atMs: number;
  readonly ok: boolean;
  readonly ms: number;
}

/** Keeps calls until `forget` drops the old ones; the world does so at each step. */
export const createRecentCalls = (): RecentCalls => {
  const memory = new Map<string, RecentCall[]>();
  return {
    note: (callee, call) => {
      const calls = memory.get(callee);
      if (calls === undefined) memory.set(callee, [call]);
      else calls.push(call);
    },
    forget: (beforeMs) => {
      for (const [callee, calls] of memory) {
        memory.set(
          callee,
          calls.filter((call) => call.atMs >= beforeMs),
        );
      }
    },
    read: (callee) => {
      const calls = memory.get(callee) ?? [];
      if (calls.length === 0) return { calls: 0, errorRatio: 0, p99Ms: 0 };
      const waits = calls.map((call) => call.ms).sort((one, other) => one - other);
      return {
        calls: calls.length,
        errorRatio: calls.filter((call) => !call.ok).length / calls.length,
        p99Ms: waits[Math.ceil(waits.length * 0.99) - 1] ?? 0,
      };
    },
  };
};

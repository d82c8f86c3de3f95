/** One span as a collector ships it. */
export interface ShippedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly operation: string;
  readonly kind: 'client' | 'server';
  /** Epoch milliseconds, not whole. */
  readonly atMs: number;
  readonly ms: number;
  readonly error: string | null;
}

/** All spans of one trace, in the order of their arrival. */
export interface StoredTrace {
  readonly traceId: string;
  /** When its first span begins. */
  readonly startMs: number;
  /** Who wrote any of its spans: most searches know from this alone that a trace is none of theirs. */
  readonly workloads: ReadonlySet<string>;
  readonly spans: readonly ShippedSpan[];
}

interface KeptTrace extends StoredTrace {
  startMs: number;
  readonly workloads: Set<string>;
  readonly spans: ShippedSpan[];
}

/** Traces in memory. */
export interface TraceStore {
  append(spans: readonly ShippedSpan[]): void;
  /** Newest first. */
  all(): readonly StoredTrace[];
  get(traceId: string): StoredTrace | undefined;
  /** Drops what is older than the retention at `nowMs`. */
  expire(nowMs: number): void;
}

/** An empty store that keeps `retentionMs` of traces, at most `tracesMax`; the oldest make room. */
export const createTraceStore = (options: { readonly retentionMs: number; readonly tracesMax: number }): TraceStore => {
  const traces = new Map<string, KeptTrace>();
  /** Kept between two scrapes: one incident asks a dozen questions. */
  let newestFirst: readonly StoredTrace[] | null = null;

  const append = (shipped: readonly ShippedSpan[]): void => {
    newestFirst = null;
    for (const span of shipped) {
      const { traceId, atMs } = span;
      const trace = traces.get(traceId) ?? { traceId, startMs: atMs, workloads: new Set(), spans: [] };
      trace.startMs = Math.min(trace.startMs, atMs);
      trace.workloads.add(span.workload);
      trace.spans.push(span);
      traces.set(traceId, trace);
    }
    for (const id of [...traces.keys()].slice(0, Math.max(0, traces.size - options.tracesMax))) traces.delete(id);
  };

  return {
    append,
    all: () => {
      newestFirst ??= [...traces.values()].sort((left, right) => right.startMs - left.startMs);
      return newestFirst;
    },
    get: (traceId) => traces.get(traceId),
    expire: (nowMs) => {
      newestFirst = null;
      for (const [id, { startMs }] of traces) if (startMs < nowMs - options.retentionMs) traces.delete(id);
    },
  };
};

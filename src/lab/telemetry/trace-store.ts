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
  readonly spans: readonly ShippedSpan[];
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
  const traces = new Map<string, { readonly traceId: string; startMs: number; readonly spans: ShippedSpan[] }>();

  const append = (shipped: readonly ShippedSpan[]): void => {
    for (const span of shipped) {
      const trace = traces.get(span.traceId) ?? { traceId: span.traceId, startMs: span.atMs, spans: [] };
      trace.startMs = Math.min(trace.startMs, span.atMs);
      trace.spans.push(span);
      traces.set(span.traceId, trace);
    }
    for (const id of [...traces.keys()].slice(0, Math.max(0, traces.size - options.tracesMax))) traces.delete(id);
  };

  return {
    append,
    all: () => [...traces.values()].sort((left, right) => right.startMs - left.startMs),
    get: (traceId) => traces.get(traceId),
    expire: (nowMs) => {
      for (const [id, { startMs }] of traces) if (startMs < nowMs - options.retentionMs) traces.delete(id);
    },
  };
};

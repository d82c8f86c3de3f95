import { z } from 'zod';
import type { Span } from '../../domain/trace.ts';
import { limits } from '../../limits.ts';
import { type Asked, askTraces, type Caller, refusal } from './ask-traces.ts';
import { operationOf, workloadOf } from './span-words.ts';
import type { Trace, TraceBackend, TraceQuestion } from './trace-backend.ts';

const envelope = z.object({ data: z.array(z.unknown()).nullish() });
const process = z.object({
  serviceName: z.string(),
  tags: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
});
const trace = z.object({
  traceID: z.string().min(1).max(64),
  spans: z.array(z.unknown()),
  processes: z.record(z.string(), z.unknown()),
});
const span = z.object({
  spanID: z.string().min(1).max(64),
  operationName: z.string(),
  references: z.array(z.object({ refType: z.string(), traceID: z.string(), spanID: z.string() })).nullish(),
  /** Microseconds, both. */
  startTime: z.number().nonnegative(),
  duration: z.number().nonnegative(),
  processID: z.string(),
  tags: z.array(z.object({ key: z.string(), value: z.unknown() })).nullish(),
});

/** OpenTelemetry's spans carry `otel.status_code`, older ones only `error`. */
const isFailedCall = ({ tags }: z.infer<typeof span>): boolean => {
  const told = new Map((tags ?? []).map(({ key, value }) => [key, value]));
  const failed = told.get('otel.status_code') === 'ERROR' || told.get('error') === true || told.get('error') === 'true';
  return failed && told.get('span.kind') === 'client';
};

/** The one that waits for the span, else the one that only caused it; a reference into another trace is neither. */
const parentOf = ({ references }: z.infer<typeof span>, traceId: string): string | undefined => {
  const own = (references ?? []).filter(({ traceID }) => traceID === traceId);
  return (own.find(({ refType }) => refType === 'CHILD_OF') ?? own[0])?.spanID;
};

/** Who wrote the spans of each process. */
const workloadsOf = (processes: Readonly<Record<string, unknown>>, namespace: string): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(processes).flatMap(([id, value]): (readonly [string, string])[] => {
      const parsed = process.safeParse(value);
      if (!parsed.success) return [];
      const attributes = new Map(
        (parsed.data.tags ?? []).flatMap(({ key, value: text }) => (typeof text === 'string' ? [[key, text]] : [])),
      );
      return [[id, workloadOf({ service: parsed.data.serviceName, attributes }, namespace)]];
    }),
  );

/** What was read in one question: a trace can come once for each service that it passes through, and is read once. */
interface Reading {
  readonly namespace: string;
  readonly traces: Map<string, Trace>;
  readonly operations: Map<string, string>;
}

const readSpans = (
  { traceID: traceId, spans, processes }: z.infer<typeof trace>,
  { namespace, operations }: Reading,
): readonly Span[] => {
  const workloads = workloadsOf(processes, namespace);
  return spans.slice(0, limits.spansPerTraceMax).flatMap((one): Span[] => {
    const known = span.safeParse(one);
    const workload = known.success ? workloads.get(known.data.processID) : undefined;
    if (!known.success || workload === undefined) return [];
    const { spanID: spanId, operationName, startTime: startUs, duration: durationUs } = known.data;
    const parentId = parentOf(known.data, traceId);
    const operation = operations.get(operationName) ?? operationOf(operationName);
    operations.set(operationName, operation);
    return [
      {
        ...{ traceId, spanId, ...(parentId === undefined ? {} : { parentId }), workload, operation },
        ...{ startUs, durationUs, ...(isFailedCall(known.data) ? { failedCall: true } : {}) },
      },
    ];
  });
};

const readTrace = (value: unknown, reading: Reading): Trace | null => {
  const parsed = trace.safeParse(value);
  if (!parsed.success) return null;
  const { traceID: traceId } = parsed.data;
  const read = reading.traces.get(traceId) ?? { traceId, spans: readSpans(parsed.data, reading) };
  reading.traces.set(traceId, read);
  return read.spans.length === 0 ? null : read;
};

const notJaeger = refusal("the answer is not Jaeger's JSON");

const readTraces = (data: unknown, reading: Reading): Asked<readonly Trace[]> => {
  const parsed = envelope.safeParse(data);
  if (!parsed.success) return notJaeger;
  const found = parsed.data.data ?? [];
  const traces = found.flatMap((value) => readTrace(value, reading) ?? []);
  return found.length > 0 && traces.length === 0 ? notJaeger : { ok: true, data: traces };
};

/** When a reply is too large, so many times fewer traces are asked for, once: their spans must be many. */
const fewerTimes = 5;

/** Jaeger's query service, by the HTTP JSON API that its own pages use (`/api/services`, `/api/traces`). */
export const createJaeger = (caller: Caller, { namespace, window }: TraceQuestion): TraceBackend => {
  const reading: Reading = { namespace, traces: new Map(), operations: new Map() };
  const parametersOf = (service: string, limit: number) => ({
    service,
    start: String(Date.parse(window.from) * 1_000),
    end: String(Date.parse(window.to) * 1_000),
    limit: String(limit),
  });
  const tracesOf = async (service: string, limit: number): Promise<Asked<readonly Trace[]>> => {
    const asked = await askTraces(caller, 'api/traces', parametersOf(service, limit));
    if (asked.ok) return readTraces(asked.data, reading);
    if (asked.isTooLarge === undefined || limit < fewerTimes) return asked;
    return tracesOf(service, Math.min(fewerTimes - 1, Math.floor(limit / fewerTimes)));
  };
  return {
    services: async () => {
      const asked = await askTraces(caller, 'api/services');
      if (!asked.ok) return asked;
      const parsed = envelope.safeParse(asked.data);
      if (!parsed.success) return notJaeger;
      return { ok: true, data: (parsed.data.data ?? []).filter((name) => typeof name === 'string') };
    },
    tracesOf,
    queryFor: (service, limit) => {
      const search = new URLSearchParams(parametersOf(service, limit)).toString();
      return { query: `GET /api/traces?${search}`, link: `${caller.base}/search?${search}` };
    },
  };
};

import { z } from 'zod';
import type { Span } from '../../domain/trace.ts';
import { limits } from '../../limits.ts';
import { type Origin, operationOf, workloadOf } from './span-words.ts';
import type { Trace } from './trace-backend.ts';

const attributes = z
  .array(z.object({ key: z.string(), value: z.object({ stringValue: z.string().optional() }).nullish() }))
  .nullish();
const scope = z.object({ spans: z.array(z.unknown()).nullish() });
const resourceSpans = z.object({
  resource: z.object({ attributes }).nullish(),
  scopeSpans: z.array(scope).nullish(),
  /** What OTLP called the same before 2022. */
  instrumentationLibrarySpans: z.array(scope).nullish(),
});
const groups = z.array(z.unknown());
/** OTLP says `resourceSpans`; Tempo's first API says `batches`, its second wraps the trace. */
const plain = z.object({ resourceSpans: groups.nullish(), batches: groups.nullish() });
const answer = z.union([z.object({ trace: plain.nullable() }), plain]);

const nanoseconds = z.union([z.string().regex(/^\d{1,19}$/), z.number().nonnegative()]);
const span = z.object({
  spanId: z.string().min(1).max(64),
  parentSpanId: z.string().max(64).nullish(),
  name: z.string().default(''),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  kind: z.union([z.string(), z.number()]).nullish(),
  status: z.object({ code: z.union([z.string(), z.number()]).nullish() }).nullish(),
});

/** Enumerations come by name or by number. */
const isFailedCall = ({ kind, status }: z.infer<typeof span>): boolean =>
  (kind === 'SPAN_KIND_CLIENT' || kind === 3) && (status?.code === 'STATUS_CODE_ERROR' || status?.code === 2);

/** Tempo writes ids in base64 where OTLP promises hexadecimal digits; all of them become the latter. */
const idOf = (text: string): string =>
  /^[0-9a-f]{16}$|^[0-9a-f]{32}$/i.test(text) ? text.toLowerCase() : Buffer.from(text, 'base64').toString('hex');

const parentOf = (text: string | null | undefined): string | undefined => {
  const id = idOf(text ?? '');
  return /^0*$/.test(id) ? undefined : id;
};

const microseconds = (value: string | number): number =>
  typeof value === 'number' ? value / 1_000 : Number(BigInt(value) / 1_000n);

const originOf = ({ resource }: z.infer<typeof resourceSpans>): Origin => {
  const known = new Map(
    (resource?.attributes ?? []).flatMap(({ key, value }) =>
      value?.stringValue === undefined ? [] : [[key, value.stringValue]],
    ),
  );
  return { service: known.get('service.name') ?? 'unknown', attributes: known };
};

const readGroup = (value: unknown, traceId: string, namespace: string): readonly Span[] => {
  const parsed = resourceSpans.safeParse(value);
  if (!parsed.success) return [];
  const workload = workloadOf(originOf(parsed.data), namespace);
  const scopes = [...(parsed.data.scopeSpans ?? []), ...(parsed.data.instrumentationLibrarySpans ?? [])];
  return scopes
    .flatMap(({ spans }) => (spans ?? []).slice(0, limits.spansPerTraceMax))
    .flatMap((one): Span[] => {
      const known = span.safeParse(one);
      if (!known.success) return [];
      const { spanId, parentSpanId, name, startTimeUnixNano, endTimeUnixNano } = known.data;
      const startUs = microseconds(startTimeUnixNano);
      const durationUs = microseconds(endTimeUnixNano) - startUs;
      if (durationUs < 0) return [];
      const parentId = parentOf(parentSpanId);
      return [
        {
          ...{ traceId, spanId: idOf(spanId), ...(parentId === undefined ? {} : { parentId }) },
          ...{ workload, operation: operationOf(name), startUs, durationUs },
          ...(isFailedCall(known.data) ? { failedCall: true } : {}),
        },
      ];
    });
};

/** Reads one trace in OTLP's JSON, bare or as Tempo wraps it; null when it is none. A span that cannot be read is left out. */
export const readOtlpTrace = (data: unknown, traceId: string, namespace: string): Trace | null => {
  const parsed = answer.safeParse(data);
  if (!parsed.success) return null;
  const found = 'trace' in parsed.data ? parsed.data.trace : parsed.data;
  if (found === null) return { traceId, spans: [] };
  const all = found.resourceSpans ?? found.batches;
  if (all === null || all === undefined) return null;
  const spans = all.slice(0, limits.spansPerTraceMax).flatMap((group) => readGroup(group, traceId, namespace));
  return { traceId, spans: spans.slice(0, limits.spansPerTraceMax) };
};

import fastify, { type FastifyInstance } from 'fastify';
import { parseDurationMs } from './duration.ts';
import { byText } from './labels.ts';
import { parametersOf } from './read-parameters.ts';
import type { ShippedSpan, StoredTrace, TraceStore } from './trace-store.ts';

/** What the API reads and the clock that times default to. */
export interface JaegerApiParts {
  readonly traces: TraceStore;
  readonly nowMs: () => number;
}

const defaultLimit = 100;
const defaultLookbackMs = 172_800_000;

/** What Jaeger answers with a status of its own. */
class JaegerError extends Error {
  override readonly name = 'JaegerError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const wrapped = (data: unknown, total = 0) => ({ data, total, limit: 0, offset: 0, errors: null });

const wholeNumber = (parameters: URLSearchParams, name: string): number | null => {
  const text = parameters.get(name) ?? '';
  if (text === '') return null;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new JaegerError(
    400,
    `unable to parse param '${name}': strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
  );
};

const durationMs = (parameters: URLSearchParams, name: string): number | null => {
  const text = parameters.get(name) ?? '';
  if (text === '') return null;
  const ms = /^\d+(us|µs)$/.test(text) ? Number.parseInt(text, 10) / 1_000 : parseDurationMs(text);
  if (ms !== null && /[a-zµ]$/.test(text)) return ms;
  throw new JaegerError(400, `unable to parse param '${name}': time: invalid duration ${JSON.stringify(text)}`);
};

type Filter = (trace: StoredTrace) => boolean;

/** All that is asked must be true of one span. */
const filterOf = (parameters: URLSearchParams, nowMs: number): Filter => {
  const service = parameters.get('service') ?? '';
  if (service === '') throw new JaegerError(400, "parameter 'service' is required");
  if (parameters.has('tag') || parameters.has('tags')) {
    throw new JaegerError(501, "this laboratory's Jaeger does not search by tags");
  }
  const operation = parameters.get('operation') ?? '';
  const fromMs = (wholeNumber(parameters, 'start') ?? (nowMs - defaultLookbackMs) * 1_000) / 1_000;
  const toMs = (wholeNumber(parameters, 'end') ?? nowMs * 1_000) / 1_000;
  const shortest = durationMs(parameters, 'minDuration') ?? 0;
  const longest = durationMs(parameters, 'maxDuration') ?? Number.POSITIVE_INFINITY;
  if (longest < shortest) throw new JaegerError(400, "'maxDuration' should be greater than 'minDuration'");
  const isWanted = (span: ShippedSpan): boolean =>
    span.workload === service &&
    (operation === '' || span.operation === operation) &&
    span.atMs >= fromMs &&
    span.atMs <= toMs &&
    span.ms >= shortest &&
    span.ms <= longest;
  return ({ startMs, workloads, spans }) => startMs <= toMs && workloads.has(service) && spans.some(isWanted);
};

const text = (key: string, value: string) => ({ key, type: 'string', value });

const tagsOf = ({ kind, error }: ShippedSpan) => [
  text('span.kind', kind),
  ...(error === null
    ? []
    : [
        { key: 'error', type: 'bool', value: true },
        text('otel.status_code', 'ERROR'),
        text('otel.status_description', error),
      ]),
];

const spanOf = (span: ShippedSpan, processID: string) => ({
  traceID: span.traceId,
  spanID: span.spanId,
  operationName: span.operation,
  references: span.parentId === null ? [] : [{ refType: 'CHILD_OF', traceID: span.traceId, spanID: span.parentId }],
  startTime: Math.round(span.atMs * 1_000),
  duration: Math.round(span.ms * 1_000),
  tags: tagsOf(span),
  logs: [],
  processID,
  warnings: null,
});

const processOf = ({ workload, pod, namespace }: ShippedSpan) => ({
  serviceName: workload,
  tags: [text('k8s.namespace.name', namespace), text('k8s.deployment.name', workload), text('k8s.pod.name', pod)],
});

/** A trace as Jaeger's own pages get it: processes are numbered, and spans name theirs. */
const traceOf = ({ traceId, spans }: StoredTrace) => {
  const names = new Map<string, string>();
  const processes: Record<string, ReturnType<typeof processOf>> = {};
  const told = spans.map((span) => {
    const name = names.get(span.pod) ?? `p${names.size + 1}`;
    names.set(span.pod, name);
    processes[name] ??= processOf(span);
    return spanOf(span, name);
  });
  return { traceID: traceId, spans: told, processes, warnings: null };
};

const search = ({ traces, nowMs }: JaegerApiParts, parameters: URLSearchParams) => {
  const isWanted = filterOf(parameters, nowMs());
  const limit = wholeNumber(parameters, 'limit') ?? defaultLimit;
  const found: StoredTrace[] = [];
  for (const trace of traces.all()) {
    if (found.length >= limit) break;
    if (isWanted(trace)) found.push(trace);
  }
  return wrapped(found.map(traceOf));
};

const distinct = (parts: JaegerApiParts, pick: (trace: StoredTrace) => Iterable<string>) => {
  const names = new Set<string>();
  for (const trace of parts.traces.all()) for (const name of pick(trace)) names.add(name);
  return wrapped([...names].sort(byText), names.size);
};

/** The API of Jaeger's query service over the store, in the JSON that its own pages read; not yet listening. */
export const createJaegerApi = (parts: JaegerApiParts): FastifyInstance => {
  const app = fastify();
  app.setErrorHandler((error, _request, reply) => {
    const code = error instanceof JaegerError ? error.status : 500;
    const msg = error instanceof Error ? error.message : String(error);
    return reply.code(code).send({ ...wrapped(null), errors: [{ code, msg }] });
  });
  app.get('/api/services', () => distinct(parts, ({ workloads }) => workloads));
  app.get('/api/services/:service/operations', (request) => {
    const { service } = request.params as { readonly service: string };
    return distinct(parts, ({ spans }) =>
      spans.flatMap(({ workload, operation }) => (workload === service ? [operation] : [])),
    );
  });
  app.get('/api/traces', (request) => search(parts, parametersOf(request)));
  app.get('/api/traces/:id', (request) => {
    const trace = parts.traces.get((request.params as { readonly id: string }).id);
    if (trace === undefined) throw new JaegerError(404, 'trace not found');
    return wrapped([traceOf(trace)]);
  });
  return app;
};

import type { IncomingMessage, ServerResponse } from 'node:http';
import { createTraces, type TracesOptions } from '../../src/adapters/traces/create-traces.ts';
import type { Span } from '../../src/domain/trace.ts';
import { journey } from '../fakes/traced-shop.ts';
import { silentLog, startServer } from './telemetry-parts.ts';

/** The instant of all made-up journeys, ms. */
export const atMs = 1_700_000_000_000;
export const window = {
  from: new Date(atMs - 60_000).toISOString(),
  to: new Date(atMs + 60_000).toISOString(),
};
export const request = { namespace: 'bazaar', workloads: ['vault', 'basket'], window, limit: 60_000 } as const;

/** A hexadecimal id of so many bytes that belongs to a text. */
export const hexOf = (text: string, bytes: number): string =>
  Buffer.from(text.padStart(bytes, '_'))
    .toString('hex')
    .slice(-2 * bytes);

/** The spans of some journeys, with ids as tracing libraries make them. */
export const spansOf = (count: number): readonly Span[] =>
  Array.from({ length: count }, (_, index) => journey({ id: `t${index}`, waitMs: 20 })).flatMap((spans) =>
    spans.map(({ parentId, ...span }) => ({
      ...span,
      traceId: hexOf(span.traceId, 16),
      spanId: hexOf(span.spanId, 8),
      ...(parentId === undefined ? {} : { parentId: hexOf(parentId, 8) }),
    })),
  );

const grouped = (spans: readonly Span[], by: 'traceId' | 'workload'): ReadonlyMap<string, readonly Span[]> => {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const group = groups.get(span[by]);
    if (group === undefined) groups.set(span[by], [span]);
    else group.push(span);
  }
  return groups;
};

/** One span as Jaeger's pages get it; its process is its workload. */
export const jaegerSpan = ({
  traceId,
  spanId,
  parentId,
  workload,
  operation,
  startUs,
  durationUs,
  failedCall,
}: Span) => ({
  traceID: traceId,
  spanID: spanId,
  operationName: operation,
  references: parentId === undefined ? [] : [{ refType: 'CHILD_OF', traceID: traceId, spanID: parentId }],
  startTime: startUs,
  duration: durationUs,
  tags: [
    { key: 'span.kind', type: 'string', value: failedCall === true ? 'client' : 'server' },
    ...(failedCall === true ? [{ key: 'error', type: 'bool', value: true }] : []),
  ] as readonly unknown[],
  logs: [],
  processID: workload,
  warnings: null,
});

/** Traces as Jaeger's pages get them. */
export const jaegerAnswer = (spans: readonly Span[]) => ({
  data: [...grouped(spans, 'traceId')].map(([traceID, its]) => ({
    traceID,
    spans: its.map(jaegerSpan),
    processes: Object.fromEntries(its.map(({ workload }) => [workload, { serviceName: workload, tags: [] }])),
    warnings: null,
  })),
  total: 0,
  limit: 0,
  offset: 0,
  errors: null,
});

const base64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64');

/** One trace as Tempo tells it: OTLP in JSON, with its ids in base64. */
export const otlpGroups = (spans: readonly Span[]) =>
  [...grouped(spans, 'workload')].map(([workload, its]) => ({
    resource: { attributes: [{ key: 'service.name', value: { stringValue: workload } }] },
    scopeSpans: [
      {
        scope: { name: 'otelgrpc' },
        spans: its.map(({ traceId, spanId, parentId, operation, startUs, durationUs, failedCall }) => ({
          traceId: base64(traceId),
          spanId: base64(spanId),
          ...(parentId === undefined ? {} : { parentSpanId: base64(parentId) }),
          name: operation,
          kind: failedCall === true ? 'SPAN_KIND_CLIENT' : 'SPAN_KIND_SERVER',
          startTimeUnixNano: `${startUs}000`,
          endTimeUnixNano: `${startUs + durationUs}000`,
          status: failedCall === true ? { code: 'STATUS_CODE_ERROR' } : {},
        })),
      },
    ],
  }));

type Reply = { readonly status: number; readonly body: unknown };

const serving =
  (reply: (url: URL) => Reply) =>
  (incoming: IncomingMessage, response: ServerResponse): void => {
    const { status, body } = reply(new URL(incoming.url ?? '/', 'http://traces'));
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

const unknownPath: Reply = { status: 404, body: '404 page not found\n' };
const namesIn = (spans: readonly Span[]): readonly string[] => [...new Set(spans.map(({ workload }) => workload))];

interface Search {
  readonly service: string;
  readonly fromUs: number;
  readonly toUs: number;
  readonly limit: number;
}

const searched = (spans: readonly Span[], { service, fromUs, toUs, limit }: Search) =>
  [...grouped(spans, 'traceId')]
    .filter(([, its]) => its.some(({ workload }) => workload === service))
    .filter(([, its]) => its.some(({ startUs }) => startUs >= fromUs && startUs <= toUs))
    .slice(0, limit);

const searchOf = ({ searchParams }: URL, usPerUnit: number): Omit<Search, 'service'> => ({
  fromUs: Number(searchParams.get('start')) * usPerUnit,
  toUs: Number(searchParams.get('end')) * usPerUnit,
  limit: Number(searchParams.get('limit')),
});

/** A small Jaeger that holds these spans. */
export const jaegerOver = (spans: readonly Span[]) =>
  serving((url) => {
    if (url.pathname === '/api/services') {
      const data = namesIn(spans);
      return { status: 200, body: { data, total: data.length, limit: 0, offset: 0, errors: null } };
    }
    if (url.pathname !== '/api/traces') return unknownPath;
    const service = url.searchParams.get('service') ?? '';
    const found = searched(spans, { service, ...searchOf(url, 1) });
    return { status: 200, body: jaegerAnswer(found.flatMap(([, its]) => its)) };
  });

const tempoSearch = (spans: readonly Span[], url: URL): Reply => {
  const quoted = /^\{ resource\.service\.name = (".*") \}$/.exec(url.searchParams.get('q') ?? '')?.[1] ?? '""';
  const found = searched(spans, { service: JSON.parse(quoted), ...searchOf(url, 1_000_000) });
  const traces = found.map(([id, its]) => ({
    // Tempo leaves leading zeros away.
    traceID: id.replace(/^0+/, ''),
    rootServiceName: its[0]?.workload,
    startTimeUnixNano: `${its[0]?.startUs}000`,
    durationMs: 5,
  }));
  return { status: 200, body: { traces, metrics: {} } };
};

/** A small Tempo that holds these spans; an old one does not know the second way of asking for a trace. */
export const tempoOver = (spans: readonly Span[], { isOld = false } = {}) =>
  serving((url) => {
    if (url.pathname === '/api/v2/search/tag/resource.service.name/values') {
      const tagValues = namesIn(spans).map((value) => ({ type: 'string', value }));
      return { status: 200, body: { tagValues, metrics: {} } };
    }
    if (url.pathname === '/api/search') return tempoSearch(spans, url);
    const [, version, id = ''] = /^\/api\/(v2\/)?traces\/([0-9a-f]+)$/.exec(url.pathname) ?? [];
    const its = grouped(spans, 'traceId').get(id.padStart(32, '0'));
    if (its === undefined || (isOld && version !== undefined)) return unknownPath;
    const groups = otlpGroups(its);
    return { status: 200, body: version === undefined ? { batches: groups } : { trace: { resourceSpans: groups } } };
  });

/** Opens servers and adapters against them, and closes all servers at the end of a test. */
export const createTracesStage = () => {
  const servers: { close(): Promise<void> }[] = [];
  return {
    against: async (
      answer: (incoming: IncomingMessage, response: ServerResponse) => void,
      options: Partial<TracesOptions> = {},
    ) => {
      const asked: IncomingMessage[] = [];
      const server = await startServer((incoming, response) => {
        asked.push(incoming);
        answer(incoming, response);
      });
      servers.push(server);
      const traces = createTraces({ url: server.url, kind: 'auto', log: silentLog, ...options });
      return { traces, asked, pathsAsked: () => asked.map(({ url = '' }) => url.split('?')[0]) };
    },
    close: async (): Promise<void> => {
      await Promise.all(servers.splice(0).map((server) => server.close()));
    },
  };
};

import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { parseDurationMs } from './duration.ts';
import { byText, keyOfLabels, type Labels } from './labels.ts';
import { type LogStore, linesBetween, type Stream } from './log-store.ts';
import { countLines, findLines, type LineSpan } from './logql/evaluate-logql.ts';
import { type LogCount, LogqlError, type LogSelection } from './logql/log-query.ts';
import { parseLogql } from './logql/parse-logql.ts';
import { acceptForms, parametersOf } from './read-parameters.ts';

/** What the API reads and the clock that spans default to. */
export interface LokiApiParts {
  readonly logs: LogStore;
  readonly nowMs: () => number;
}

const hourMs = 3_600_000;
const entriesMax = 5_000;
const pointsMax = 11_000;

const stats = { summary: {}, querier: {}, ingester: {} };
const success = (data: unknown) => ({ status: 'success', data });
const toNs = (milliseconds: number): bigint => BigInt(Math.round(milliseconds)) * 1_000_000n;

/** Loki takes nanoseconds, seconds with a fraction, and RFC 3339; up to ten digits are seconds. */
const readNs = (parameters: URLSearchParams, name: string, absentMs: number): bigint => {
  const text = parameters.get(name) ?? '';
  if (text === '') return toNs(absentMs);
  if (/^\d{11,}$/.test(text)) return BigInt(text);
  const milliseconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new LogqlError(`could not parse '${name}' parameter: ${text}`);
  return toNs(milliseconds);
};

const readLimit = (parameters: URLSearchParams): number => {
  const limit = Number(parameters.get('limit') ?? 100);
  if (!Number.isInteger(limit) || limit <= 0) throw new LogqlError('limit must be a positive value');
  if (limit > entriesMax) {
    throw new LogqlError(
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${entriesMax})`,
    );
  }
  return limit;
};

const readSpan = (parameters: URLSearchParams, nowMs: number): LineSpan => {
  const direction = (parameters.get('direction') ?? 'backward').toLowerCase();
  if (direction !== 'backward' && direction !== 'forward') throw new LogqlError(`invalid direction '${direction}'`);
  const until = readNs(parameters, 'end', nowMs);
  const from = readNs(parameters, 'start', Number(until / 1_000_000n) - hourMs);
  if (until <= from) throw new LogqlError('end timestamp must not be before or equal to start time');
  return { fromNs: from, toNs: until, limit: readLimit(parameters), direction };
};

const readStepMs = (parameters: URLSearchParams, spanMs: number): number => {
  const text = parameters.get('step');
  const stepMs = text === null ? Math.max(1_000, Math.floor(spanMs / 250)) : parseDurationMs(text);
  if (stepMs === null || stepMs <= 0) throw new LogqlError(`could not parse 'step' parameter: ${text}`);
  if (spanMs / stepMs > pointsMax) {
    throw new LogqlError('exceeded maximum resolution of 11,000 points per time series');
  }
  return stepMs;
};

const streams = (logs: LogStore, selection: LogSelection, span: LineSpan) =>
  success({
    resultType: 'streams',
    result: findLines(logs, selection, span).map(({ labels, lines }) => ({
      stream: labels,
      values: lines.map(({ ns, line }) => [String(ns), line]),
    })),
    stats,
  });

const matrix = (logs: LogStore, count: LogCount, span: LineSpan, parameters: URLSearchParams) => {
  const startMs = Number(span.fromNs / 1_000_000n);
  const endMs = Number(span.toNs / 1_000_000n);
  const stepMs = readStepMs(parameters, endMs - startMs);
  const rows = new Map<string, { readonly metric: Labels; readonly values: (readonly [number, string])[] }>();
  for (let timeMs = startMs; timeMs <= endMs; timeMs += stepMs) {
    for (const { labels, value } of countLines(logs, count, timeMs)) {
      const row = rows.get(keyOfLabels(labels)) ?? { metric: labels, values: [] };
      rows.set(keyOfLabels(labels), { ...row, values: [...row.values, [timeMs / 1_000, String(value)]] });
    }
  }
  return success({ resultType: 'matrix', result: [...rows.values()], stats });
};

const queryRange = (parts: LokiApiParts, parameters: URLSearchParams) => {
  const query = parseLogql(parameters.get('query') ?? '');
  const span = readSpan(parameters, parts.nowMs());
  return query.kind === 'lines' ? streams(parts.logs, query, span) : matrix(parts.logs, query, span, parameters);
};

const query = (parts: LokiApiParts, parameters: URLSearchParams) => {
  const parsed = parseLogql(parameters.get('query') ?? '');
  if (parsed.kind === 'lines') {
    throw new LogqlError(
      'log queries are not supported as an instant query type, please change your query to a range query type',
    );
  }
  const timeMs = Number(readNs(parameters, 'time', parts.nowMs()) / 1_000_000n);
  const result = countLines(parts.logs, parsed, timeMs).map(({ labels, value }) => ({
    metric: labels,
    value: [timeMs / 1_000, String(value)],
  }));
  return success({ resultType: 'vector', result, stats });
};

const streamsInSpan = (parts: LokiApiParts, parameters: URLSearchParams): readonly Stream[] => {
  const until = readNs(parameters, 'end', parts.nowMs());
  const from = readNs(parameters, 'start', Number(until / 1_000_000n) - 6 * hourMs);
  const chosen = parameters.get('query');
  const selection = chosen === null ? undefined : parseLogql(chosen);
  return parts.logs
    .select(selection?.kind === 'lines' ? selection.matchers : [])
    .filter((stream) => linesBetween(stream, from, until + 1n).length > 0);
};

const distinct = (values: readonly string[]): readonly string[] => [...new Set(values)].sort(byText);

const labelValues = (parts: LokiApiParts, request: FastifyRequest) => {
  const { name } = request.params as { readonly name: string };
  return success(distinct(streamsInSpan(parts, parametersOf(request)).flatMap(({ labels }) => labels[name] ?? [])));
};

/** Loki's HTTP API over the store, in its wire form (errors are plain text, as Loki's are); not yet listening. */
export const createLokiApi = (parts: LokiApiParts): FastifyInstance => {
  const app = fastify();
  acceptForms(app);
  app.setErrorHandler((error, _request, reply) => {
    const mistake = error instanceof LogqlError || error instanceof SyntaxError;
    const message = error instanceof Error ? error.message : String(error);
    return reply
      .code(mistake ? 400 : 500)
      .type('text/plain; charset=utf-8')
      .send(`${message}\n`);
  });
  const both = (path: string, answer: (parameters: URLSearchParams) => object): void => {
    app.route({ method: ['GET', 'POST'], url: path, handler: (request) => answer(parametersOf(request)) });
  };
  both('/loki/api/v1/query_range', (parameters) => queryRange(parts, parameters));
  both('/loki/api/v1/query', (parameters) => query(parts, parameters));
  both('/loki/api/v1/labels', (parameters) =>
    success(distinct(streamsInSpan(parts, parameters).flatMap(({ labels }) => Object.keys(labels)))),
  );
  app.get('/loki/api/v1/label/:name/values', (request) => labelValues(parts, request));
  app.get('/ready', (_request, reply) => reply.type('text/plain').send('ready\n'));
  return app;
};

import fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import type { AlertBoard } from './alerting/alert-board.ts';
import { byText } from './labels.ts';
import { answerErrorsAsPrometheus, badParameter } from './prometheus-error.ts';
import { readRange, readTimeMs } from './prometheus-times.ts';
import { formatValue, wireRange, wireValue } from './prometheus-values.ts';
import { prepareQuery, type Query } from './promql/evaluate.ts';
import { parsePromql } from './promql/parse-promql.ts';
import { PromqlError } from './promql/promql-error.ts';
import { acceptForms, parametersOf } from './read-parameters.ts';
import type { Series, TimeSeries } from './time-series.ts';

/** What the API shows and the clock that `time` defaults to. */
export interface PrometheusApiParts {
  readonly store: TimeSeries;
  readonly board: AlertBoard;
  readonly nowMs: () => number;
}

const success = (data: unknown) => ({ status: 'success', data });

const readQuery = (store: TimeSeries, parameters: URLSearchParams): Query => {
  try {
    return prepareQuery(store, parsePromql(parameters.get('query') ?? ''));
  } catch (error) {
    if (error instanceof PromqlError && error.type === 'bad_data') throw badParameter('query', error.message);
    throw error;
  }
};

const instant = (parts: PrometheusApiParts, parameters: URLSearchParams) => {
  const timeMs = readTimeMs(parameters, 'time', parts.nowMs());
  return success(wireValue(readQuery(parts.store, parameters).at(timeMs), timeMs));
};

const range = (parts: PrometheusApiParts, parameters: URLSearchParams) => {
  const span = readRange(parameters);
  const query = readQuery(parts.store, parameters);
  if (query.yields !== 'vector' && query.yields !== 'scalar') {
    const kind = query.yields === 'matrix' ? 'range vector' : 'string';
    throw badParameter('query', `invalid expression type "${kind}" for range query, must be Scalar or instant Vector`);
  }
  return success(wireRange(query, span));
};

/** The series that any `match[]` picks, of those that had a sample in the asked span. */
const matched = (parts: PrometheusApiParts, parameters: URLSearchParams): readonly Series[] => {
  const endMs = readTimeMs(parameters, 'end', parts.nowMs());
  const startMs = readTimeMs(parameters, 'start', 0);
  const selections = parameters.getAll('match[]').map((text) => {
    const expression = parsePromql(text);
    if (expression.kind !== 'selector') throw badParameter('match[]', 'not a series selector');
    return parts.store.select(expression.matchers);
  });
  const chosen = selections.length === 0 ? parts.store.all() : [...new Set(selections.flat())];
  return chosen.filter((series) => parts.store.samplesIn(series, startMs - 1, endMs).values.length > 0);
};

const series = (parts: PrometheusApiParts, parameters: URLSearchParams) => {
  if (!parameters.has('match[]')) throw new PromqlError('bad_data', 'no match[] parameter provided');
  return success(matched(parts, parameters).map(({ labels }) => labels));
};

const sortedSet = (values: readonly string[]): readonly string[] => [...new Set(values)].sort(byText);

const labelNames = (parts: PrometheusApiParts, parameters: URLSearchParams) =>
  success(sortedSet(matched(parts, parameters).flatMap(({ labels }) => Object.keys(labels))));

const labelValues = (parts: PrometheusApiParts, request: FastifyRequest) => {
  const { name } = request.params as { readonly name: string };
  const values = matched(parts, parametersOf(request)).flatMap(({ labels }) => labels[name] ?? []);
  return success(sortedSet(values));
};

const alerts = (board: AlertBoard) =>
  success({
    alerts: board.alerts().map(({ labels, annotations, state, activeAtMs, value }) => ({
      labels,
      annotations,
      state,
      activeAt: new Date(activeAtMs).toISOString(),
      value: formatValue(value),
    })),
  });

/** Prometheus' HTTP API over the store and the alert board, in its wire form; not yet listening. */
export const createPrometheusApi = (parts: PrometheusApiParts): FastifyInstance => {
  const app = fastify();
  acceptForms(app);
  answerErrorsAsPrometheus(app);
  const both = (path: string, answer: (parameters: URLSearchParams) => object): void => {
    app.route({ method: ['GET', 'POST'], url: path, handler: (request) => answer(parametersOf(request)) });
  };
  both('/api/v1/query', (parameters) => instant(parts, parameters));
  both('/api/v1/query_range', (parameters) => range(parts, parameters));
  both('/api/v1/series', (parameters) => series(parts, parameters));
  both('/api/v1/labels', (parameters) => labelNames(parts, parameters));
  app.get('/api/v1/label/:name/values', (request) => labelValues(parts, request));
  app.get('/api/v1/alerts', () => alerts(parts.board));
  app.get('/api/v1/rules', () => success({ groups: parts.board.groups() }));
  app.get('/api/v1/status/buildinfo', () => success({ version: '3.0.0-lab', revision: 'lab', goVersion: 'none' }));
  app.get('/-/ready', (_request, reply) => reply.type('text/plain').send('Prometheus Server is Ready.\n'));
  app.get('/-/healthy', (_request, reply) => reply.type('text/plain').send('Prometheus Server is Healthy.\n'));
  return app;
};

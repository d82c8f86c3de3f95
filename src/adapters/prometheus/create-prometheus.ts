import type { MetricData, Window } from '../../domain/evidence.ts';
import type { UnitData } from '../../domain/surroundings.ts';
import { limits } from '../../limits.ts';
import type { Answer } from '../../ports/answer.ts';
import type { Log } from '../../ports/log.ts';
import type { ActiveAlert, Metrics, SeriesRequest } from '../../ports/metrics.ts';
import { alertsAnswer, finitePoints, type MatrixSeries, matrixAnswer, vectorAnswer } from './answers.ts';
import { askPrometheus } from './ask-prometheus.ts';
import { type SignalQuery, signalQuery, unitsQuery } from './promql.ts';

/** Where Prometheus is and how its metrics are scraped. */
export interface PrometheusOptions {
  readonly url: string;
  /** At least four scrape intervals, so that a missed scrape leaves no hole. */
  readonly rateWindowSeconds: number;
  /** The mesh's label for workloads. Default `deployment`, which is Linkerd's. */
  readonly workloadLabel?: string;
  readonly log: Log;
  readonly fetch?: typeof fetch;
}

interface Caller {
  readonly base: string;
  readonly options: PrometheusOptions;
  readonly fetchIt: typeof fetch;
}

const seconds = (instant: string): number => Date.parse(instant) / 1_000;

/** The API's address under a base that may have a path of its own, as behind an ingress. */
const address = (base: string, path: string, parameters: Readonly<Record<string, string>> = {}): URL => {
  const url = new URL(`${base}/${path}`);
  url.search = new URLSearchParams(parameters).toString();
  return url;
};

/** Whole seconds between points, so that a series has at most as many of them as are wanted. */
const stepOf = (window: Window, pointsMax: number = limits.seriesPointsMax): number => {
  const span = Math.max(0, seconds(window.to) - seconds(window.from));
  return Math.max(1, Math.ceil(span / (Math.min(pointsMax, limits.seriesPointsMax) - 1)));
};

/** Prometheus' own page with this query drawn over this window. */
const graphLink = (base: string, query: string, window: Window): string =>
  address(base, 'graph', {
    'g0.expr': query,
    'g0.tab': '0',
    'g0.range_input': `${Math.max(60, Math.ceil(seconds(window.to) - seconds(window.from)))}s`,
    'g0.end_input': new Date(window.to).toISOString(),
  }).toString();

/** Limits by workload. A limit that cannot be had is left out: the series speaks for itself. */
const readLimits = async (caller: Caller, query: string, window: Window): Promise<ReadonlyMap<string, number>> => {
  const url = address(caller.base, 'api/v1/query', { query, time: String(seconds(window.to)) });
  const asked = await askPrometheus(url, vectorAnswer, caller.fetchIt);
  if (!asked.ok) {
    caller.options.log.warn({ reason: asked.reason, query }, 'Prometheus gave no limits');
    return new Map();
  }
  return new Map(
    asked.data.result
      .map(({ metric, value }) => [metric.workload ?? '', Number(value[1])] as const)
      .filter(([workload, limit]) => workload !== '' && Number.isFinite(limit) && limit > 0),
  );
};

/** No object can have a longer name, whatever a label says. */
const isName = (label: string | undefined): label is string =>
  label !== undefined && label !== '' && label.length <= limits.nameCharsMax;

const subjectOf = (
  by: SeriesRequest['by'],
  metric: MatrixSeries['metric'],
): Pick<MetricData, 'workload' | 'edge'> | null => {
  if (by !== 'edge') return isName(metric.workload) ? { workload: metric.workload } : null;
  const { caller, callee } = metric;
  return isName(caller) && isName(callee) ? { workload: callee, edge: { from: caller, to: callee } } : null;
};

const toSeries = (
  request: Pick<SeriesRequest, 'signal' | 'by' | 'window'>,
  unit: string,
  found: { readonly result: readonly MatrixSeries[]; readonly limits: ReadonlyMap<string, number> },
): readonly MetricData[] => {
  const span = { from: seconds(request.window.from), to: seconds(request.window.to) };
  return found.result.slice(0, limits.seriesMax).flatMap(({ metric, values }): readonly MetricData[] => {
    const subject = subjectOf(request.by, metric);
    const points = finitePoints(values, span).slice(-limits.seriesPointsMax);
    if (subject === null || points.length === 0) return [];
    const limit = found.limits.get(subject.workload);
    return [
      { kind: 'metric', signal: request.signal, ...subject, unit, points, ...(limit === undefined ? {} : { limit }) },
    ];
  });
};

const askSeries = async (
  caller: Caller,
  request: SeriesRequest,
  signal: SignalQuery,
): Promise<Answer<readonly MetricData[]>> => {
  const { window } = request;
  const { query } = signal;
  const url = address(caller.base, 'api/v1/query_range', {
    query,
    start: String(seconds(window.from)),
    end: String(seconds(window.to)),
    step: String(stepOf(window, request.pointsMax)),
  });
  const [asked, found] = await Promise.all([
    askPrometheus(url, matrixAnswer, caller.fetchIt),
    signal.limitQuery === undefined ? new Map<string, number>() : readLimits(caller, signal.limitQuery, window),
  ]);
  if (!asked.ok) {
    caller.options.log.warn({ reason: asked.reason, query }, 'Prometheus gave no answer');
    return { outcome: 'unreachable', query, reason: asked.reason };
  }
  const link = graphLink(caller.base, query, window);
  const value = toSeries(request, signal.unit, { result: asked.data.result, limits: found });
  return value.length === 0 ? { outcome: 'empty', query, link } : { outcome: 'found', value, query, link };
};

const askAlerts = async (caller: Caller, namespace: string): Promise<Answer<readonly ActiveAlert[]>> => {
  const url = address(caller.base, 'api/v1/alerts');
  const query = 'GET /api/v1/alerts';
  const link = `${caller.base}/alerts`;
  const asked = await askPrometheus(url, alertsAnswer, caller.fetchIt);
  if (!asked.ok) {
    caller.options.log.warn({ reason: asked.reason }, 'Prometheus did not tell its alerts');
    return { outcome: 'unreachable', query, reason: asked.reason };
  }
  const value = asked.data.alerts
    .filter(({ state, labels }) => state === 'firing' && labels.namespace === namespace)
    .slice(0, limits.alertsPerCaseMax)
    .map(({ labels }) => ({ name: labels.alertname ?? '', labels }));
  return value.length === 0 ? { outcome: 'empty', query, link } : { outcome: 'found', value, query, link };
};

const askUnits = async (caller: Caller): Promise<Answer<readonly UnitData[]>> => {
  const url = address(caller.base, 'api/v1/query', { query: unitsQuery });
  const asked = await askPrometheus(url, vectorAnswer, caller.fetchIt);
  if (!asked.ok) return { outcome: 'unreachable', query: unitsQuery, reason: asked.reason };
  const value = asked.data.result.slice(0, limits.evidenceMax).flatMap(({ metric, value: [, state] }): UnitData[] => {
    const { workload: node, name } = metric;
    if (!node || !name) return [];
    return [{ kind: 'unit', node, unit: name.replace(/\.service$/, ''), active: Number(state) === 1 }];
  });
  return value.length === 0 ? { outcome: 'empty', query: unitsQuery } : { outcome: 'found', value, query: unitsQuery };
};

/**
 * Golden signals from Prometheus, scraped from Linkerd, cAdvisor, kube-state-metrics and the Redis exporter. Reads by GET
 * only. `restarts` is the number counted so far, over the pods that exist; `connections` is that of the fullest pod.
 */
export const createPrometheus = (options: PrometheusOptions): Metrics => {
  const caller: Caller = { base: options.url.replace(/\/+$/, ''), options, fetchIt: options.fetch ?? fetch };
  const { rateWindowSeconds, workloadLabel = 'deployment' } = options;
  return {
    series: async (request) => {
      const scope = { namespace: request.namespace, rateWindowSeconds, workloadLabel };
      const signal = signalQuery(request.signal, request.by, scope);
      if (signal === null) return { outcome: 'empty', query: `${request.signal} is not measured between workloads` };
      return askSeries(caller, request, signal);
    },
    activeAlerts: (namespace) => askAlerts(caller, namespace),
    units: () => askUnits(caller),
  };
};

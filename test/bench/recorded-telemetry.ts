import type { MetricData, Window } from '../../src/domain/evidence.ts';
import type { Span } from '../../src/domain/trace.ts';
import type { Answer } from '../../src/ports/answer.ts';
import type { LogLine } from '../../src/ports/logs.ts';
import type { Senses } from '../../src/ports/senses.ts';

/** Everything that was recorded of one incident, on one time line: the quiet time first, then the trouble. */
export interface Telemetry {
  readonly system: string;
  readonly workloads: readonly string[];
  readonly edges: readonly { readonly from: string; readonly to: string }[];
  readonly series: readonly MetricData[];
  readonly spans: readonly Span[];
  readonly lines: readonly LogLine[];
}

const within = (atMs: number, window: Window): boolean =>
  atMs >= Date.parse(window.from) && atMs <= Date.parse(window.to);

const answered = <T>(query: string, values: readonly T[]): Answer<readonly T[]> =>
  values.length === 0 ? { outcome: 'empty', query } : { outcome: 'found', query, value: values };

/** Recorded telemetry behind the ports. What was never recorded (objects of the cluster, changes) answers as empty. */
export const sensesOf = ({ system, workloads, edges, series, spans, lines }: Telemetry): Senses => ({
  metrics: {
    series: async ({ signal, by, window, pointsMax }) => {
      const found = series
        .filter((one) => one.signal === signal && (one.edge === undefined ? 'workload' : 'edge') === by)
        .map((one) => ({ ...one, points: one.points.filter(([at]) => within(at * 1000, window)) }))
        .filter(({ points }) => points.length > 0)
        .map((one) => ({ ...one, points: one.points.slice(-(pointsMax ?? one.points.length)) }));
      return answered(`recorded ${signal} by ${by}`, found);
    },
    activeAlerts: async () => ({ outcome: 'empty', query: 'recorded alerts' }),
    units: async () => ({ outcome: 'empty', query: 'recorded units' }),
  },
  logs: {
    lines: async ({ workload, window, limit }) => {
      const found = lines.filter(
        (line) => (workload === undefined || line.workload === workload) && within(Date.parse(line.at), window),
      );
      return answered('recorded logs', found.slice(-limit));
    },
  },
  traces: {
    spans: async ({ window, limit }) =>
      answered('recorded traces', spans.filter(({ startUs }) => within(startUs / 1000, window)).slice(-limit)),
  },
  cluster: {
    workloads: async () => ({ outcome: 'empty', query: 'recorded workloads' }),
    services: async () => ({ outcome: 'empty', query: 'recorded services' }),
    events: async () => ({ outcome: 'empty', query: 'recorded events' }),
    topology: async () => ({
      outcome: 'found',
      query: 'recorded topology',
      value: { workloads: workloads.map((name) => ({ namespace: system, kind: 'Deployment' as const, name })), edges },
    }),
    nodes: async () => ({ outcome: 'empty', query: 'recorded nodes' }),
    policies: async () => ({ outcome: 'empty', query: 'recorded policies' }),
    bounds: async () => ({ outcome: 'empty', query: 'recorded bounds' }),
    claims: async () => ({ outcome: 'empty', query: 'recorded claims' }),
    object: async () => ({ outcome: 'empty', query: 'recorded object' }),
    objects: async () => ({ outcome: 'empty', query: 'recorded objects' }),
  },
  changes: { since: async () => ({ outcome: 'empty', query: 'recorded changes' }) },
});

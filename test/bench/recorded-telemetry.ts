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

const insideOf = (window: Window): ((atMs: number) => boolean) => {
  const from = Date.parse(window.from);
  const to = Date.parse(window.to);
  return (atMs) => atMs >= from && atMs <= to;
};

const answered = <T>(query: string, values: readonly T[]): Answer<readonly T[]> =>
  values.length === 0 ? { outcome: 'empty', query } : { outcome: 'found', query, value: values };

/** At most so many points, evenly spread and with the last one, as a store answers that is asked for a step. */
const spread = <T>(points: readonly T[], max: number): readonly T[] => {
  const stride = Math.max(1, Math.ceil(points.length / Math.max(1, max)));
  return stride === 1 ? points : points.filter((_, index) => (points.length - 1 - index) % stride === 0);
};

interface TimedLine {
  readonly atMs: number;
  readonly line: LogLine;
}

/** Lines by workload with their instants read once: the replay's own work must not count as the bot's. */
const shelvesOf = (lines: readonly LogLine[]) => {
  const all = lines
    .map((line) => ({ atMs: Date.parse(line.at), line }))
    .toSorted((left, right) => left.atMs - right.atMs);
  const shelves = new Map<string, TimedLine[]>();
  for (const timed of all) {
    const shelf = shelves.get(timed.line.workload);
    if (shelf === undefined) shelves.set(timed.line.workload, [timed]);
    else shelf.push(timed);
  }
  return { all, of: (workload: string): readonly TimedLine[] => shelves.get(workload) ?? [] };
};

/** What happened inside a window, of things in the order of their instants. */
const sliceOf = <T>(sorted: readonly T[], atMs: (one: T) => number, window: Window): readonly T[] => {
  const firstFrom = (fromMs: number): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const one = sorted[middle];
      if (one !== undefined && atMs(one) < fromMs) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return sorted.slice(firstFrom(Date.parse(window.from)), firstFrom(Date.parse(window.to) + 1));
};

/** Spans that say when they began, in that order. */
const inOrder = (spans: readonly Span[]): readonly Span[] =>
  spans.filter(({ startUs }) => Number.isFinite(startUs)).toSorted((left, right) => left.startUs - right.startUs);

/** Recorded telemetry behind the ports. What was never recorded (objects of the cluster, changes) answers as empty. */
export const sensesOf = ({ system, workloads, edges, series, spans, lines }: Telemetry): Senses => {
  const shelves = shelvesOf(lines);
  const traced = inOrder(spans);
  return {
    metrics: {
      series: async ({ signal, by, window, pointsMax }) => {
        const inside = insideOf(window);
        const found = series
          .filter((one) => one.signal === signal && (one.edge === undefined ? 'workload' : 'edge') === by)
          .map((one) => ({ ...one, points: one.points.filter(([at]) => inside(at * 1000)) }))
          .filter(({ points }) => points.length > 0)
          .map((one) => ({ ...one, points: spread(one.points, pointsMax ?? one.points.length) }));
        return answered(`recorded ${signal} by ${by}`, found);
      },
      units: async () => ({ outcome: 'empty', query: 'recorded units' }),
      activeAlerts: async () => ({ outcome: 'empty', query: 'recorded alerts' }),
    },
    logs: {
      tellsSpans: true,
      lines: async ({ workload, window, limit }) => {
        const shelf = workload === undefined ? shelves.all : shelves.of(workload);
        const found = sliceOf(shelf, ({ atMs }) => atMs, window).slice(-limit);
        return answered(
          'recorded logs',
          found.map(({ line }) => line),
        );
      },
    },
    traces: {
      spans: async ({ window, limit }) => {
        return answered('recorded traces', sliceOf(traced, ({ startUs }) => startUs / 1000, window).slice(-limit));
      },
    },
    cluster: {
      workloads: async () => ({ outcome: 'empty', query: 'recorded workloads' }),
      services: async () => ({ outcome: 'empty', query: 'recorded services' }),
      events: async () => ({ outcome: 'empty', query: 'recorded events' }),
      topology: async () => ({
        outcome: 'found',
        query: 'recorded topology',
        value: {
          workloads: workloads.map((name) => ({ namespace: system, kind: 'Deployment' as const, name })),
          edges,
        },
      }),
      nodes: async () => ({ outcome: 'empty', query: 'recorded nodes' }),
      policies: async () => ({ outcome: 'empty', query: 'recorded policies' }),
      bounds: async () => ({ outcome: 'empty', query: 'recorded bounds' }),
      claims: async () => ({ outcome: 'empty', query: 'recorded claims' }),
      autoscalers: async () => ({ outcome: 'empty', query: 'recorded autoscalers' }),
      routes: async () => ({ outcome: 'empty', query: 'recorded routes' }),
      object: async () => ({ outcome: 'empty', query: 'recorded object' }),
      objects: async () => ({ outcome: 'empty', query: 'recorded objects' }),
    },
    changes: { since: async () => ({ outcome: 'empty', query: 'recorded changes' }) },
  };
};

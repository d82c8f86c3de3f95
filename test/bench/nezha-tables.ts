import { join } from 'node:path';
import { z } from 'zod';
import type { MetricData, Signal } from '../../src/domain/evidence.ts';
import type { Span } from '../../src/domain/trace.ts';
import type { LogLine } from '../../src/ports/logs.ts';
import { readAbout } from './recorded-about.ts';
import { numberIn, type Row, readTable } from './recorded-csv.ts';

const setForm = z.object({
  system: z.string(),
  pods: z.record(
    z.string(),
    z.object({ service: z.string(), cpu_limit: z.number().nullish(), mem_limit_mi: z.number().nullish() }),
  ),
  call_edges: z.array(z.tuple([z.string(), z.string()])).default([]),
});

/** What a set says about itself: its pods with their limits, and the calls that it knows. */
export type NezhaSet = z.infer<typeof setForm>;

/** The tables of a folder: a case, or the quiet time. */
export interface NezhaTables {
  readonly metrics: readonly Row[];
  readonly sli: readonly Row[];
  readonly edges: readonly Row[];
  readonly spans: readonly Span[];
  readonly lines: readonly LogLine[];
}

/** What is added to a workload's name: a number for the pods of a StatefulSet, two hashes for those of a Deployment. */
const podSuffix = /-\d+$|-[a-z0-9]+-[a-z0-9]+$/;

/** The service that a pod belongs to: as the set says, else its name without what is added to it. */
export const serviceOf = (set: NezhaSet, pod: string): string => set.pods[pod]?.service ?? pod.replace(podSuffix, '');

/** Gives equal texts as one: a table says the same few names a hundred thousand times, each a piece of its whole text. */
const createNames = (set: NezhaSet) => {
  const texts = new Map<string, string>();
  const services = new Map<string, string>();
  return {
    text: (text: string): string => {
      const known = texts.get(text);
      if (known === undefined) texts.set(text, text);
      return known ?? text;
    },
    service: (pod: string): string => {
      const known = services.get(pod) ?? serviceOf(set, pod);
      services.set(pod, known);
      return known;
    },
  };
};

type Names = ReturnType<typeof createNames>;

const spanOf = ({ text, service }: Names, row: Row): Span => {
  const parent = row('parent');
  return {
    traceId: text(row('trace_id')),
    spanId: text(row('span')),
    ...(parent === '' ? {} : { parentId: text(parent) }),
    workload: service(row('pod')),
    operation: text(row('op')),
    startUs: Number(row('start_us')),
    durationUs: Number(row('dur_us')),
  };
};

/** A line that does not say when it was written belongs nowhere. */
const linesOf = ({ text, service }: Names, row: Row): readonly LogLine[] => {
  const atMs = numberIn(row('ts_ns').slice(0, -6));
  if (atMs === undefined) return [];
  const span = { traceId: text(row('trace_id')), spanId: text(row('span')) };
  return [
    {
      at: new Date(atMs).toISOString(),
      workload: service(row('pod')),
      pod: text(row('pod')),
      text: row('line'),
      ...(span.traceId === '' ? {} : { span }),
    },
  ];
};

/** Reads the tables of a case or of the quiet time. */
export const readTables = (set: NezhaSet, folder: string): NezhaTables => {
  const names = createNames(set);
  return {
    metrics: readTable(join(folder, 'metrics.csv.gz')),
    sli: readTable(join(folder, 'sli.csv.gz')),
    edges: readTable(join(folder, 'edges.csv.gz')),
    spans: readTable(join(folder, 'traces.csv.gz')).map((row) => spanOf(names, row)),
    lines: readTable(join(folder, 'logs.csv.gz')).flatMap((row) => linesOf(names, row)),
  };
};

/** Reads a set's own description. */
export const readSet = (folder: string): NezhaSet => readAbout(join(folder, 'set.json'), setForm);

type Points = [number, number][];

interface Column {
  readonly column: string;
  readonly signal: Signal;
  readonly unit: string;
  /** The recording's unit in ours. */
  readonly factor: number;
  readonly limit?: 'cpu_limit' | 'mem_limit_mi';
  /** What the pods of one workload have together: the sum of their calls, and of the rest what the worst of them has. */
  readonly together: (left: number, right: number) => number;
}

const sum = (left: number, right: number): number => left + right;

const memory = { column: 'mem_mi', signal: 'memory_working_set', unit: 'bytes', factor: 1_048_576 } as const;

const podColumns = (set: NezhaSet): readonly Column[] => [
  {
    ...{ column: 'cpu', signal: 'cpu_usage', unit: 'cores', factor: coresIn(set) },
    ...{ limit: 'cpu_limit', together: Math.max },
  },
  { ...memory, limit: 'mem_limit_mi', together: Math.max },
  { column: 'rps', signal: 'request_rate', unit: '1/s', factor: 1, together: sum },
  { column: 'server_p99_s', signal: 'latency_p99', unit: 'ms', factor: 1000, together: Math.max },
];

/** No container is allowed less than a fiftieth of a core. */
const coresMin = 0.02;

/** The unit of the CPU columns and their limits, in cores: hundredths, unless no container could live on that. */
const coresIn = ({ pods }: NezhaSet): number => {
  const allowed = Object.values(pods).flatMap(({ cpu_limit }) => ((cpu_limit ?? 0) > 0 ? [cpu_limit ?? 0] : []));
  return allowed.length > 0 && middle(allowed) * 0.01 < coresMin ? 1 : 0.01;
};

const gather = <K>(rows: readonly Row[], key: (row: Row) => K, value: (row: Row) => number | undefined) => {
  const found = new Map<K, Points>();
  for (const row of rows) {
    const at = numberIn(row('ts'));
    const measured = value(row);
    if (at === undefined || measured === undefined) continue;
    const points = found.get(key(row)) ?? [];
    points.push([at, measured]);
    found.set(key(row), points);
  }
  return found;
};

/** Points of one workload as one series: the pods' values of one moment together, in order. */
const combined = (points: Points, together: Column['together']): Points => {
  const byTime = new Map<number, number>();
  for (const [at, value] of points) {
    const known = byTime.get(at);
    byTime.set(at, known === undefined ? value : together(known, value));
  }
  return [...byTime].toSorted(([left], [right]) => left - right);
};

/** The most that a pod of each workload is allowed, in the recording's unit. */
const limitsOf = ({ pods }: NezhaSet, limit: NonNullable<Column['limit']>): ReadonlyMap<string, number> => {
  const most = new Map<string, number>();
  for (const { service, ...pod } of Object.values(pods)) {
    most.set(service, Math.max(most.get(service) ?? 0, pod[limit] ?? 0));
  }
  return most;
};

const podSeries = (set: NezhaSet, rows: readonly Row[]): readonly MetricData[] =>
  podColumns(set).flatMap(({ column, signal, unit, factor, limit, together }) => {
    const limits = limit === undefined ? undefined : limitsOf(set, limit);
    const found = gather(
      rows,
      (row) => serviceOf(set, row('pod')),
      (row) => numberIn(row(column)),
    );
    return [...found].map(([workload, points]) => {
      const allowed = limits?.get(workload) ?? 0;
      return {
        kind: 'metric' as const,
        signal,
        workload,
        unit,
        points: combined(points, together).map(([at, value]) => [at, value * factor] as const),
        ...(allowed > 0 ? { limit: allowed * factor } : {}),
      };
    });
  });

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** What callers saw on each edge, and the callee's own account over all of its callers. */
const edgeSeries = (rows: readonly Row[]): readonly MetricData[] => {
  const base = { kind: 'metric' as const, signal: 'latency_p50' as const, unit: 'ms' };
  const seen = gather(
    rows,
    (row) => `${row('caller')} ${row('callee')}`,
    (row) => numberIn(row('caller_p50_s')),
  );
  const served = gather(
    rows,
    (row) => row('callee'),
    (row) => numberIn(row('callee_p50_s')),
  );
  const together = (points: Points): Points => {
    const byTime = new Map<number, number[]>();
    for (const [at, value] of points) byTime.set(at, [...(byTime.get(at) ?? []), value]);
    return [...byTime].map(([at, values]) => [at, middle(values)]);
  };
  const inMs = (points: Points): Points => points.map(([at, value]) => [at, value * 1000]);
  return [
    ...[...seen].map(([edge, points]) => {
      const [from = '', to = ''] = edge.split(' ');
      return { ...base, workload: to, edge: { from, to }, points: inMs(points) };
    }),
    ...[...served].map(([workload, points]) => ({ ...base, workload, points: inMs(together(points)) })),
  ];
};

/** The front end's own measure. A success rate that is zero in the quiet time too was not measured. */
const sliSeries = (rows: readonly Row[], front: string, measured: boolean): readonly MetricData[] => {
  const one = (signal: Signal, unit: string, value: (row: Row) => number | undefined): readonly MetricData[] =>
    [...gather(rows, () => front, value)].map(([workload, points]) => ({
      kind: 'metric' as const,
      signal,
      workload,
      unit,
      points,
    }));
  const failed = (row: Row): number | undefined => {
    const success = numberIn(row('success_pct'));
    return success === undefined ? undefined : 1 - success / 100;
  };
  const inMs = (column: string) => (row: Row) => {
    const seconds = numberIn(row(column));
    return seconds === undefined ? undefined : seconds * 1000;
  };
  return [...(measured ? one('error_ratio', 'ratio', failed) : []), ...one('latency_p50', 'ms', inMs('p50_s'))];
};

/** All series of a folder's tables. */
export const seriesOf = (
  set: NezhaSet,
  tables: NezhaTables,
  sli: { readonly front: string; readonly measured: boolean },
): readonly MetricData[] => [
  ...podSeries(set, tables.metrics),
  ...edgeSeries(tables.edges),
  ...sliSeries(tables.sli, sli.front, sli.measured),
];

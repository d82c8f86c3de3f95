import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { createCluster } from '../../src/adapters/kubernetes/cluster.ts';
import type { Reader } from '../../src/adapters/kubernetes/reader.ts';
import type { MetricData, Signal, Window } from '../../src/domain/evidence.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { listAt, textAt } from '../../src/domain/json-read.ts';
import type { UnitData } from '../../src/domain/surroundings.ts';
import type { Answer } from '../../src/ports/answer.ts';
import type { LogLine } from '../../src/ports/logs.ts';
import type { Senses } from '../../src/ports/senses.ts';
import { apiObjectOf, leaseOf } from './cob-objects.ts';
import { instant, readAbout } from './recorded-about.ts';
import { numberIn, type Row, readTable } from './recorded-csv.ts';

/** A snapshot of a cluster in trouble, as a live bot would meet it. */
export interface Snapshot {
  readonly symptom: string;
  readonly namespace: string;
  readonly nowMs: number;
  readonly alertAtMs: number;
  readonly workloads: readonly string[];
  readonly senses: Senses;
}

const answered = <T>(query: string, values: readonly T[]): Answer<readonly T[]> =>
  values.length === 0 ? { outcome: 'empty', query } : { outcome: 'found', query, value: values };

const jsonIn = (folder: string, name: string): JsonObject | undefined => {
  try {
    return JSON.parse(gunzipSync(readFileSync(join(folder, name))).toString('utf8')) as JsonObject;
  } catch {
    return undefined;
  }
};

const readerOver = (items: readonly JsonObject[]): Reader => {
  const matching = (query: { kind: string; namespace?: string; name?: string }): readonly JsonObject[] =>
    items.filter(
      (item) =>
        textAt(item, 'kind') === query.kind &&
        (query.namespace === undefined || textAt(item, 'metadata', 'namespace') === query.namespace) &&
        (query.name === undefined || textAt(item, 'metadata', 'name') === query.name),
    );
  return {
    get: async (query) => {
      const [value] = matching(query);
      const at = `recorded ${query.kind} ${query.name ?? ''}`;
      return value === undefined ? { outcome: 'empty', query: at } : { outcome: 'found', query: at, value };
    },
    list: async (query) => answered(`recorded ${query.kind} list`, matching(query)),
    collection: async (path) => ({ outcome: 'empty', query: path }),
  };
};

const signals: Readonly<Record<string, { readonly signal: Signal; readonly read: (value: number) => number }>> = {
  cpu: { signal: 'cpu_usage', read: (value) => value },
  cpu_cfs: { signal: 'cpu_throttled_ratio', read: (value) => value },
  mem: { signal: 'memory_working_set', read: (value) => value },
  p50latency: { signal: 'latency_p50', read: (value) => value },
  p90latency: { signal: 'latency_p99', read: (value) => value },
  rps: { signal: 'request_rate', read: (value) => value },
  success_rate: { signal: 'error_ratio', read: (value) => Math.max(0, 1 - value) },
};

const nodeSignals: Readonly<Record<string, Signal>> = { tcp_retans: 'tcp_retransmits' };

/** What was measured before the alert is laid where the collector looks for quiet times. */
const quietShiftSeconds = 125;

const timeOf = (row: Row): number => Date.parse(`${row('time').replace(' ', 'T')}+08:00`) / 1000;

interface Reading {
  readonly signal: Signal;
  readonly value: number;
}

/** What a row says of a workload. One that gets no calls has neither a latency nor a success ratio. */
const workloadReadings = (row: Row): readonly Reading[] => {
  const isCalled = (numberIn(row('rps')) ?? 0) > 0;
  return Object.entries(signals).flatMap(([column, { signal, read }]) => {
    const value = numberIn(row(column));
    const ofCalls = signal.startsWith('latency') || signal === 'error_ratio';
    return value === undefined || (ofCalls && !isCalled) ? [] : [{ signal, value: read(value) }];
  });
};

const nodeReadings = (row: Row): readonly Reading[] =>
  Object.entries(nodeSignals).flatMap(([column, signal]) => {
    const value = numberIn(row(column));
    return value === undefined ? [] : [{ signal, value }];
  });

const seriesFrom = (rows: readonly Row[], nodes: ReadonlySet<string>, alertAtMs: number): readonly MetricData[] => {
  const series = new Map<string, { head: Omit<MetricData, 'points'>; points: (readonly [number, number])[] }>();
  for (const row of rows) {
    const at = timeOf(row);
    const when = at * 1000 < alertAtMs ? at - quietShiftSeconds : at;
    const workload = row('service');
    for (const { signal, value } of nodes.has(workload) ? nodeReadings(row) : workloadReadings(row)) {
      const key = `${signal} ${workload}`;
      const known = series.get(key) ?? { head: { kind: 'metric', signal, workload, unit: '' }, points: [] };
      known.points.push([when, value]);
      series.set(key, known);
    }
  }
  return [...series.values()].map(({ head, points }) => ({ ...head, points }));
};

const metricsOf = (series: readonly MetricData[], units: readonly UnitData[]): Senses['metrics'] => ({
  series: async ({ signal, by, window, pointsMax }) => {
    const inside = (at: number): boolean => at * 1000 >= Date.parse(window.from) && at * 1000 <= Date.parse(window.to);
    const found = series
      .filter((one) => one.signal === signal && by === (signal === 'tcp_retransmits' ? 'node' : 'workload'))
      .map((one) => ({ ...one, points: one.points.filter(([at]) => inside(at)).slice(-(pointsMax ?? 1_000)) }))
      .filter(({ points }) => points.length > 0);
    return answered(`recorded ${signal} by ${by}`, found);
  },
  activeAlerts: async () => ({ outcome: 'empty', query: 'recorded alerts' }),
  units: async () => answered('recorded units of the nodes', units),
});

/** A container's own time stamp in front of its line. */
const stamp = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d))\s/;

const linesFrom = (rows: readonly Row[], collectedAtMs: number): readonly LogLine[] =>
  rows.map((row) => {
    const text = row('line');
    const written = Date.parse((stamp.exec(text)?.[1] ?? '').replace(/(\.\d{3})\d+/, '$1'));
    const at = new Date(Number.isNaN(written) ? collectedAtMs - 1_000 : Math.min(written, collectedAtMs)).toISOString();
    return { at, workload: row('service'), pod: row('service'), text: text.replace(stamp, '') };
  });

const logsOf = (lines: readonly LogLine[]): Senses['logs'] => ({
  lines: async ({ workload, window, limit }: { workload?: string; window: Window; limit: number }) => {
    const found = lines.filter(
      (line) =>
        (workload === undefined || line.workload === workload) && line.at >= window.from && line.at <= window.to,
    );
    return answered('recorded logs', found.slice(-limit));
  },
});

const unitsIn = (tools: JsonObject | undefined): readonly UnitData[] => {
  const answers = Object.entries((tools?.CheckNodeServiceStatus ?? {}) as Readonly<Record<string, string>>);
  return answers.flatMap(([key, text]) => {
    const [node = '', unit = ''] = key.split('/');
    const state = /Active:\s+(\w+)/.exec(String(text))?.[1];
    return state === undefined ? [] : [{ kind: 'unit' as const, node, unit, active: state === 'active' }];
  });
};

/** The first and the last moment that the monitoring of the recording called abnormal. */
const alertTimesIn = (tools: JsonObject | undefined): { readonly from: number; readonly to: number } | undefined => {
  const ranges = JSON.stringify(tools?.GetAlerts ?? {}).matchAll(/"time_range":\s*"([\d-]+ [\d:]+) ~ ([\d-]+ [\d:]+)/g);
  const times = [...ranges].flatMap(([, from, to]) =>
    [from, to].map((time) => Date.parse(`${time?.replace(' ', 'T')}+08:00`)),
  );
  return times.length === 0 ? undefined : { from: Math.min(...times), to: Math.max(...times) };
};

const caseForm = z.object({ symptom: z.string().default(''), namespace: z.string(), collected_at: instant });

const readCase = (folder: string): z.infer<typeof caseForm> => readAbout(join(folder, 'case.json'), caseForm);

/** Reads one snapshot from its folder. */
export const readSnapshot = (folder: string): Snapshot => {
  const { symptom, namespace, collected_at: collectedAt } = readCase(folder);
  const collectedAtMs = Date.parse(collectedAt);
  const objects = listAt(jsonIn(folder, 'objects.json.gz'), 'items') as readonly JsonObject[];
  const items = [...objects.map(apiObjectOf), ...objects.flatMap(leaseOf)];
  const tools = jsonIn(folder, 'tools.json.gz');
  const namesOf = (kind: string): readonly string[] =>
    items.filter((item) => textAt(item, 'kind') === kind).map((item) => textAt(item, 'metadata', 'name'));
  const alerts = alertTimesIn(tools);
  const alertAtMs = alerts?.from ?? collectedAtMs;
  // A live bot looks while the alert fires; the recording goes on after the trouble was over.
  const nowMs = alerts?.to ?? collectedAtMs;
  const series = seriesFrom(readTable(join(folder, 'metrics.csv.gz')), new Set(namesOf('Node')), alertAtMs);
  const clock = { now: () => new Date(nowMs).toISOString(), nowMs: () => nowMs };
  const noChanges = {
    sightings: { get: async () => null, put: async () => undefined },
    put: async () => undefined,
    since: async () => [],
  };
  return {
    symptom,
    namespace,
    nowMs,
    alertAtMs,
    workloads: [...namesOf('Deployment'), ...namesOf('StatefulSet')],
    senses: {
      metrics: metricsOf(series, unitsIn(tools)),
      logs: logsOf(linesFrom(readTable(join(folder, 'logs.csv.gz')), collectedAtMs)),
      cluster: createCluster({ reader: readerOver(items), records: noChanges, clock }),
      changes: { since: async () => ({ outcome: 'unreachable', query: 'recorded changes', reason: 'not recorded' }) },
    },
  };
};

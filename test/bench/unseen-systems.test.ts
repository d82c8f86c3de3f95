import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Result, replay } from './diagnosis-replay.ts';
import { rankOf, readAnswers } from './diagnosis-score.ts';
import { cobKind } from './recorded-cob.ts';
import { nezhaKind } from './recorded-nezha.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'systems-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, files: Readonly<Record<string, unknown>>): string => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(file, path.endsWith('.gz') ? gzipSync(text) : text);
  }
  return join(folder, name);
};

const noon = Date.parse('2026-01-01T12:00:00Z') / 1000;

/** How another system is named and measured. */
interface Habits {
  readonly step: number;
  /** What a core is called, and what a pod of each service. */
  readonly core: number;
  readonly podOf: (service: string) => string;
  readonly metricsTo?: string;
}

const services = ['door', 'till', 'stock', 'mongo-stock'] as const;
type Service = (typeof services)[number];

const times = (from: number, to: number, step: number): readonly number[] =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);

const usage = ({ step, core, podOf }: Habits, [from, to]: readonly [number, number], burning?: Service): string =>
  [
    'ts,pod,cpu,rps,server_p99_s',
    ...times(from, to, step).flatMap((at) =>
      services.map((name) => {
        const isBurning = name === burning && at >= noon;
        const cores = (isBurning ? 0.97 : 0.06) + 0.004 * Math.sin(at);
        return `${at},${podOf(name)},${cores * core},12,${isBurning ? 2.4 : 0.05}`;
      }),
    ),
  ].join('\n');

/** Journeys door -> till -> stock -> mongo-stock, a few a minute; calls to `slow` wait. */
const spans = ({ podOf }: Habits, [from, to]: readonly [number, number], slow?: Service): string =>
  [
    'trace_id,span,parent,pod,op,start_us,dur_us',
    ...times(from, to, 2).flatMap((at, index) => {
      const waitUs = (name: Service): number => (name === slow ? 700_000 : 1_000);
      let lasts = 9_000 + 200 * (index % 5);
      const rows: string[] = [];
      for (const [depth, name] of [...services.entries()].toReversed()) {
        const startUs = (at + depth / 100) * 1e6;
        rows.unshift(
          `t${at},${2 * depth + 1},${depth === 0 ? '' : 2 * depth},${podOf(name)},serve ${name},${startUs},${lasts}`,
        );
        if (depth === 0) break;
        lasts += waitUs(name);
        rows.unshift(
          `t${at},${2 * depth},${2 * depth - 1},${podOf(services[depth - 1] ?? name)},ask ${name},${startUs - 10},${lasts}`,
        );
        lasts += 2_000;
      }
      return rows;
    }),
  ].join('\n');

interface Trouble {
  readonly burning?: Service;
  readonly slow?: Service;
}

const diagnosed = async (name: string, habits: Habits, { burning, slow }: Trouble): Promise<Result | undefined> => {
  const path = write(name, {
    'set.json': {
      system: 'corner-shop',
      pods: Object.fromEntries(services.map((service) => [habits.podOf(service), { service, cpu_limit: habits.core }])),
    },
    'baseline/metrics.csv.gz': usage(habits, [noon - 90_000, noon - 85_800]),
    'baseline/traces.csv.gz': spans(habits, [noon - 90_000, noon - 89_940]),
    'cases/c/case.json': {
      t0: '2026-01-01T12:00:00Z',
      ...(habits.metricsTo === undefined ? {} : { metrics_to: habits.metricsTo }),
    },
    'cases/c/metrics.csv.gz': usage(habits, [noon - 600, noon + 300], burning),
    'cases/c/traces.csv.gz': spans(habits, [noon, noon + 120], slow),
  });
  expect(nezhaKind.matches(path)).toBe(true);
  const [result] = await replay(nezhaKind.open(path), { without: [] });
  return result;
};

const hashed = (service: string): string => `${service}-6f6cfc45b-d9pnv`;
const systems: readonly (readonly [what: string, name: string, habits: Habits])[] = [
  ['measured each minute, in hundredths of a core', 'nezha-shop', { step: 60, core: 100, podOf: hashed }],
  ['measured every 15 s, in cores', 'nezha-shop', { step: 15, core: 1, podOf: hashed }],
  ['of numbered pods', 'nezha-shop', { step: 30, core: 100, podOf: (service) => `${service}-0` }],
  [
    'under a folder name that says nothing, with an end of its own',
    'shop-of-2026',
    { step: 60, core: 100, podOf: hashed, metricsTo: '2026-01-01T12:05:00Z' },
  ],
];

describe('an unknown system', { timeout: 60_000 }, () => {
  it.each(systems)('%s is diagnosed as any other', async (_what, name, habits) => {
    const burning = await diagnosed(name, habits, { burning: 'stock' });
    expect(burning?.diagnosis.verdict).toMatchObject({
      kind: 'agreed',
      cause: { workload: 'stock', fault: 'cpu-saturation' },
    });
    const slow = await diagnosed(`${name}-2`.replace(/^shop/, 'nezha'), habits, { slow: 'mongo-stock' });
    expect(slow?.diagnosis.verdict).toMatchObject({
      kind: 'agreed',
      cause: { workload: 'mongo-stock', fault: 'network-delay' },
    });
    expect(slow?.predictions).toHaveLength(services.length);
  });

  it('is well when it is well', async () => {
    for (const [, name, habits] of systems) {
      const calm = await diagnosed(name, habits, {});
      expect(calm?.diagnosis.verdict).toMatchObject({ kind: 'agreed', cause: { fault: 'none' } });
    }
  });

  it('with two pods of a service shows the worse of them, and their calls together', async () => {
    const row = (at: number, pod: string, cpu: number) => `${at},${pod},${cpu},6`;
    const rows = (from: number, to: number, busy: number) =>
      ['ts,pod,cpu,rps', ...times(from, to, 60).flatMap((at) => [row(at, 'a-1-x', 5), row(at, 'a-1-y', busy)])].join(
        '\n',
      );
    const path = write('nezha-twins', {
      'set.json': {
        system: 'twins',
        pods: { 'a-1-x': { service: 'a', cpu_limit: 20 }, 'a-1-y': { service: 'a', cpu_limit: 20 } },
      },
      'baseline/metrics.csv.gz': `\ufeff${rows(noon - 9_000, noon - 5_000, 5)}`,
      'cases/c/case.json': { t0: '2026-01-01T12:00:00Z' },
      'cases/c/metrics.csv.gz': rows(noon - 600, noon + 300, 19.8),
    });
    const senses = nezhaKind.open(path).open('c').senses;
    const window = { from: '2026-01-01T12:00:00Z', to: '2026-01-01T12:00:30Z' };
    const asked = { by: 'workload', namespace: 'twins', window } as const;
    const cpu = await senses.metrics.series({ ...asked, signal: 'cpu_usage' });
    expect(cpu).toMatchObject({ value: [{ workload: 'a', limit: 0.2, points: [[noon, expect.closeTo(0.198)]] }] });
    const calls = await senses.metrics.series({ ...asked, signal: 'request_rate' });
    expect(calls).toMatchObject({ value: [{ points: [[noon, 12]] }] });
  });
});

describe('a set of snapshots', () => {
  it('with a broken first case, several namespaces and words that nobody knows loses nothing else', async () => {
    const quota = (namespace: string) => ({
      kind: 'List',
      items: [{ kind: 'Namespace', apiVersion: 'v1', metadata: { name: namespace } }],
    });
    const path = write('cob-many', {
      'cases/a/case.json': 'no json',
      'cases/b/case.json': { namespace: 'east', collected_at: '2026-01-01T12:00:00Z' },
      'cases/b/objects.json.gz': quota('east'),
      'cases/c/case.json': { namespace: 'west', collected_at: '2026-01-01T12:00:00Z', symptom: '' },
      'cases/c/logs.csv.gz': 'service,line\n,\nstock,"half a line\n',
      'cases/c/metrics.csv.gz': 'time,service,cpu\nyesterday,stock,much\n',
      'labels.json': { b: { fault_object: 'app/stock', root_cause: 'moon_phase', category: 'sky' } },
    });
    const results = await replay(cobKind.open(path), { without: [] });
    expect(results.map(({ id, diagnosis }) => [id, diagnosis.namespace])).toEqual([
      ['b', 'east'],
      ['c', 'west'],
    ]);
    const answer = readAnswers(join(path, 'labels.json'))?.get('b');
    expect(answer).toEqual({ want: 'app/stock moon_phase', group: 'sky', cause: 'moon_phase' });
    expect(rankOf(results[0]?.predictions ?? [], answer?.want ?? '')).toBe(Number.POSITIVE_INFINITY);
  });
});

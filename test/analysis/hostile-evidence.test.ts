import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedData, oneLine } from '../../src/analysis/bound-data.ts';
import { mineTemplates } from '../../src/analysis/log-templates.ts';
import { type EvidenceDraft, rankEvidence } from '../../src/analysis/rank-evidence.ts';
import { shiftOf } from '../../src/analysis/shift.ts';
import type { ContainerState, MetricData } from '../../src/domain/evidence.ts';
import { distinctSeries, joined } from '../../src/flow/collect-series.ts';
import { metricDraft } from '../../src/flow/metric-drafts.ts';
import { limits } from '../../src/limits.ts';
import { baselineOf, container, windowOf, workload } from '../fakes/synthetic-context.ts';

const windows = { window: windowOf, baseline: baselineOf, quiet: baselineOf };
const name = fc.constantFrom('gate', 'basket', 'nowhere', '', '__proto__', 'x'.repeat(400));

const draft: fc.Arbitrary<EvidenceDraft> = fc.record({
  kind: fc.constantFrom('metric', 'log', 'event', 'object', 'change'),
  subject: name,
  window: fc.constant(windowOf),
  query: fc.string(),
  outcome: fc.constantFrom('found', 'empty', 'unreachable'),
  observation: fc.string({ unit: 'binary' }),
  workloads: fc.array(name, { maxLength: 3 }),
  strength: fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1, 0.05, 0.9)),
});

const distances = new Map([
  ['gate', 0],
  ['basket', 1],
]);

describe('the ranking of evidence', () => {
  it('numbers at most so many from one on, each with its hash, whatever the drafts hold', () => {
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 40 }), fc.integer({ min: 0, max: 20 }), (drafts, max) => {
        const ranked = rankEvidence(drafts, { distances, max });
        expect(ranked.map(({ id }) => id)).toEqual(ranked.map((_, index) => `E${index + 1}`));
        expect(ranked.length).toBeLessThanOrEqual(Math.min(max, drafts.length));
        expect(ranked.every(({ hash }) => hash !== '')).toBe(true);
      }),
    );
  });

  it('gives the same order to the same drafts in any order', () => {
    const shuffled = fc
      .uniqueArray(draft, { maxLength: 25, selector: (each) => JSON.stringify(each) })
      .chain((drafts) => fc.tuple(fc.constant(drafts), fc.shuffledSubarray(drafts, { minLength: drafts.length })));
    fc.assert(
      fc.property(shuffled, ([drafts, other]) => {
        const texts = (given: readonly EvidenceDraft[]) =>
          rankEvidence(given, { distances, max: 25 }).map(({ hash }) => hash);
        expect(texts(other)).toEqual(texts(drafts));
      }),
    );
  });

  it('never puts what says nothing comparable before what says much', () => {
    const sure = { kind: 'event', window: windowOf, query: 'q', outcome: 'found', workloads: ['gate'] } as const;
    const loud: EvidenceDraft = { ...sure, subject: 'loud', observation: 'loud', strength: 0.9 };
    for (const strength of [Number.NaN, Number.NEGATIVE_INFINITY, -5]) {
      const odd: EvidenceDraft = { ...sure, subject: 'odd', observation: 'odd', strength };
      expect(rankEvidence([odd, loud], { distances, max: 2 })[0]?.subject).toBe('loud');
    }
  });
});

const seconds = (at: string): number => Date.parse(at) / 1_000;
const time = fc.oneof(
  fc.double(),
  fc.integer({ min: -60, max: 1_500 }).map((after) => seconds(baselineOf.from) + after),
);
const value = fc.oneof(
  fc.double(),
  fc.double({ min: 0, max: 1 }),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e308, 0),
);
const series: fc.Arbitrary<MetricData> = fc.record({
  kind: fc.constant('metric'),
  signal: fc.constantFrom(
    'request_rate',
    'error_ratio',
    'latency_p99',
    'memory_working_set',
    'restarts',
    'connections',
  ),
  workload: name,
  unit: fc.constant('unit'),
  points: fc.array(fc.tuple(time, value), { maxLength: 200 }),
  limit: fc.constantFrom(0, 1, 1e308),
});

describe('a series from a source that is not to be trusted', () => {
  it('becomes an observation with an ordinary strength, inside its windows and its bounds', () => {
    fc.assert(
      fc.property(series, series, (now, before) => {
        const data = joined(now, before, windows);
        const times = data.points.map(([at]) => at);
        expect(times).toEqual([...new Set(times)].toSorted((left, right) => left - right));
        expect(times.every((at) => at >= seconds(baselineOf.from) && at <= seconds(windowOf.to))).toBe(true);
        const shift = shiftOf(data, windows);
        expect(Number.isNaN(shift?.score ?? 0)).toBe(false);
        const made = metricDraft(data, { outcome: 'empty', query: 'q' }, windows);
        expect(made.strength).toBeGreaterThanOrEqual(0);
        expect(made.strength).toBeLessThanOrEqual(1);
        expect(made.data?.kind === 'metric' ? made.data.points.length : 0).toBeLessThanOrEqual(limits.seriesPointsMax);
      }),
      { numRuns: 300 },
    );
  });

  it('is there once, however often it is told, and not at all under a name that no object can have', () => {
    const one: MetricData = {
      kind: 'metric',
      signal: 'error_ratio',
      workload: 'gate',
      unit: 'ratio',
      points: [[1, 1]],
    };
    const longer: MetricData = { ...one, points: [...one.points, [2, 2]] };
    expect(distinctSeries([one, longer, one])).toEqual([longer]);
    expect(distinctSeries([{ ...one, workload: 'x'.repeat(100_000) }])).toEqual([]);
    const edge = { ...one, workload: 'basket', edge: { from: 'gate', to: 'basket' } };
    expect(distinctSeries([{ ...one, workload: 'basket' }, edge])).toHaveLength(2);
    const many = Array.from({ length: limits.seriesMax + 10 }, (_, index) => ({ ...one, workload: `w${index}` }));
    expect(distinctSeries(many)).toHaveLength(limits.seriesMax);
  });
});

describe('what one observation keeps', () => {
  const down: ContainerState = container({
    name: 'the-one',
    ready: false,
    state: 'waiting',
    reason: 'CrashLoopBackOff',
  });
  const crowd = (count: number) => Array.from({ length: count }, (_, index) => container({ name: `c${index}` }));
  const pods = (count: number) =>
    Array.from({ length: count }, (_, index) => ({
      name: `pod-${index}`,
      phase: 'Running',
      ready: true,
      containers: [container()],
    }));

  it('is the pods that are unwell, of however many', () => {
    const sick = { name: 'sick', phase: 'Running', ready: false, containers: [container({ ready: false })] };
    const data = workload('gate', { replicas: 5_001, pods: [...pods(5_000), sick] });
    const kept = boundedData(data);
    expect(kept.pods).toHaveLength(limits.podsKeptMax);
    expect(kept.pods[0]?.name).toBe('sick');
    expect(kept.replicas).toBe(5_001);
  });

  it('is the containers that are unwell, and what their template says of them, of a thousand', () => {
    const all = [...crowd(999), down];
    const data = workload('gate', {
      pods: [{ name: 'wide', phase: 'Running', ready: false, containers: all }],
      containers: all.map(({ name: each, image }) => ({ name: each, image })),
    });
    const kept = boundedData(data);
    expect(kept.pods[0]?.containers).toHaveLength(limits.containersKeptMax);
    expect(kept.pods[0]?.containers[0]?.name).toBe('the-one');
    expect(kept.containers.map(({ name: each }) => each)).toContain('the-one');
    expect(kept.containers).toHaveLength(limits.containersKeptMax);
  });

  it('is everything of an ordinary object', () => {
    const data = workload('gate', { labels: { app: 'gate' } });
    expect(boundedData(data)).toEqual(data);
  });

  it('has no text longer than its bound, no half character, and no list beyond its own', () => {
    const data = workload('gate', {
      labels: { huge: '\u{1f600}'.repeat(100_000), ['k'.repeat(100_000)]: 'v' },
      conditions: Array.from({ length: 5_000 }, () => ({ type: 'T', status: 'True', message: 'm'.repeat(10_000) })),
    });
    const kept = boundedData(data);
    expect(JSON.stringify(kept).length).toBeLessThan(300_000);
    expect(Object.keys(kept.labels ?? {})).toEqual(['huge']);
    expect(() => encodeURIComponent(kept.labels?.huge ?? '')).not.toThrow();
    expect(kept.conditions).toHaveLength(limits.entriesKeptMax);
  });

  it('is on one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(oneLine(text)).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
      }),
    );
  });
});

describe('the templates of hostile log lines', () => {
  it('are at most so many, and count no line twice', () => {
    const line = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.json({ maxDepth: 3 }),
      fc.constantFrom('', '\u0000', '{"level":', '<*> <*>', 'x '.repeat(500), '{"__proto__":{"level":"error"}}'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 60 }), fc.array(line, { maxLength: 20 }), (now, before) => {
        const patterns = mineTemplates({ now, before, limit: 8 });
        expect(patterns.length).toBeLessThanOrEqual(8);
        expect(patterns.reduce((sum, { count }) => sum + count, 0)).toBeLessThanOrEqual(now.length);
        expect(patterns.reduce((sum, { countBefore }) => sum + countBefore, 0)).toBeLessThanOrEqual(before.length);
      }),
    );
  });
});

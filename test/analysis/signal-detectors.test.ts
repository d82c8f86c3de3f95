import { describe, expect, it } from 'vitest';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { readTraces } from '../../src/analysis/read-traces.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { EvidenceData, MetricData } from '../../src/domain/evidence.ts';
import type { Span, TraceData } from '../../src/domain/trace.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { contextOf, incidentAt, metric, nowMs } from '../fakes/synthetic-context.ts';
import { journeys } from '../fakes/traced-shop.ts';

const quiet = journeys(60, 'quiet', (index) => ({ workMs: 5 + (index % 3), waitMs: 1 + (index % 2) }));
const traced = (now: readonly Span[]): readonly EvidenceData[] =>
  readTraces({ now, quiet, lines: { now: [], quiet: [] } }).data;

const topology = {
  workloads: ['gate', 'basket', 'vault', 'prices'].map((name) => ({
    namespace: 'bazaar',
    kind: 'Deployment' as const,
    name,
  })),
  edges: [
    { from: 'gate', to: 'basket' },
    { from: 'basket', to: 'vault' },
    { from: 'basket', to: 'prices' },
  ],
};

const suspects = (data: readonly EvidenceData[]) => {
  const scene = createScene({ ...contextOf(data), topology }, incidentAt(undefined));
  return [...detect(scene, detectors.network), ...detect(scene, detectors.compute)].toSorted(
    (left, right) => right.confidence - left.confidence,
  );
};

/** A rate by the minute: quiet for twenty minutes, then the given values. */
const rate = (workload: string, before: number, now: readonly number[]): MetricData => {
  const windowMs = 150_000;
  const fromMs = nowMs - windowMs;
  const past = Array.from({ length: 19 }, (_, index) => [(fromMs - (20 - index) * 60_000) / 1000, before] as const);
  const present = now.map((value, index) => [(fromMs + 1000 + index * 35_000) / 1000, value] as const);
  return { kind: 'metric', signal: 'request_rate', workload, unit: '1/s', points: [...past, ...present] };
};

describe('what traces and rates show', () => {
  it('a delay is laid on the workload that all delayed calls lead to', () => {
    const [first] = suspects(traced(journeys(40, 'now', () => ({ waitMs: 300 }))));
    expect(first?.cause).toMatchObject({ workload: 'vault', fault: 'network-delay', component: 'caller basket' });
    expect(first?.confidence).toBeGreaterThanOrEqual(0.8);
  });

  it('a delay around a workload without processor time is laid on its processor', () => {
    const starved = { ...metric('cpu_usage', 'vault', { quiet: 0.05, now: 0.98 }), limit: 1 };
    const [first] = suspects([...traced(journeys(40, 'now', () => ({ waitMs: 300 }))), starved]);
    expect(first?.cause).toMatchObject({ workload: 'vault', fault: 'cpu-saturation' });
  });

  it('code that gives up is found where it gives up', () => {
    const [first] = suspects(traced(journeys(40, 'now', (index) => ({ givesUp: index % 3 === 0 }))));
    expect(first?.cause).toEqual({ workload: 'basket', fault: 'code-fault' });
    expect(first?.reasoning).toContain('ask prices used to follow');
  });

  it('code that gives up while it waits for others is no more than a hint', () => {
    const waiting = journeys(40, 'now', (index) => ({ waitMs: 500, givesUp: index % 3 === 0 }));
    const found = suspects(traced(waiting));
    expect(found[0]?.cause).toMatchObject({ workload: 'vault', fault: 'network-delay' });
    expect(found.find(({ cause }) => cause.fault === 'code-fault')?.confidence).toBeLessThan(0.5);
  });

  it('callees that fall silent together point to the caller that they have in common', () => {
    const silence = [0.3, 0, 0, 0];
    const found = suspects([
      rate('basket', 0.3, [0.3, 0.3, 0.3, 0.3]),
      rate('vault', 0.3, silence),
      rate('prices', 0.3, silence),
    ]);
    expect(found[0]?.cause).toEqual({ workload: 'basket', fault: 'code-fault' });
  });

  it('a caller whose calls fail is not blamed for those whom it calls no more after that', () => {
    const silence = [0.3, 0, 0, 0];
    const refused: MetricData = {
      ...rate('lamp', 0, [1, 1, 1, 1]),
      ...{ signal: 'error_ratio', edge: { from: 'basket', to: 'lamp' }, unit: 'ratio' },
    };
    const blamed = suspects([
      rate('basket', 0.3, [0.3, 0.3, 0.3, 0.3]),
      rate('vault', 0.3, silence),
      rate('prices', 0.3, silence),
      refused,
    ]).filter(({ cause }) => cause.fault === 'code-fault');
    expect(blamed).toEqual([]);
  });

  it('callees are excused when nobody asks their caller either', () => {
    const silence = [0.3, 0, 0, 0];
    expect(suspects([rate('basket', 0.3, silence), rate('vault', 0.3, silence), rate('prices', 0.3, silence)])).toEqual(
      [],
    );
  });

  it('quiet traces accuse nobody', () => {
    expect(suspects(traced(journeys(60, 'now', (index) => ({ workMs: 5 + (index % 4) }))))).toEqual([]);
  });
});

describe('traces beside metrics', () => {
  const { differences } = faultContexts['network-delay'];
  const wait = (from: string, standing: 'raised' | 'ordinary', count = 30): TraceData => ({
    kind: 'trace',
    workload: 'prices',
    edge: { from, to: 'prices' },
    times: [
      {
        of: from,
        count,
        countQuiet: 60,
        now: 1,
        quiet: 1,
        high: 20,
        excess: standing === 'raised' ? 300 : 0,
        standing,
      },
    ],
    paths: [],
  });
  const delayOf = (data: readonly EvidenceData[]) =>
    detect(createScene(contextOf([...differences, ...data]), incidentAt(undefined)), detectors.network).find(
      ({ cause }) => cause.workload === 'prices' && cause.fault === 'network-delay',
    );

  it('make a delay of one edge surer, and not less sure because other callers wait for nothing', () => {
    const alone = delayOf([]);
    const both = delayOf([wait('catalog', 'raised'), wait('basket', 'ordinary'), wait('gate', 'ordinary')]);
    expect(both?.cause.component).toBe('caller catalog');
    expect(both?.confidence).toBeGreaterThanOrEqual(Math.max(0.8, alone?.confidence ?? 1));
    expect(both?.reasoning).toContain('a gap between the spans of catalog and those of prices');
  });

  it('say something against a delay only when they saw most of the calls', () => {
    expect(delayOf([wait('catalog', 'ordinary', 30)])?.confidence).toBe(delayOf([])?.confidence);
    expect(delayOf([wait('catalog', 'ordinary', 100_000)])?.confidence).toBeLessThan(0.5);
  });
});

import { describe, expect, it } from 'vitest';
import { actionable } from '../../src/analysis/confidence.ts';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { disturbancesOf } from '../../src/analysis/disturbances.ts';
import { observeTrace } from '../../src/analysis/observe-trace.ts';
import { readTraces } from '../../src/analysis/read-traces.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { TraceData } from '../../src/domain/trace.ts';
import { contextOf, incidentAt, metric } from '../fakes/synthetic-context.ts';
import { journeys } from '../fakes/traced-shop.ts';

const names = ['gate', 'basket', 'vault', 'prices'];
const topology = {
  workloads: names.map((name) => ({ namespace: 'bazaar', kind: 'Deployment' as const, name })),
  edges: [
    { from: 'gate', to: 'basket' },
    { from: 'basket', to: 'vault' },
    { from: 'basket', to: 'prices' },
  ],
};

type Way = Parameters<typeof journeys>[2];

const read = (now: { readonly traces: number; readonly way: Way }, before: number): readonly TraceData[] =>
  readTraces({
    now: journeys(now.traces, 'now', now.way),
    quiet: journeys(before, 'quiet', (index) => ({ workMs: 5 + (index % 3), waitMs: 1 + (index % 2) })),
    lines: { now: [], quiet: [] },
  }).data;

const sceneOf = (traces: readonly TraceData[], unreachable: readonly string[] = []) => {
  const data = [...traces, metric('error_ratio', 'gate', { quiet: 0, now: 0.4 })];
  return createScene({ ...contextOf(data, { unreachable }), topology }, incidentAt(undefined));
};

const waitOf = (traces: readonly TraceData[]) =>
  traces.find(({ edge }) => edge?.from === 'basket' && edge.to === 'vault');

const late: Way = () => ({ waitMs: 300 });

describe('traces of few calls', () => {
  it('that all waited long name a suspect, and are too few to act upon', () => {
    const traces = read({ traces: 3, way: late }, 4);
    expect(waitOf(traces)?.times[0]?.standing).toBe('suspected');
    const found = detect(sceneOf(traces), detectors.network);
    expect(found.map(({ cause }) => `${cause.fault} at ${cause.workload}`)).toEqual(['network-delay at vault']);
    expect(found[0]?.confidence).toBeLessThan(actionable);
    expect(found[0]?.reasoning).toContain('chance may have made it');
  });

  it('that are next to none accuse nobody, but all is not well', () => {
    const traces = read({ traces: 1, way: late }, 4);
    expect(waitOf(traces)?.times[0]?.standing).toBe('unknown');
    const scene = sceneOf(traces);
    expect(detect(scene, detectors.network)).toEqual([]);
    const [wait] = disturbancesOf(scene).filter(({ workload }) => workload === 'vault');
    expect(wait?.sentence).toMatch(/calls of basket to vault wait 30\d ms where up to 2\d.* was ordinary \(1 trace/);
    const calm = sceneOf(read({ traces: 1, way: () => ({}) }, 4));
    expect(disturbancesOf(calm).filter(({ workload }) => workload === 'vault')).toEqual([]);
  });

  it('are never called ordinary', () => {
    const words = [1, 3, 40].map((traces) => waitOf(read({ traces, way: late }, traces + 1)));
    expect(words.map((data) => (data === undefined ? '' : observeTrace(data).split(': ').at(-1)))).toEqual([
      'too few to tell from chance.',
      'more than ordinary, though so few may be late by chance.',
      'more than ordinary.',
    ]);
  });
});

describe('code that gives up', () => {
  const traces = read({ traces: 40, way: (index) => ({ givesUp: index % 3 === 0 }) }, 60);
  const confidenceWithout = (...unreachable: readonly string[]) =>
    detect(sceneOf(traces, unreachable), detectors.compute).find(
      ({ cause }) => cause.fault === 'code-fault' && cause.workload === 'basket',
    )?.confidence ?? 0;

  it('is one sign and no more where nobody can say whether it had a reason', () => {
    const whole = confidenceWithout();
    expect(whole).toBeGreaterThan(confidenceWithout('metrics'));
    expect(whole).toBeGreaterThan(confidenceWithout('services', 'workloads'));
    expect(confidenceWithout('metrics')).toBeGreaterThan(0);
    expect(confidenceWithout('logs')).toBe(whole);
  });
});

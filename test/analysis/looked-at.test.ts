import { describe, expect, it } from 'vitest';
import { lookTooShort } from '../../src/analysis/looked-at.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import type { TraceData } from '../../src/domain/trace.ts';
import { contextOf, incidentAt, metric } from '../fakes/synthetic-context.ts';

const everything = () => true;
const signals = ({ kind }: EvidenceData) => kind === 'metric';

const seen = (
  what: readonly EvidenceData[],
  { suspect, without = everything }: { readonly suspect?: string; readonly without?: typeof signals } = {},
) => lookTooShort(createScene(contextOf(what, { without }), incidentAt(suspect)));

const cpu = metric('cpu_usage', 'gate', { quiet: 0.05 });

describe('a look at a system', () => {
  it('is long enough where the signals of a whole namespace, or those around the subject, have a quiet time', () => {
    expect(lookTooShort(createScene(contextOf(), incidentAt(undefined)))).toBeNull();
    expect(lookTooShort(createScene(contextOf(), incidentAt('gate')))).toBeNull();
    expect(seen([metric('error_ratio', 'catalog', { quiet: 0 })], { suspect: 'gate' })).toBeNull();
  });

  it('shows nothing where no signal has a quiet time, or none would be trouble', () => {
    const fresh = { ...cpu, points: cpu.points.slice(-5) };
    for (const only of [fresh, metric('request_rate', 'gate', { quiet: 40 })]) {
      expect(seen([only])).toMatch(/nothing was measured that could be compared/);
      expect(seen([only], { without: signals, suspect: 'gate' })).toMatch(/nothing was measured/);
    }
    expect(seen([], { without: signals })).toMatch(/nothing was measured/);
  });

  it('is too short when it missed most of a namespace that the alert names as a whole', () => {
    expect(seen([cpu])).toBe('only 1 of 5 workloads were looked at');
    expect(seen([cpu], { without: signals })).toBeNull();
    const more = ['basket', 'catalog'].map((name) => metric('latency_p50', name, { quiet: 8 }));
    expect(seen([cpu, ...more])).toBeNull();
  });

  it('may be through traces, when they saw enough of both times', () => {
    const trace = (standing: 'ordinary' | 'unknown'): TraceData => ({
      kind: 'trace',
      workload: 'gate',
      times: [{ of: 'get', count: 90, countQuiet: 90, now: 5, quiet: 5, high: 25, excess: 0, standing }],
      paths: [],
    });
    expect(seen([trace('ordinary')], { suspect: 'gate' })).toBeNull();
    expect(seen([trace('unknown')], { suspect: 'gate' })).toMatch(/nothing was measured/);
  });
});

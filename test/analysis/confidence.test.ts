import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpecialists } from '../../agents/index.ts';
import { actionable, bySignals, confidence, likelihood, percent } from '../../src/analysis/confidence.ts';
import { consensusOf } from '../../src/analysis/consensus.ts';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { byConfidence, causeKey } from '../../src/analysis/rank-hypotheses.ts';
import { relevanceOf } from '../../src/analysis/relevance.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import { type Discipline, disciplines, type FaultName, faults } from '../../src/domain/fault.ts';
import type { Finding, Hypothesis } from '../../src/domain/finding.ts';
import { scriptedModel } from '../contracts/specialist.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { contextOf, incidentAt, metric } from '../fakes/synthetic-context.ts';

describe('the words of a confidence', () => {
  it('call likely what may be acted upon, and nothing else', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
        expect(['likely', 'very likely'].includes(likelihood(share))).toBe(share >= actionable);
      }),
    );
  });

  it('say the same of a sign near the subject and of one a hop away', () => {
    for (const level of Object.values(confidence)) expect(likelihood(level * 0.98)).toBe(likelihood(level));
  });

  it('are never shown as a bound that they do not reach', () => {
    expect([0.29, 0.55, 0.57, 0.746, 0.9999].map(percent)).toEqual(['29 %', '55 %', '57 %', '74 %', '99 %']);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 100 }), (share, bound) => {
        fc.pre(share < bound / 100 - 1e-6);
        expect(Number.parseInt(percent(share), 10)).toBeLessThan(bound);
      }),
    );
  });

  it('follow the number of independent signals', () => {
    const levels = [0, 1, 2, 3, 4].map(bySignals);
    expect(levels).toEqual(levels.toSorted((left, right) => left - right));
    expect(levels[0]).toBeLessThan(actionable);
  });
});

/** Objects alone: what signals say is of no matter to how findings are weighed. */
const scene = createScene(contextOf([], { without: ({ kind }) => kind !== 'workload' }), incidentAt('gate'));

const findingsOf = (hypotheses: readonly Hypothesis[]): readonly Finding[] =>
  disciplines.map((specialist) => ({
    specialist,
    at: scene.context.at,
    tookMs: 1,
    hypotheses: hypotheses.filter(({ cause }) => faults[cause.fault].discipline === specialist).toSorted(byConfidence),
    degraded: [],
    dropped: [],
    inference: 'none',
  }));

const faultOf = fc.constantFrom<FaultName>(
  ...(['bad-image', 'crash-loop', 'cpu-saturation', 'selector-drift', 'network-delay'] as const),
  ...(['connection-exhaustion', 'database-address', 'code-fault', 'readiness-probe'] as const),
);
const hypothesis: fc.Arbitrary<Hypothesis> = fc
  .record({
    workload: fc.constantFrom('gate', 'basket', 'catalog', 'prices', 'vault'),
    fault: faultOf,
    confidence: fc.double({ min: 0, max: 0.97, noNaN: true }),
  })
  .map(({ workload, fault, confidence: sure }) => ({
    cause: { workload, fault },
    confidence: sure,
    evidence: ['E1'],
    against: [],
    reasoning: 'so it seems',
    from: `detector:${fault}`,
  }));
const hypotheses = fc.uniqueArray(hypothesis, { maxLength: 6, selector: ({ cause }) => causeKey(cause) });

const disciplineOf = ({ cause }: Pick<Hypothesis, 'cause'>): Discipline => faults[cause.fault].discipline;

describe('the confidence of a verdict', () => {
  it('is never above what its own witness holds, and never outside 0 to 1', () => {
    fc.assert(
      fc.property(hypotheses, (held) => {
        const verdict = consensusOf(scene, findingsOf(held));
        const witness = held.find(
          ({ cause }) => verdict.cause !== undefined && causeKey(cause) === causeKey(verdict.cause),
        );
        expect(verdict.confidence).toBeGreaterThanOrEqual(0);
        if (verdict.cause?.fault !== 'none') {
          expect(verdict.confidence).toBeLessThanOrEqual(
            witness?.confidence ?? Math.max(0, ...held.map((one) => one.confidence)),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is never raised by a further cause that another discipline holds against it', () => {
    fc.assert(
      fc.property(hypotheses, hypothesis, (held, further) => {
        const before = consensusOf(scene, findingsOf(held));
        const { cause } = before;
        if (cause === undefined || disciplineOf({ cause }) === disciplineOf(further)) return;
        if (held.some((one) => causeKey(one.cause) === causeKey(further.cause))) return;
        const after = consensusOf(scene, findingsOf([...held, further]));
        // Where the further cause wins, nothing is said of the first one any more.
        if (after.cause === undefined || causeKey(after.cause) !== causeKey(cause)) return;
        expect(after.confidence).toBeLessThanOrEqual(before.confidence);
      }),
      { numRuns: 400 },
    );
  });

  it('falls the more, the stronger the contradiction is', () => {
    const cause = { ...sure('basket', 'selector-drift', 0.9) };
    const against = [0.6, 0.76, 0.8, 0.85, 0.89].map(
      (strength) => consensusOf(scene, findingsOf([cause, sure('prices', 'bad-image', strength)])).confidence,
    );
    expect(against).toEqual(against.toSorted((left, right) => right - left));
    expect(against[0]).toBe(0.9);
    expect(against.at(-1)).toBeLessThan(actionable);
  });
});

function sure(workload: string, fault: FaultName, strength: number): Hypothesis {
  return {
    cause: { workload, fault },
    confidence: strength,
    evidence: ['E1'],
    against: [],
    reasoning: 'so it seems',
    from: `detector:${fault}`,
  };
}

const all = [...detectors.network, ...detectors.database, ...detectors.compute];

const strengthOf = (differences: readonly EvidenceData[], fault: string, workload: string): number => {
  const found = detect(createScene(contextOf(differences), incidentAt('gate')), all);
  return found.find(({ cause }) => cause.fault === fault && cause.workload === workload)?.confidence ?? 0;
};

/** What an engineer would hold against each cause. */
const contradictions: Readonly<Record<string, readonly EvidenceData[]>> = {
  'cpu-saturation': [
    metric('request_rate', 'catalog', { quiet: 40, now: 400 }),
    metric('latency_p99', 'catalog', { quiet: 40 }),
    metric('cpu_throttled_ratio', 'catalog', { quiet: 0.01 }),
  ],
  'network-delay': [
    metric('cpu_throttled_ratio', 'catalog', { quiet: 0.01, now: 0.9 }),
    metric('latency_p99', 'prices', { quiet: 40, now: 700 }),
    metric('latency_p50', 'prices', { quiet: 8, now: 420 }),
    metric('latency_p50', { from: 'catalog', to: 'prices' }, { quiet: 9 }),
  ],
  'connection-exhaustion': [
    metric('connections', 'vault', { quiet: 12, limit: 100 }),
    metric('error_ratio', { from: 'basket', to: 'vault' }, { quiet: 0 }),
    metric('error_ratio', 'basket', { quiet: 0 }),
  ],
  'memory-leak': [
    metric('request_rate', 'prices', { quiet: 40, now: 400 }),
    metric('memory_working_set', 'prices', { quiet: 60 * 1_048_576, limit: 128 * 1_048_576 }),
  ],
};

const key = (data: EvidenceData): string =>
  data.kind === 'metric' ? `${data.signal} ${data.edge?.from ?? ''} ${data.workload}` : JSON.stringify(data);

describe('a hypothesis', () => {
  it.each(Object.entries(contradictions))(
    'of %s is never surer for what speaks against it, one by one or together',
    (fault, against) => {
      const { workload, differences } = faultContexts[fault as keyof typeof faultContexts];
      let present: readonly EvidenceData[] = differences;
      let before = strengthOf(present, fault, workload);
      expect(before).toBeGreaterThan(0);
      for (const one of against) {
        expect(
          strengthOf([...differences.filter((data) => key(data) !== key(one)), one], fault, workload),
        ).toBeLessThanOrEqual(strengthOf(differences, fault, workload));
        present = [...present.filter((data) => key(data) !== key(one)), one];
        const after = strengthOf(present, fault, workload);
        expect(after).toBeLessThanOrEqual(before);
        before = after;
      }
      expect(before).toBeLessThan(actionable);
    },
  );

  it('weighs less, the further it lies from what the incident is about', () => {
    const shares = ['gate', 'catalog', 'prices'].map((workload) => relevanceOf(scene, workload));
    expect(shares).toEqual([1, 0.98, 0.96]);
    expect(relevanceOf(createScene(contextOf(), incidentAt('prices')), 'gate')).toBe(0.8);
    expect(relevanceOf(createScene(contextOf(), incidentAt('prices')), 'basket')).toBe(0.5);
  });

  it('loses a tenth of its confidence for each needed source that gave no answer, never less', async () => {
    const [, , compute] = createSpecialists({ model: scriptedModel({ kind: 'off' }), clock: createStillClock() });
    const sources = ['metrics', 'traces', 'workloads', 'topology'];
    const held = await Promise.all(
      sources.map(async (_, index) => {
        const context = contextOf(faultContexts['bad-image'].differences, { unreachable: sources.slice(0, index) });
        const finding = await compute?.analyse({ incident: incidentAt('gate'), context, recollections: [] });
        return finding?.hypotheses[0]?.confidence ?? 0;
      }),
    );
    for (const [index, value] of held.entries()) expect(value).toBeCloseTo((held[0] ?? 0) * 0.9 ** index);
  });
});

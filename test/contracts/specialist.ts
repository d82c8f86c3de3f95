import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Context } from '../../src/domain/context.ts';
import type { Evidence, EvidenceData } from '../../src/domain/evidence.ts';
import { faultNames, faults } from '../../src/domain/fault.ts';
import type { Finding } from '../../src/domain/finding.ts';
import type { Model, ModelAnswer } from '../../src/ports/model.ts';
import type { Specialist } from '../../src/ports/specialist.ts';
import { faultContexts, restless } from '../fakes/fault-contexts.ts';
import { baselineOf, calm, contextOf, incidentAt, topology, windowOf, workloads } from '../fakes/synthetic-context.ts';

/** A model that gives one answer to everything. */
export const scriptedModel = (answer: ModelAnswer): Model & { readonly questions: string[] } => {
  const questions: string[] = [];
  return {
    label: 'scripted',
    questions,
    ask: async (question) => {
      questions.push(`${question.instructions}\n${question.data}`);
      return answer;
    },
    probe: async () => answer,
  };
};

const hostileText = fc.oneof(fc.string(), fc.constantFrom(...workloads, '', '__proto__', 'gate -> basket', '🧨'));

/** Evidence that is well-typed and makes no sense: gaps, strangers, wild numbers, empty lists. */
const garbage: fc.Arbitrary<Evidence> = fc.record({
  id: hostileText,
  kind: fc.constantFrom('metric', 'log', 'event', 'object', 'change', 'trace'),
  subject: hostileText,
  window: fc.constant(windowOf),
  query: hostileText,
  outcome: fc.constantFrom('found', 'empty', 'unreachable'),
  observation: hostileText,
  hash: hostileText,
  data: fc.oneof(
    fc.constantFrom<EvidenceData>(...calm, ...Object.values(faultContexts).flatMap(({ differences }) => differences)),
    fc.record({
      kind: fc.constant('metric' as const),
      signal: fc.constantFrom('error_ratio', 'latency_p99', 'latency_p50', 'connections', 'cpu_usage'),
      workload: hostileText,
      edge: fc.record({ from: hostileText, to: hostileText }),
      unit: hostileText,
      points: fc.array(fc.tuple(fc.double({ noNaN: true }), fc.double({ noNaN: true })), { maxLength: 12 }),
      limit: fc.double(),
    }),
    fc.record({ kind: fc.constant('change' as const), changes: fc.constant([]) }),
    fc.record({ kind: fc.constant('log' as const), workload: hostileText, patterns: fc.constant([]) }),
  ) as fc.Arbitrary<EvidenceData>,
}) as fc.Arbitrary<Evidence>;

const garbageContext: fc.Arbitrary<Context> = fc.record({
  at: hostileText,
  window: fc.constantFrom(windowOf, { from: 'never', to: '' }),
  baseline: fc.constantFrom(baselineOf, { from: '', to: 'whenever' }),
  topology: fc.constantFrom(
    topology,
    { workloads: [], edges: [] },
    { workloads: [], edges: [{ from: 'gate', to: 'gate' }] },
  ),
  evidence: fc.array(garbage, { maxLength: 20 }),
  unreachable: fc.array(hostileText, { maxLength: 3 }),
});

const isHonest = (finding: Finding, context: Context, discipline: Specialist['discipline']): void => {
  const ids = new Set(context.evidence.map(({ id }) => id));
  expect(finding.specialist).toBe(discipline);
  for (const { cause, confidence, evidence, against, reasoning } of finding.hypotheses) {
    expect(faultNames).toContain(cause.fault);
    expect(faults[cause.fault].discipline).toBe(discipline);
    expect(confidence).toBeGreaterThanOrEqual(0);
    expect(confidence).toBeLessThanOrEqual(1);
    expect(evidence.length).toBeGreaterThan(0);
    expect([...evidence, ...against].filter((id) => !ids.has(id))).toEqual([]);
    expect(reasoning).not.toBe('');
  }
  expect(finding.abstains !== undefined).toBe(finding.hypotheses.length === 0);
  const order = finding.hypotheses.map(({ confidence }) => confidence);
  expect(order).toEqual(order.toSorted((left, right) => right - left));
};

/** What every specialist on the shelf must keep, whatever it reads. */
export const specialistContract = (name: string, create: (model: Model) => Specialist): void => {
  const off = scriptedModel({ kind: 'off' });
  const analyse = (context: Context, suspect: string | undefined, model: Model = off) =>
    create(model).analyse({ incident: incidentAt(suspect), context, recollections: [] });

  describe(`${name} keeps the contract of specialists`, () => {
    const { discipline } = create(off);

    it('never throws, and stays honest, on a context of garbage', async () => {
      await fc.assert(
        fc.asyncProperty(garbageContext, fc.constantFrom('gate', 'nobody', undefined), async (context, suspect) => {
          isHonest(await analyse(context, suspect), context, discipline);
        }),
        { numRuns: 60 },
      );
    });

    it('speaks of its own discipline only, for every fault', async () => {
      for (const { differences } of Object.values(faultContexts)) {
        const context = contextOf(differences);
        isHonest(await analyse(context, 'gate'), context, discipline);
      }
    });

    it('abstains on calm and restless days and says what it looked at', async () => {
      for (const context of [contextOf(), contextOf(restless)]) {
        const finding = await analyse(context, 'gate');
        expect(finding.hypotheses).toEqual([]);
        expect(finding.abstains).toMatch(/^Looked /);
        expect(finding.degraded).toEqual([]);
      }
    });

    it('says what it could not see, and is less sure then', async () => {
      const own = Object.entries(faultContexts).find(
        ([fault]) => faults[fault as keyof typeof faultContexts].discipline === discipline,
      );
      const differences = own?.[1].differences ?? [];
      const seeing = await analyse(contextOf(differences), 'gate');
      const blind = await analyse(contextOf(differences, { unreachable: ['metrics', 'topology'] }), 'gate');
      expect(blind.degraded.join(' ')).toContain('no answer about metrics');
      expect(blind.hypotheses[0]?.confidence).toBeLessThan(seeing.hypotheses[0]?.confidence ?? 0);
      const calmButBlind = await analyse(contextOf([], { unreachable: ['metrics'] }), 'gate');
      expect(calmButBlind.abstains).toContain('no answer about metrics');
    });

    it('goes on without a model that fails, and says so', async () => {
      const failing = scriptedModel({ kind: 'failed', reason: 'no answer within 60 s', tookMs: 60_000 });
      const finding = await analyse(contextOf(), 'gate', failing);
      expect(finding.inference).toBe('failed');
      expect(finding.degraded.join(' ')).toContain('no answer within 60 s');
    });

    it('survives a model that throws or talks nonsense', async () => {
      const nonsense = scriptedModel({ kind: 'answered', value: { hypotheses: 'many' }, tookMs: 5 });
      expect((await analyse(contextOf(), 'gate', nonsense)).inference).toBe('failed');
      const thrower: Model = { ...off, ask: () => Promise.reject(new Error('boom')) };
      expect((await analyse(contextOf(), 'gate', thrower)).degraded.join(' ')).toContain('boom');
    });

    it('drops every claim of a model that invents workloads, faults or citations', async () => {
      const claim = { workload: 'gate', fault: 'none', confidence: 1, evidence: ['E1'], reasoning: 'because' };
      const inventor = scriptedModel({
        kind: 'answered',
        tookMs: 5,
        value: {
          narrative: 'All is lost. Trust me.',
          hypotheses: [
            claim,
            { ...claim, workload: 'ghost' },
            { ...claim, evidence: ['E9999'] },
            { ...claim, evidence: [] },
          ],
        },
      });
      const finding = await analyse(contextOf(), 'gate', inventor);
      expect(finding.hypotheses).toEqual([]);
      expect(finding.narrative).toBeUndefined();
      expect(finding.dropped.length).toBe(6);
      expect(finding.inference).toBe('ollama');
    });
  });
};

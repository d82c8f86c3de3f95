import { describe, expect, it } from 'vitest';
import { createDirector, createSpecialists } from '../../agents/index.ts';
import type { Context } from '../../src/domain/context.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import { faults } from '../../src/domain/fault.ts';
import type { Finding, Hypothesis } from '../../src/domain/finding.ts';
import type { Model } from '../../src/ports/model.ts';
import { scriptedModel } from '../contracts/specialist.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts, restless } from '../fakes/fault-contexts.ts';
import { container, contextOf, incidentAt, metric, workload } from '../fakes/synthetic-context.ts';

const clock = createStillClock();
const off = scriptedModel({ kind: 'off' });

const deliberate = (
  context: Context,
  findings: readonly Finding[],
  model: Model = off,
  suspect: string | undefined = 'gate',
) =>
  createDirector({ model, clock }).deliberate({ incident: incidentAt(suspect), context, recollections: [] }, findings);

const investigate = (context: Context, suspect: string | undefined = 'gate') =>
  Promise.all(
    createSpecialists({ model: off, clock }).map((specialist) =>
      specialist.analyse({ incident: incidentAt(suspect), context, recollections: [] }),
    ),
  );

const hypothesis = (
  workloadName: string,
  fault: FaultName,
  confidence: number,
  from = `detector:${fault}`,
): Hypothesis => ({
  cause: { workload: workloadName, fault },
  confidence,
  evidence: ['E1'],
  against: [],
  reasoning: `${workloadName} shows ${fault}.`,
  from,
});

const finding = (specialist: Finding['specialist'], hypotheses: readonly Hypothesis[] = []): Finding => ({
  specialist,
  at: clock.now(),
  tookMs: 1,
  hypotheses,
  ...(hypotheses.length === 0 ? { abstains: 'Looked and found all well.' } : {}),
  degraded: [],
  dropped: [],
  inference: 'none',
});

const findings = (parts: Partial<Record<Finding['specialist'], readonly Hypothesis[]>>) =>
  (['network', 'database', 'compute'] as const).map((discipline) => finding(discipline, parts[discipline]));

describe('the director, with the specialists', () => {
  it.each(Object.entries(faultContexts))(
    'agrees on %s and counts abstention as no dissent',
    async (fault, { workload: broken, differences }) => {
      const context = contextOf(differences);
      const verdict = await deliberate(context, await investigate(context));
      expect(verdict).toMatchObject({
        kind: 'agreed',
        cause: { fault, workload: broken },
        inference: 'none',
        dissent: [],
      });
      expect(verdict.votes.find(({ stance }) => stance === 'supports')?.specialist).toBe(
        faults[fault as FaultName].discipline,
      );
      expect(verdict.votes.filter(({ stance }) => stance === 'abstains')).toHaveLength(2);
      expect(verdict.evidence.length).toBeGreaterThan(0);
    },
  );

  it('agrees that nothing is wrong when all looked and all is well', async () => {
    for (const context of [contextOf(), contextOf(restless)]) {
      const verdict = await deliberate(context, await investigate(context));
      expect(verdict).toMatchObject({ kind: 'agreed', cause: { workload: 'gate', fault: 'none' } });
      expect(verdict.evidence.length).toBeGreaterThan(0);
    }
  });

  it('does not know when signals are bad and nobody has a cause', async () => {
    const context = contextOf([metric('error_ratio', 'gate', { quiet: 0, now: 0.4 })]);
    const verdict = await deliberate(context, await investigate(context));
    expect(verdict).toMatchObject({ kind: 'unknown', confidence: 0 });
    expect(verdict.cause).toBeUndefined();
    expect(verdict.reasoning).toContain('the error ratio of gate is 40');
  });

  it('never takes silence for health', async () => {
    const blind = contextOf([], { unreachable: ['logs'] });
    expect((await deliberate(blind, await investigate(blind))).kind).toBe('unknown');
    const nothing = contextOf([], { without: () => true });
    expect((await deliberate(nothing, await investigate(nothing))).kind).toBe('unknown');
    const unknown = contextOf([]);
    expect((await deliberate(unknown, findings({}).slice(0, 2))).kind).toBe('unknown');
  });

  it('looks past a caller that crashes only because its callee is gone', async () => {
    const crashed = container({
      ready: false,
      state: 'waiting',
      reason: 'CrashLoopBackOff',
      restarts: 3,
      lastTermination: { reason: 'Error', exitCode: 1, at: '2026-11-22T11:59:40.000Z' },
    });
    const gone = faultContexts['scaled-to-zero'].differences;
    const context = contextOf([...gone, workload('gate', {}, crashed)]);
    const verdict = await deliberate(context, await investigate(context));
    expect(verdict).toMatchObject({ kind: 'agreed', cause: { workload: 'catalog', fault: 'scaled-to-zero' } });
    expect(verdict.dissent).toEqual([
      'crash-loop at gate was seen too, and is taken for an echo of scaled-to-zero at catalog.',
    ]);
  });
});

describe('the director, by the votes', () => {
  const context = contextOf();

  it('splits when two disciplines hold strong, unrelated causes', async () => {
    const verdict = await deliberate(
      context,
      findings({
        network: [hypothesis('basket', 'selector-drift', 0.95)],
        compute: [hypothesis('prices', 'bad-image', 0.93)],
      }),
    );
    expect(verdict.kind).toBe('split');
    expect(verdict.votes.map(({ stance }) => stance)).toEqual(['supports', 'abstains', 'dissents']);
    expect(verdict.dissent[0]).toContain('compute specialist suspects bad-image at prices');
  });

  it('agrees when the best cause leads clearly, and keeps the dissent', async () => {
    const verdict = await deliberate(
      context,
      findings({
        network: [hypothesis('basket', 'selector-drift', 0.95)],
        compute: [hypothesis('prices', 'cpu-saturation', 0.6)],
      }),
    );
    expect(verdict).toMatchObject({ kind: 'agreed', cause: { workload: 'basket' } });
    expect(verdict.dissent).toHaveLength(1);
  });

  it('does not act upon a weak suspicion, least of all the model’s', async () => {
    const verdict = await deliberate(context, findings({ compute: [hypothesis('gate', 'crash-loop', 0.5, 'model')] }));
    expect(verdict.kind).toBe('unknown');
    expect(verdict.reasoning).toContain('crash-loop at gate');
  });

  it('weighs the same findings the same way in any order', async () => {
    const votes = findings({
      network: [hypothesis('basket', 'selector-drift', 0.9)],
      database: [hypothesis('vault', 'connection-exhaustion', 0.9)],
    });
    const one = await deliberate(context, votes);
    const other = await deliberate(context, votes.toReversed());
    expect(other.cause).toEqual(one.cause);
    expect(other.kind).toBe(one.kind);
  });
});

describe('the director, with a model', () => {
  const context = contextOf();
  const answering = (value: unknown) => scriptedModel({ kind: 'answered', value, tookMs: 3 });
  const clear = findings({ network: [hypothesis('basket', 'selector-drift', 0.95)] });
  const tie = findings({
    compute: [hypothesis('catalog', 'bad-image', 0.95), hypothesis('prices', 'bad-image', 0.94)],
  });

  it('lets it phrase the reasoning, sentence by cited sentence', async () => {
    const verdict = await deliberate(
      context,
      clear,
      answering({ reasoning: 'The selector is wrong [E1]. Trust me.', choice: 0 }),
    );
    expect(verdict.reasoning).toBe('basket shows selector-drift. The selector is wrong [E1].');
    expect(verdict.inference).toBe('ollama');
  });

  it('lets it choose among near-equal causes of one discipline only', async () => {
    const chosen = await deliberate(context, tie, answering({ reasoning: '', choice: 2 }));
    expect(chosen).toMatchObject({ kind: 'agreed', cause: { workload: 'prices' } });
    const absurd = await deliberate(context, tie, answering({ reasoning: '', choice: 7 }));
    expect(absurd.cause?.workload).toBe('catalog');
    const settled = await deliberate(context, clear, answering({ reasoning: '', choice: 1 }));
    expect(settled.cause?.workload).toBe('basket');
  });

  it('never lets it heal a split', async () => {
    const split = findings({
      network: [hypothesis('basket', 'selector-drift', 0.95)],
      compute: [hypothesis('prices', 'bad-image', 0.95)],
    });
    expect((await deliberate(context, split, answering({ reasoning: '', choice: 1 }))).kind).toBe('split');
  });

  it('computes the same verdict when the model fails, throws or babbles', async () => {
    const models: readonly Model[] = [
      scriptedModel({ kind: 'failed', reason: 'no answer within 60 s', tookMs: 60_000 }),
      answering('babble'),
    ];
    for (const model of models) {
      const verdict = await deliberate(context, clear, model);
      expect(verdict).toMatchObject({ kind: 'agreed', cause: { workload: 'basket' }, inference: 'failed' });
    }
    const thrower: Model = { ...off, ask: () => Promise.reject(new Error('boom')) };
    expect(await deliberate(context, clear, thrower)).toMatchObject({ kind: 'agreed', inference: 'failed' });
  });

  it('does not ask a model that has just failed the specialists', async () => {
    const model = answering({ reasoning: '', choice: 0 });
    const failed = clear.map((each) => ({ ...each, inference: 'failed' as const }));
    expect((await deliberate(context, failed, model)).inference).toBe('failed');
    expect(model.questions).toEqual([]);
  });
});

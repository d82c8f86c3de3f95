import { describe, expect, it } from 'vitest';
import { createDirector, createSpecialists } from '../../agents/index.ts';
import type { Context } from '../../src/domain/context.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import type { Finding, Hypothesis } from '../../src/domain/finding.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { limits } from '../../src/limits.ts';
import type { Model } from '../../src/ports/model.ts';
import { scriptedModel } from '../contracts/specialist.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { change, container, contextOf, incidentAt, metric, workload } from '../fakes/synthetic-context.ts';

const clock = createStillClock();
const off = scriptedModel({ kind: 'off' });

const judge = async (context: Context, model: Model = off): Promise<Verdict> => {
  const brief = { incident: incidentAt('gate'), context, recollections: [] };
  const findings = await Promise.all(
    createSpecialists({ model, clock }).map((specialist) => specialist.analyse(brief)),
  );
  return createDirector({ model, clock }).deliberate(brief, findings);
};

const weigh = (context: Context, findings: readonly Finding[], model: Model = off): Promise<Verdict> =>
  createDirector({ model, clock }).deliberate({ incident: incidentAt('gate'), context, recollections: [] }, findings);

const finding = (specialist: Finding['specialist'], ...hypotheses: readonly Hypothesis[]): Finding => ({
  specialist,
  at: clock.now(),
  tookMs: 1,
  hypotheses,
  degraded: [],
  dropped: [],
  inference: 'none',
});

const held = (name: string, fault: FaultName, confidence: number, more: Partial<Hypothesis> = {}): Hypothesis => ({
  cause: { workload: name, fault },
  confidence,
  evidence: ['E1'],
  against: [],
  reasoning: `${name} shows ${fault}.`,
  from: `detector:${fault}`,
  ...more,
});

const dataOf = (context: Context, id: string | undefined): EvidenceData | undefined =>
  context.evidence.find((evidence) => evidence.id === id)?.data;

const idsIn = ({ account }: Verdict): readonly string[] =>
  account === undefined
    ? []
    : [
        ...account.strongest,
        ...(account.counter?.evidence ?? []),
        ...account.beside.flatMap(({ evidence }) => evidence),
        ...account.ruledOut.flatMap(({ evidence }) => evidence),
      ];

const crashing = container({
  ready: false,
  state: 'waiting',
  reason: 'CrashLoopBackOff',
  restarts: 3,
  lastTermination: { reason: 'Error', exitCode: 1, at: '2026-11-22T11:59:40.000Z' },
});

describe('the account of a verdict', () => {
  it.each(Object.entries(faultContexts))(
    'names for %s the strongest evidence, and never dismisses what it blames',
    async (fault, { workload: broken, differences }) => {
      const context = contextOf(differences);
      const verdict = await judge(context);
      const { account } = verdict;
      expect(account?.strongest).toEqual(verdict.evidence.slice(0, limits.strongestMax));
      expect(account?.ruledOut.filter((one) => one.workload === broken && one.fault === fault)).toEqual([]);
      expect(account?.ruledOut.length).toBeLessThanOrEqual(limits.ruledOutMax);
      const known = new Set(context.evidence.map(({ id }) => id));
      expect(idsIn(verdict).filter((id) => !known.has(id))).toEqual([]);
    },
  );

  it('dismisses by numbers what the workload might have had, and the workloads around it', async () => {
    const { account } = await judge(contextOf(faultContexts['cpu-saturation'].differences));
    expect(account?.ruledOut).toContainEqual(
      expect.objectContaining({
        workload: 'catalog',
        fault: 'memory-limit',
        because: 'memory stayed at or below 61.2 MiB of 128 MiB',
      }),
    );
    expect(account?.ruledOut).toContainEqual(
      expect.objectContaining({
        workload: 'basket',
        because: '1 of 1 replicas are ready, and its signals are ordinary',
      }),
    );
  });

  it('does not dismiss what nobody measured', async () => {
    const context = contextOf(faultContexts['bad-image'].differences, { without: ({ kind }) => kind === 'metric' });
    const { account } = await judge(context);
    const dismissed = account?.ruledOut.map(({ fault }) => fault);
    for (const fault of ['memory-limit', 'cpu-saturation', 'network-delay', 'code-fault', undefined]) {
      expect(dismissed).not.toContain(fault);
    }
  });

  it('tells an echo by what it echoes', async () => {
    const gone = faultContexts['scaled-to-zero'].differences;
    const { account, cause } = await judge(contextOf([...gone, workload('gate', {}, crashing)]));
    expect(cause?.workload).toBe('catalog');
    expect(account?.ruledOut[0]).toMatchObject({
      workload: 'gate',
      fault: 'crash-loop',
      because: 'an echo of scaled-to-zero at catalog',
    });
  });

  it('argues with the evidence that made the cause less sure, before any other cause', async () => {
    const { account } = await weigh(contextOf(), [
      finding('network', held('basket', 'selector-drift', 0.6)),
      finding('compute', held('catalog', 'cpu-saturation', 0.88, { against: ['E7', 'E8', 'E9'] })),
    ]);
    expect(account?.counter).toEqual({
      evidence: ['E7', 'E8'],
      because: 'already counted: it made the cause less sure',
    });
    expect(account?.ruledOut[0]).toMatchObject({ workload: 'basket', because: 'outweighed: 60 % against 88 %' });
  });

  it('argues with callers that do not suffer when nothing else speaks against it', async () => {
    const pulls = container({
      image: 'registry.example/app:nope',
      ready: false,
      state: 'waiting',
      reason: 'ImagePullBackOff',
    });
    const context = contextOf([workload('catalog', { ready: 1 }, pulls)]);
    const { account, cause } = await judge(context);
    expect(cause).toMatchObject({ workload: 'catalog', fault: 'bad-image' });
    expect(account?.counter?.because).toContain('its callers do not suffer');
    expect(dataOf(context, account?.counter?.evidence[0])).toMatchObject({ edge: { from: 'gate', to: 'catalog' } });
  });

  it('argues a split with the other cause, and says that it was not outweighed', async () => {
    const { kind, account } = await weigh(contextOf(), [
      finding('network', held('basket', 'selector-drift', 0.95)),
      finding('compute', held('prices', 'bad-image', 0.93, { evidence: ['E2', 'E3'] })),
    ]);
    expect(kind).toBe('split');
    expect(account?.counter).toEqual({
      cause: { workload: 'prices', fault: 'bad-image' },
      confidence: 0.93,
      evidence: ['E2', 'E3'],
      because: 'not outweighed: 93 % against 95 %, and neither explains the other',
    });
  });

  it('says by how much a lesser cause lost, and how far another was from being one', async () => {
    const { account } = await weigh(contextOf(), [
      finding('network', held('basket', 'selector-drift', 0.95)),
      finding('compute', held('prices', 'cpu-saturation', 0.6), held('vault', 'crash-loop', 0.4, { against: ['E5'] })),
    ]);
    expect(account?.counter?.because).toBe('outweighed: 60 % against 95 %');
    expect(account?.ruledOut[0]).toMatchObject({
      workload: 'vault',
      because: '40 % is below the 55 % that a cause needs, and 1 sign speaks against it',
    });
  });

  it('proves causes that stand beside each other, and takes none of them for an argument against the other', async () => {
    const both = [...faultContexts['bad-image'].differences, ...faultContexts['selector-drift'].differences];
    const context = contextOf(both);
    const { cause, others, account } = await judge(context);
    expect([cause, ...(others ?? [])].map((one) => one?.workload).toSorted()).toEqual(['basket', 'catalog']);
    expect(account?.beside.map((one) => one.cause)).toEqual(others);
    expect(account?.beside[0]?.evidence.length).toBeGreaterThan(0);
    expect(account?.counter?.cause).toBeUndefined();
  });

  it('shows, when nothing is wrong, what is well, and what was changed all the same', async () => {
    const calm = contextOf();
    const { account } = await judge(calm);
    expect(account?.strongest.map((id) => dataOf(calm, id))).toMatchObject([
      { kind: 'workload', workload: { name: 'gate' } },
      { signal: 'error_ratio', workload: 'gate' },
      { signal: 'latency_p99', workload: 'gate' },
    ]);
    expect(account?.counter).toBeUndefined();
    const changed = contextOf([
      change('basket', '/spec/template/spec/containers/0/env/0/value', { before: 'a', after: 'b' }),
    ]);
    const verdict = await judge(changed);
    expect(verdict.cause?.fault).toBe('none');
    expect(dataOf(changed, verdict.account?.counter?.evidence[0])).toMatchObject({ kind: 'change' });
  });

  it('shows, when nobody knows, what is not well, what was ruled out and who could not be asked', async () => {
    const context = contextOf([metric('error_ratio', 'gate', { quiet: 0, now: 0.4 })], { unreachable: ['logs'] });
    const { kind, account } = await judge(context);
    expect(kind).toBe('unknown');
    expect(dataOf(context, account?.strongest[0])).toMatchObject({ signal: 'error_ratio', workload: 'gate' });
    expect(account?.ruledOut.map(({ fault }) => fault)).toContain('bad-image');
    expect(account?.ruledOut.map(({ fault }) => fault)).not.toContain('code-fault');
    expect(account?.unanswered).toEqual(['logs']);
  });
});

describe('the account of a verdict, with a model', () => {
  const context = contextOf(faultContexts['bad-image'].differences);

  it('is the same, whatever the model says', async () => {
    const alone = await judge(context);
    const answers = [
      {
        narrative: 'All of it is the fault of prices [E1].',
        hypotheses: [
          {
            workload: 'catalog',
            fault: 'bad-image',
            confidence: 1,
            evidence: ['E9', 'E1', 'E2', 'E3'],
            reasoning: 'x',
          },
          { workload: 'prices', fault: 'crash-loop', confidence: 1, evidence: ['E3', 'E20'], reasoning: 'x' },
          { workload: 'gate', fault: 'code-fault', confidence: 1, evidence: ['E1', 'E5'], reasoning: 'x' },
        ],
        reasoning: 'It is prices [E4].',
        choice: 1,
      },
      { narrative: '', hypotheses: [], reasoning: '', choice: 7 },
      'babble',
    ];
    for (const value of answers) {
      const verdict = await judge(context, scriptedModel({ kind: 'answered', value, tookMs: 1 }));
      expect(verdict.account).toEqual(alone.account);
      expect(verdict.cause).toEqual(alone.cause);
      expect(verdict.confidence).toBe(alone.confidence);
    }
  });

  it('does not rank a cause higher because the model cites more for it', async () => {
    const equals = (seconded: readonly string[]) => [
      finding(
        'compute',
        held('catalog', 'bad-image', 0.95, { evidence: ['E1', 'E2'] }),
        held('prices', 'bad-image', 0.95, { evidence: ['E3', ...seconded], seconded }),
      ),
    ];
    expect((await weigh(context, equals(['E7', 'E8', 'E9']))).cause?.workload).toBe('catalog');
    expect((await weigh(context, equals([]))).cause?.workload).toBe('catalog');
  });

  it('tells of the cause that the model chose among equals what code knows of it', async () => {
    const tie = [
      finding('compute', held('catalog', 'bad-image', 0.9), held('prices', 'bad-image', 0.89, { evidence: ['E3'] })),
    ];
    const chosen = await weigh(
      context,
      tie,
      scriptedModel({ kind: 'answered', value: { reasoning: '', choice: 2 }, tookMs: 1 }),
    );
    expect(chosen.cause?.workload).toBe('prices');
    expect(chosen.account?.strongest).toEqual(['E3']);
    expect(chosen.account?.counter).toMatchObject({
      cause: { workload: 'catalog' },
      because: 'no stronger: 90 % against 89 %',
    });
  });
});

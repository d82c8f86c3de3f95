import { describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { EvidenceData } from '../../src/domain/evidence.ts';
import type { Check } from '../../src/domain/verification.ts';
import { createVitalSigns } from '../../src/flow/vital-signs.ts';
import { aCase, anAlert } from '../fakes/cases.ts';
import { createStillClock } from '../fakes/clock.ts';
import { faultContexts } from '../fakes/fault-contexts.ts';
import { createSmallWorld } from '../fakes/small-world.ts';
import { container, contextOf, incidentAt, metric, nowMs, service, workload } from '../fakes/synthetic-context.ts';

const clock = createStillClock(new Date(nowMs).toISOString());

const caseOf = (differences: readonly EvidenceData[], change: Partial<CaseFile> = {}): CaseFile =>
  aCase({
    incident: incidentAt('gate'),
    context: contextOf(differences),
    alerts: [
      {
        ...anAlert({ name: 'HighErrors', labels: { namespace: 'bazaar', deployment: 'gate', pod: 'gate-1' } }),
        inboxId: 'a',
        repeats: 0,
      },
    ],
    verdict: {
      kind: 'agreed',
      at: clock.now(),
      cause: { workload: 'catalog', fault: 'cpu-saturation' },
      confidence: 0.9,
      votes: [],
      dissent: [],
      evidence: [],
      reasoning: '',
      inference: 'none',
    },
    ...change,
  });

const look = (
  now: readonly EvidenceData[],
  moods: Parameters<typeof createSmallWorld>[1] = {},
  file: CaseFile = caseOf(faultContexts['cpu-saturation'].differences),
): Promise<readonly Check[]> => createVitalSigns({ ...createSmallWorld(now, moods), clock, budgetMs: 200 })(file);

const failed = async (...arguments_: Parameters<typeof look>): Promise<readonly string[]> =>
  (await look(...arguments_)).filter(({ passed }) => !passed).map(({ name }) => name);

const written = (secondsAgo: number): Partial<CaseFile> => ({
  attempts: [
    {
      plan: { workload: { namespace: 'bazaar', kind: 'Deployment', name: 'catalog' } },
      ballots: [],
      execution: {
        actionId: 'x',
        intentAt: clock.now(),
        finishedAt: new Date(nowMs - secondsAgo * 1000).toISOString(),
      },
    } as unknown as CaseFile['attempts'][number],
  ],
});

describe('the vital signs', () => {
  it('are all well in a world that is well again', async () => {
    const checks = await look([]);
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'rollout of catalog',
        'rollout of gate',
        'endpoints of service catalog',
        'error ratio of gate',
        '99th percentile latency of gate',
        'CPU usage of catalog',
        'alerts of this incident',
      ]),
    );
  });

  it('are not while the signals are still raised', async () => {
    expect(await failed(faultContexts['cpu-saturation'].differences)).toEqual(
      expect.arrayContaining(['CPU usage of catalog', '99th percentile latency of gate']),
    );
  });

  it.each([
    ['no replica', workload('catalog', { replicas: 0, ready: 0, pods: [] }), 'rollout of catalog'],
    ['a replica that is not ready', workload('catalog', { ready: 0 }), 'rollout of catalog'],
    ['an unfinished rollout', workload('catalog', { updated: 0 }), 'rollout of catalog'],
    [
      'a waiting container',
      workload('catalog', {}, container({ state: 'waiting', reason: 'CrashLoopBackOff' })),
      'rollout of catalog',
    ],
    ['a service that finds nobody', service('catalog', { ready: 0, matches: [] }), 'endpoints of service catalog'],
    [
      'full connections',
      metric('connections', 'vault', { quiet: 12, now: 100, limit: 100 }),
      'number of open connections of vault',
    ],
  ])('see %s', async (_what, trouble, name) => {
    const file = caseOf([], {
      verdict: {
        ...caseOf([]).verdict,
        cause: { workload: name.includes('vault') ? 'vault' : 'catalog', fault: 'crash-loop' },
      } as NonNullable<CaseFile['verdict']>,
    });
    expect(await failed([trouble], {}, file)).toContain(name);
  });

  it('do not mind a pod that was evicted long ago', async () => {
    const base = workload('catalog');
    const evicted = {
      name: 'catalog-old',
      phase: 'Failed',
      ready: false,
      containers: [container({ state: 'terminated' })],
    };
    expect(await failed([{ ...base, pods: [...base.pods, evicted] }])).toEqual([]);
  });

  it('see an alert that still fires, whatever pod it names', async () => {
    const firing = [{ name: 'HighErrors', labels: { namespace: 'bazaar', deployment: 'gate', pod: 'gate-2' } }];
    expect(await failed([], { firing })).toEqual(['alerts of this incident']);
    const other = [{ name: 'HighErrors', labels: { namespace: 'bazaar', deployment: 'prices' } }];
    expect(await failed([], { firing: other })).toEqual([]);
  });

  it.each([
    ['metrics', 'error ratio of gate'],
    ['alerts', 'alerts of this incident'],
    ['workloads', 'rollout of catalog'],
    ['services', 'endpoints of catalog'],
  ])('never take silence of %s for health', async (source, name) => {
    expect(await failed([], { silent: [source] })).toContain(name);
    expect(await failed([], { hanging: [source] })).toContain(name);
  });

  it('judge by points newer than the remedy only, and wait for enough of them', async () => {
    const young = await look([], {}, caseOf([], written(6)));
    const ratio = young.find(({ name }) => name === 'error ratio of catalog');
    expect(ratio).toMatchObject({ passed: false, observation: 'Only 2 points since the remedy: too few to say.' });
    expect(await failed([], {}, caseOf([], written(20)))).toEqual([]);
  });

  it('look at the subject alone when nothing was found to be wrong', async () => {
    const verdict = { ...caseOf([]).verdict, cause: { workload: 'gate', fault: 'none' } } as NonNullable<
      CaseFile['verdict']
    >;
    const checks = await look([], {}, caseOf([], { verdict }));
    expect(checks.map(({ name }) => name).filter((name) => name.startsWith('rollout'))).toEqual(['rollout of gate']);
    expect(checks.every(({ passed }) => passed)).toBe(true);
  });

  it('do not wait for a subject that is no workload', async () => {
    const file = caseOf([], { incident: incidentAt('nobody') });
    expect((await look([], {}, file)).map(({ name }) => name)).not.toContain('rollout of nobody');
  });
});

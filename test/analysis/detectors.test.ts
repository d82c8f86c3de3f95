import { describe, expect, it } from 'vitest';
import { detect } from '../../src/analysis/detect.ts';
import { detectors } from '../../src/analysis/detectors.ts';
import { createScene } from '../../src/analysis/scene.ts';
import type { ChangeData, EvidenceData } from '../../src/domain/evidence.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import { faultContexts, restless } from '../fakes/fault-contexts.ts';
import { rareFaultContexts } from '../fakes/rare-fault-contexts.ts';
import {
  change,
  container,
  contextOf,
  incidentAt,
  metric,
  nowMs,
  service,
  workload,
} from '../fakes/synthetic-context.ts';

const all = [...detectors.network, ...detectors.database, ...detectors.compute];
const cases = Object.entries({ ...faultContexts, ...rareFaultContexts }) as readonly [
  Exclude<FaultName, 'none'>,
  { readonly workload: string; readonly differences: readonly EvidenceData[] },
][];

const found = (differences: readonly EvidenceData[], suspect: string | undefined = 'gate') =>
  detect(createScene(contextOf(differences), incidentAt(suspect)), all);

const causes = (differences: readonly EvidenceData[], suspect?: string) =>
  found(differences, suspect).map(({ cause }) => `${cause.fault} at ${cause.workload}`);

describe('the detectors', () => {
  it.each(cases)('tell %s from every other fault', (fault, { workload: broken, differences }) => {
    expect(causes(differences)).toEqual([`${fault} at ${broken}`]);
  });

  it.each(cases)('are sure of %s and cite evidence that exists', (_fault, { differences }) => {
    const context = contextOf(differences);
    const [hypothesis] = detect(createScene(context, incidentAt('gate')), all);
    const ids = new Set(context.evidence.map(({ id }) => id));
    expect(hypothesis?.confidence).toBeGreaterThanOrEqual(0.75);
    expect(hypothesis?.evidence.length).toBeGreaterThan(0);
    expect(hypothesis?.evidence.filter((id) => !ids.has(id))).toEqual([]);
  });

  it('find nothing on a calm day, nor on a restless one', () => {
    expect(causes([])).toEqual([]);
    expect(causes(restless)).toEqual([]);
  });

  it('find nothing where nothing is known', () => {
    const scene = createScene(
      { ...contextOf(), evidence: [], topology: { workloads: [], edges: [] } },
      incidentAt('gate'),
    );
    expect(detect(scene, all)).toEqual([]);
  });

  it.each(cases)(
    'still find %s when the subject of the alert is not known',
    (fault, { workload: broken, differences }) => {
      const hypotheses = detect(createScene(contextOf(differences), incidentAt(undefined)), all);
      expect(hypotheses.map(({ cause }) => cause)).toMatchObject([{ fault, workload: broken }]);
    },
  );

  it('are surer when the flight recorder saw the change', () => {
    const { differences } = faultContexts['selector-drift'];
    const unseen = differences.filter(({ kind }) => kind !== 'change');
    expect(found(differences)[0]?.confidence).toBeGreaterThan(found(unseen)[0]?.confidence ?? 1);
    expect(found(differences)[0]?.reasoning).toContain(
      'kubectl-edit changed /spec/selector/app from basket to baskets',
    );
  });

  it("never suspect the bot's own writes", () => {
    const own = change('catalog', '/spec/replicas', { before: 1, after: 0, manager: 'ai4all-sre' });
    const [hypothesis] = found([workload('catalog', { replicas: 0, ready: 0, pods: [] }), own]);
    expect(hypothesis?.reasoning).not.toContain('ai4all-sre');
  });

  it('leave a workload alone that is parked at zero and called by nobody', () => {
    expect(causes([workload('gate', { replicas: 0, ready: 0, pods: [] })])).toEqual([]);
  });

  it('forget a container that was killed long ago and has served well since', () => {
    const old = { reason: 'OOMKilled', exitCode: 137, at: '2026-11-20T08:00:00.000Z' };
    expect(causes([workload('prices', {}, container({ restarts: 1, lastTermination: old }))])).toEqual([]);
  });

  it('give a saturated CPU under a raised load the benefit of the doubt', () => {
    const surge = metric('request_rate', 'catalog', { quiet: 40, now: 120 });
    const hypothesis = found([...faultContexts['cpu-saturation'].differences, surge]).find(
      ({ cause }) => cause.fault === 'cpu-saturation',
    );
    expect(hypothesis?.confidence).toBeLessThan(0.5);
    expect(hypothesis?.against).toHaveLength(1);
  });

  it('do not take a callee that is gone for a slow network', () => {
    const { differences } = faultContexts['network-delay'];
    expect(causes([...differences, service('prices', { ready: 0 })])).toEqual([]);
  });

  it('believe a client that has no other store when nobody counts connections', () => {
    const words = faultContexts['connection-exhaustion'].differences.filter(({ kind }) => kind === 'log');
    const uncounted = contextOf(words, { without: (data) => data.kind === 'metric' && data.signal === 'connections' });
    const hypotheses = detect(createScene(uncounted, incidentAt('gate')), all);
    expect(hypotheses.map(({ cause }) => cause)).toEqual([
      { workload: 'vault', fault: 'connection-exhaustion', component: 'caller basket' },
    ]);
  });

  it('do not blame an image on the change that brought another', () => {
    const { differences } = faultContexts['bad-image'];
    const unrelated = change('catalog', '/spec/template/spec/containers/0/image', { before: 'a:1', after: 'b:2' });
    const [hypothesis] = found([...differences.filter(({ kind }) => kind !== 'change'), unrelated]);
    expect(hypothesis?.reasoning).not.toContain('b:2');
  });

  it('say when a change was not just before', () => {
    const old = change('catalog', '/spec/replicas', { before: 1, after: 0 });
    const moved = { ...old, changes: old.changes.map((each) => ({ ...each, at: '2026-11-22T11:35:00.000Z' })) };
    const [hypothesis] = found([workload('catalog', { replicas: 0, ready: 0, pods: [] }), moved]);
    expect(hypothesis?.reasoning).toContain('earlier, at 2026-11-22T11:35:00.000Z, kubectl-edit changed');
  });

  it('suspect what was changed right before the harm, and not what people did about it afterwards', () => {
    const at = (ms: string, change_: ChangeData): ChangeData => ({
      ...change_,
      changes: change_.changes.map((each) => ({ ...each, at: ms })),
    });
    const cause = at(
      '2026-11-22T11:58:05.000Z',
      change('catalog', '/spec/replicas', { before: 1, after: 0, manager: 'mallory' }),
    );
    const helper = at(
      '2026-11-22T11:59:58.000Z',
      change('catalog', '/spec/replicas', { before: 2, after: 0, manager: 'helper' }),
    );
    const stopped = workload('catalog', { replicas: 0, ready: 0, pods: [] });
    // The harm of the calm day's error ratio began half a minute ago; a change a minute and more after that is no cause.
    const early = metric('error_ratio', 'gate', { quiet: 0, now: 0.9 });
    const longer = {
      ...early,
      points: early.points.map(([time, value]) => [time, time >= nowMs / 1000 - 110 ? 0.9 : value] as const),
    };
    expect(found([stopped, cause, helper])[0]?.reasoning).toContain('helper changed');
    expect(
      found([stopped, { ...cause, changes: [...cause.changes, ...helper.changes] }, longer])[0]?.reasoning,
    ).toContain('mallory changed');
  });

  it('know the configuration of a workload by what its template names, and not by how it is called', () => {
    const { differences } = faultContexts['crash-loop'];
    const crashing = differences.filter(({ kind }) => kind !== 'change');
    const shared = change('common-settings', '/data/LIMIT', { before: '10', after: 'ten', kind: 'ConfigMap' });
    const reference = {
      kind: 'ConfigMap',
      name: 'common-settings',
      where: 'envFrom',
      optional: false,
      state: 'held',
    } as const;
    const named = crashing.map((data) => (data.kind === 'workload' ? { ...data, references: [reference] } : data));
    expect(found([...crashing, shared])[0]?.reasoning).not.toContain('/data/LIMIT');
    expect(found([...named, shared])[0]?.reasoning).toContain('kubectl-edit changed /data/LIMIT from 10 to ten');
  });

  it('say of a change that nobody watched between which times it was made', () => {
    const seen = change('catalog', '/spec/replicas', { before: 1, after: 0, manager: 'unknown' });
    const unseen = {
      ...seen,
      changes: seen.changes.map((each) => ({ ...each, unwatchedSince: '2026-11-22T11:30:00.000Z' })),
    };
    const [hypothesis] = found([workload('catalog', { replicas: 0, ready: 0, pods: [] }), unseen]);
    expect(hypothesis?.reasoning).toContain(
      'somebody, between 2026-11-22T11:30:00.000Z and 2026-11-22T11:59:00.000Z while nobody watched, changed /spec/replicas',
    );
  });

  it('name the service when a workload has several', () => {
    const drifted = service('gate-public', { matches: [], ready: 0, expected: ['gate'] });
    expect(found([drifted])[0]?.cause).toEqual({
      workload: 'gate',
      fault: 'selector-drift',
      component: 'service gate-public',
    });
  });

  it('weigh a trouble that the subject does not depend on less', () => {
    const { differences } = faultContexts['bad-image'];
    const near = found(differences, 'gate')[0]?.confidence ?? 0;
    const strange = found(differences, 'vault')[0]?.confidence ?? 0;
    expect(near).toBeGreaterThan(strange);
  });
});

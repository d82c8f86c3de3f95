import { describe, expect, it } from 'vitest';
import type { WorkloadData } from '../../src/domain/evidence.ts';
import type { Check, Verification } from '../../src/domain/verification.ts';
import { look } from '../../src/flow/verify.ts';
import { rolloutCheck } from '../../src/flow/vital-objects.ts';
import { container, workload } from '../fakes/synthetic-context.ts';

const policy = { verifySeconds: 60, verifyStableSeconds: 5 };
const at = (seconds: number): string => new Date(Date.parse('2026-01-05T10:00:00.000Z') + seconds * 1000).toISOString();
const fresh: Verification = { startedAt: at(0), deadline: at(60), checks: [] };
const rollout = (passed: boolean, more: Partial<Check> = {}): Check => ({
  name: 'rollout of basket',
  passed,
  observation: '',
  role: 'patient',
  ...more,
});

/** The watch after looks at these seconds. */
const afterLooks = (looks: readonly (readonly [number, Check])[], before: readonly Check[] = []): Verification =>
  looks.reduce(
    (watch, [second, check]) =>
      watch.verdict === undefined ? look(watch, { checks: [check], before, now: at(second) }, policy) : watch,
    fresh,
  );

const stuck = rollout(false, { stuck: 'young' });

describe('what the kubelet has given up on', () => {
  it('is not waited for until the deadline when it is as young as the remedy', () => {
    expect(
      afterLooks([
        [2, stuck],
        [12, stuck],
        [21, stuck],
      ]).verdict,
    ).toBeUndefined();
    expect(
      afterLooks([
        [2, stuck],
        [12, stuck],
        [22, stuck],
      ]),
    ).toMatchObject({ verdict: 'unchanged', at: at(22) });
  });

  it('makes a workload that was well before worse, however old its pods are', () => {
    const old = rollout(false, { stuck: 'old' });
    expect(
      afterLooks(
        [
          [2, old],
          [22, old],
        ],
        [rollout(true)],
      ).verdict,
    ).toBe('worse');
    expect(
      afterLooks(
        [
          [2, old],
          [22, old],
        ],
        [rollout(false)],
      ).verdict,
    ).toBeUndefined();
  });

  it('counts on between two crashes, and no longer once the rollout has settled', () => {
    const between = rollout(false);
    expect(
      afterLooks([
        [2, stuck],
        [12, between],
        [22, stuck],
      ]).verdict,
    ).toBe('unchanged');
    expect(
      afterLooks([
        [2, stuck],
        [12, rollout(true)],
        [13, stuck],
        [22, stuck],
      ]).verdict,
    ).toBeUndefined();
  });
});

describe('a source that was silent before the write', () => {
  const silent: Check = { name: 'alerts of this incident', passed: false, answered: false, observation: '' };
  const looksAt = (second: number, watch: Verification, before: readonly Check[]): Verification =>
    look(watch, { checks: [rollout(true), silent], before, now: at(second) }, policy);

  it('is not waited for; the objects alone decide', () => {
    const first = looksAt(2, fresh, [rollout(false), silent]);
    expect(looksAt(8, first, [rollout(false), silent]).verdict).toBe('recovered');
  });

  it('is waited for when it spoke before', () => {
    const first = looksAt(2, fresh, [rollout(false), { ...silent, answered: true, passed: true }]);
    expect(looksAt(8, first, []).verdict).toBeUndefined();
  });

  it('proves nothing when nobody else speaks either', () => {
    const watch = look(fresh, { checks: [silent], before: [silent], now: at(2) }, policy);
    expect(look(watch, { checks: [silent], before: [silent], now: at(30) }, policy).verdict).toBeUndefined();
  });
});

describe('the rollout check', () => {
  const waiting = container({ ready: false, state: 'waiting', reason: 'ImagePullBackOff' });
  const seen = (startedAt: string): WorkloadData => {
    const data = workload('basket', {}, waiting);
    return { ...data, pods: data.pods.map((pod) => ({ ...pod, startedAt })) };
  };
  const check = (data: WorkloadData, since?: string): Check =>
    rolloutCheck('basket', { outcome: 'found', value: [data], query: '' }, since);

  it('tells young stuck pods from old ones by the instant of the write, whose seconds are rounded', () => {
    expect(check(seen(at(11)), at(10)).stuck).toBe('young');
    expect(check(seen(at(10)), '2026-01-05T10:00:10.700Z').stuck).toBe('young');
    expect(check(seen(at(3)), at(10)).stuck).toBe('old');
    expect(check(seen(at(11))).stuck).toBe('old');
    expect(check(workload('basket'), at(10)).stuck).toBeUndefined();
  });

  it('minds a pause only while a change waits behind it', () => {
    expect(check(workload('basket', { paused: true })).passed).toBe(true);
    expect(check(workload('basket', { paused: true, updated: 0 })).observation).toMatch(/paused while a change waits/);
  });
});

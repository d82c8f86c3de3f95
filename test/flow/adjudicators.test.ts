import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { adjudicators, type GuardFacts, judge } from '../../src/flow/adjudicators.ts';
import { limits } from '../../src/limits.ts';
import { anAgreedCase, aPlan } from '../fakes/cases.ts';

const live = (spec: JsonObject = {}, uid = 'u1'): GuardFacts['live'] =>
  new Map([['deployment/cartservice', { metadata: { uid }, spec }]]);

const facts = (change: Partial<GuardFacts> = {}): GuardFacts => ({
  file: anAgreedCase(),
  namespaces: ['online-boutique'],
  live: live(),
  policies: { outcome: 'found', value: [{ name: 'p', action: 'Deny', ready: true }], query: '' },
  dryRuns: [{ kind: 'accepted', before: {}, after: {} }],
  lockedBy: new Map(),
  writesInTenMinutes: 0,
  writesPerTenMinutesMax: 10,
  ...change,
});

const inNamespace = (namespace: string): Plan => {
  const plan = aPlan();
  return { ...plan, patches: plan.patches.map((patch) => ({ ...patch, target: { ...patch.target, namespace } })) };
};

const refusedBy = (plan: Plan, change: Partial<GuardFacts> = {}): readonly string[] =>
  judge(plan, facts(change))
    .filter((gate) => !gate.passed)
    .map((gate) => gate.name);

describe('the gates', () => {
  it('let a sound plan pass, each with what its passing means', () => {
    expect(refusedBy(aPlan())).toEqual([]);
    expect(judge(aPlan(), facts()).every((gate) => gate.reason.length > 0)).toBe(true);
  });

  it.each<[string, Plan, Partial<GuardFacts>, string]>([
    ['a system namespace', inNamespace('kube-system'), { namespaces: ['kube-system'] }, 'Scope'],
    ['a namespace that the bot does not watch', inNamespace('payroll'), {}, 'Scope'],
    ['a plan that changes nothing', aPlan({ patches: [] }), { dryRuns: [] }, 'Scope'],
    [
      'too many pods',
      aPlan({ blastRadius: { pods: limits.blastPodsMax + 1, workloads: 1, description: '' } }),
      {},
      'Blast radius',
    ],
    ['too many writes', aPlan(), { writesInTenMinutes: 10 }, 'Rate of writes'],
    [
      'a target that another incident changes',
      aPlan(),
      { lockedBy: new Map([['online-boutique/deployment/cartservice', 'INC-2']]) },
      'Target lock',
    ],
    ['a target that a person paused', aPlan(), { live: live({ paused: true }) }, 'Hands off'],
    ['an object that was replaced', aPlan(), { live: live({}, 'u2') }, 'Preconditions'],
    ['an object that cannot be read', aPlan(), { live: new Map() }, 'Preconditions'],
    ['no Kyverno', aPlan(), { policies: { outcome: 'empty', query: '' } }, 'Kyverno'],
    ['an unreachable Kyverno', aPlan(), { policies: { outcome: 'unreachable', query: '', reason: 'away' } }, 'Kyverno'],
    [
      'policies that only audit',
      aPlan(),
      { policies: { outcome: 'found', query: '', value: [{ name: 'p', action: 'Audit', ready: true }] } },
      'Kyverno',
    ],
    [
      'policies that are not ready',
      aPlan(),
      { policies: { outcome: 'found', query: '', value: [{ name: 'p', action: 'Deny', ready: false }] } },
      'Kyverno',
    ],
    [
      'a denial',
      aPlan(),
      { dryRuns: [{ kind: 'denied', by: 'admission', policy: 'images', message: 'no' }] },
      'Server dry run',
    ],
    [
      'a dry run without an answer',
      aPlan(),
      { dryRuns: [{ kind: 'unreachable', reason: 'timeout' }] },
      'Server dry run',
    ],
    ['a dry run that is missing', aPlan(), { dryRuns: [] }, 'Server dry run'],
  ])('refuse %s', (_name, plan, change, gate) => {
    expect(refusedBy(plan, change)).toContain(gate);
  });

  it('name the policy that denied, in words', () => {
    const gates = judge(
      aPlan(),
      facts({ dryRuns: [{ kind: 'denied', by: 'admission', policy: 'images', message: 'unknown image' }] }),
    );
    expect(gates.find((gate) => !gate.passed)?.reason).toMatch(/images.*unknown image/);
  });

  it('never pass a plan outside the watched namespaces, whatever it is called', () => {
    fc.assert(
      fc.property(fc.string(), (namespace) => {
        fc.pre(namespace !== 'online-boutique');
        expect(refusedBy(inNamespace(namespace))).toContain('Scope');
      }),
    );
  });

  it('are all asked, so that a person sees every reason at once', () => {
    expect(judge(inNamespace('payroll'), facts({ dryRuns: [], live: new Map() }))).toHaveLength(adjudicators.length);
  });
});

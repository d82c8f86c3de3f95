import { describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Cause } from '../../src/domain/finding.ts';
import { nextCause, pendingCauses, waitingCauses } from '../../src/domain/pending-cause.ts';
import type { Check, Verification } from '../../src/domain/verification.ts';
import { endingOf } from '../../src/flow/conclude.ts';
import { next } from '../../src/flow/next.ts';
import { withoutTaken } from '../../src/flow/other-causes.ts';
import { patientsOf } from '../../src/flow/vital-subjects.ts';
import { anAgreedCase, aVerdict, aWaitingAttempt } from '../fakes/cases.ts';

const now = '2026-01-05T10:10:00.000Z';
const own: Cause = { workload: 'cartservice', fault: 'crash-loop' };
const other: Cause = { workload: 'adservice', fault: 'bad-image' };

const verified = (verdict: NonNullable<Verification['verdict']>, checks: readonly Check[] = []): Verification => ({
  startedAt: now,
  deadline: now,
  checkedAt: now,
  checks,
  verdict,
  at: now,
});

const pendingCheck = (passed: boolean): Check => ({
  name: 'rollout of adservice',
  passed,
  observation: '',
  workload: 'adservice',
  role: 'pending',
});

const mended = (cause: Cause, verification: Verification) =>
  aWaitingAttempt({
    cause,
    decision: { kind: 'auto', by: [], at: now, planHash: 'hash-1', via: 'auto', reason: '' },
    execution: { actionId: 'plan-1', intentAt: now, finishedAt: now, outcome: 'applied', written: [] },
    verification,
  });

const twoFaults = (...attempts: CaseFile['attempts']): CaseFile =>
  anAgreedCase({ verdict: aVerdict({ cause: own, others: [other] }), attempts });

describe('a case of two causes', () => {
  it('is about its own cause first; the other waits, and the alert counts only with the last', () => {
    const file = twoFaults();
    expect(nextCause(file)).toEqual(own);
    expect(waitingCauses(file)).toEqual([other]);
    expect(patientsOf({ ...file, attempts: [aWaitingAttempt({ cause: own })] })).toEqual(['cartservice']);
  });

  it('goes on with the other when the first is mended, and is resolved when both are', () => {
    const first = twoFaults(mended(own, verified('recovered', [pendingCheck(false)])));
    expect(pendingCauses(first)).toEqual([other]);
    expect(next(first, now)).toEqual({ kind: 'step', step: 'propose' });
    expect(nextCause(first)).toEqual(other);

    const both = twoFaults(...first.attempts, mended(other, verified('recovered')));
    expect(pendingCauses(both)).toEqual([]);
    expect(next(both, now)).toEqual({ kind: 'step', step: 'conclude' });
    expect(endingOf(both)).toMatchObject({ outcome: 'resolved', reason: expect.stringMatching(/ and /) });
  });

  it('lets go of the other when the last look found it well', () => {
    const file = twoFaults(mended(own, verified('recovered', [pendingCheck(true)])));
    expect(pendingCauses(file)).toEqual([]);
    expect(endingOf(file).outcome).toBe('resolved');
  });

  it('goes to a person when the other has no remedy, and says that the first helped', () => {
    const file = { ...twoFaults(mended(own, verified('recovered', [pendingCheck(false)]))), noPlan: 'No remedy fits.' };
    expect(next(file, now)).toEqual({ kind: 'step', step: 'conclude' });
    expect(endingOf(file)).toMatchObject({
      outcome: 'escalated',
      reason: expect.stringMatching(/helped, but not all is well/),
    });
  });

  it('leaves to another open case what that one is about', () => {
    const verdict = aVerdict({ cause: own, others: [other] });
    expect(withoutTaken(verdict, new Map([['adservice', 'INC-2']])).others).toBeUndefined();
    expect(withoutTaken(verdict, new Map([['frontend', 'INC-2']]))).toBe(verdict);
  });
});

describe('a paused rollout', () => {
  const paused = (ready: number): CaseFile => {
    const file = anAgreedCase({ verdict: aVerdict({ cause: { workload: 'cartservice', fault: 'rollout-paused' } }) });
    const context = file.context;
    if (context === undefined) throw new Error('an agreed case has a context');
    const data = {
      kind: 'workload' as const,
      workload: { namespace: 'online-boutique', kind: 'Deployment' as const, name: 'cartservice' },
      replicas: 2,
      ready,
      updated: 0,
      paused: true,
      containers: [],
      pods: [],
      revisions: [],
    };
    const window = context.window;
    const evidence = [
      {
        id: 'E1',
        kind: 'object' as const,
        subject: 'deployment/cartservice',
        window,
        query: '',
        outcome: 'found' as const,
        observation: '',
        hash: '',
        data,
      },
    ];
    return { ...file, context: { ...context, evidence }, noPlan: 'No remedy on the shelf fits.' };
  };

  it('is left to its person, with the command; while all replicas serve nothing needs to be done', () => {
    expect(endingOf(paused(2))).toEqual({
      outcome: 'no_action',
      reason: expect.stringMatching(/paused by a person, so the bot keeps its hands off/),
      nextStep: 'kubectl -n online-boutique rollout resume deployment/cartservice',
    });
  });

  it('goes to a person when it does not serve', () => {
    expect(endingOf(paused(1))).toMatchObject({
      outcome: 'escalated',
      nextStep: expect.stringMatching(/rollout resume/),
    });
  });

  it('is no excuse once something was written', () => {
    const file = paused(2);
    expect(endingOf({ ...file, attempts: [mended(own, verified('worse'))] }).reason).not.toMatch(/hands off/);
  });
});

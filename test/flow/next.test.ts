import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/domain/attempt.ts';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { next } from '../../src/flow/next.ts';
import { limits } from '../../src/limits.ts';
import { aCase, aContext, aFinding, anAgreedCase, anAlert, aPlan, aVerdict, aWaitingAttempt } from '../fakes/cases.ts';

const at = '2026-01-05T10:00:00.000Z';
const stepOf = (file: CaseFile, now = at): string => {
  const what = next(file, now);
  return what.kind === 'step' ? what.step : what.kind;
};
const decided = (kind: 'approved' | 'rejected' | 'expired' | 'auto'): NonNullable<Attempt['decision']> => ({
  kind,
  by: [],
  at,
  planHash: 'hash-1',
  via: 'emoji',
  reason: kind,
});
const written: NonNullable<Attempt['execution']> = {
  actionId: 'a',
  intentAt: at,
  finishedAt: at,
  outcome: 'applied',
  written: [],
};
const verified = (verdict: 'recovered' | 'unchanged' | 'worse' | 'unknown'): NonNullable<Attempt['verification']> => ({
  startedAt: at,
  deadline: at,
  checks: [],
  verdict,
});
const withAttempt = (attempt: Attempt): CaseFile => anAgreedCase({ attempts: [attempt] });

describe('the order of the road', () => {
  it.each([
    ['a fresh case is collected', aCase(), 'collect'],
    ['a collected case is investigated', aCase({ context: aContext }), 'investigate'],
    [
      'a case with two findings still misses one',
      aCase({ context: aContext, findings: { network: aFinding('network'), compute: aFinding('compute') } }),
      'investigate',
    ],
    ['an agreed case gets a proposal', anAgreedCase(), 'propose'],
    [
      'a verdict that nothing is wrong is watched',
      anAgreedCase({ verdict: aVerdict({ cause: { workload: 'x', fault: 'none' } }) }),
      'watch',
    ],
    ['without a plan a person takes over', anAgreedCase({ noPlan: 'none fits' }), 'conclude'],
    ['a plan is reviewed', withAttempt({ plan: aPlan(), ballots: [] }), 'guard'],
    ['an approved plan is executed', withAttempt(aWaitingAttempt({ decision: decided('approved') })), 'execute'],
    [
      'a written remedy is verified',
      withAttempt(aWaitingAttempt({ decision: decided('auto'), execution: written })),
      'verify',
    ],
    ['an expired proposal ends the case', withAttempt(aWaitingAttempt({ decision: decided('expired') })), 'conclude'],
    [
      'a rejected proposal makes room for the next',
      withAttempt(aWaitingAttempt({ decision: decided('rejected') })),
      'propose',
    ],
    [
      'what did not help is undone',
      withAttempt(
        aWaitingAttempt({ decision: decided('auto'), execution: written, verification: verified('unchanged') }),
      ),
      'undo',
    ],
    [
      'what nobody could look at is not undone: a person decides',
      withAttempt(
        aWaitingAttempt({ decision: decided('auto'), execution: written, verification: verified('unknown') }),
      ),
      'conclude',
    ],
    [
      'after an undo the next plan is tried',
      withAttempt(
        aWaitingAttempt({
          decision: decided('auto'),
          execution: written,
          verification: verified('unchanged'),
          undo: written,
        }),
      ),
      'propose',
    ],
    [
      'what made things worse goes to a person',
      withAttempt(
        aWaitingAttempt({
          decision: decided('auto'),
          execution: written,
          verification: verified('worse'),
          undo: written,
        }),
      ),
      'conclude',
    ],
    [
      'what helped ends the case',
      withAttempt(
        aWaitingAttempt({ decision: decided('auto'), execution: written, verification: verified('recovered') }),
      ),
      'conclude',
    ],
  ])('%s', (_name, file, step) => {
    expect(stepOf(file)).toBe(step);
  });

  it('waits for people until the earlier of the two deadlines', () => {
    expect(next(withAttempt(aWaitingAttempt()), at)).toEqual({ kind: 'wait', until: '2026-01-05T10:05:00.000Z' });
    expect(stepOf(withAttempt(aWaitingAttempt()), '2026-01-05T10:05:00.000Z')).toBe('decide');
  });

  it('ends a waiting case when all its alerts are resolved', () => {
    const resolved = { ...anAlert({ status: 'resolved' }), inboxId: 'i2', repeats: 0 };
    const file = withAttempt(aWaitingAttempt());
    const over = { ...file, alerts: [...file.alerts, resolved] };
    expect(next(over, at)).toEqual({ kind: 'wait', until: '2026-01-05T10:00:10.000Z' });
    expect(stepOf(over, '2026-01-05T10:00:10.000Z')).toBe('conclude');
  });

  it('looks again when no cause was found, a bounded number of times', () => {
    const verdict = aVerdict({ kind: 'unknown' });
    const look = { at, verdict, reason: 'no cause was found' };
    const after = '2026-01-05T10:00:10.000Z';
    expect(stepOf(anAgreedCase({ verdict }))).toBe('wait');
    expect(stepOf(anAgreedCase({ verdict }), after)).toBe('look-again');
    expect(
      stepOf(anAgreedCase({ verdict, earlierLooks: Array.from({ length: limits.looksMax - 1 }, () => look) }), after),
    ).toBe('propose');
  });

  it('looks again when the watch contradicts that nothing is wrong', () => {
    const nothing = aVerdict({ cause: { workload: 'x', fault: 'none' } });
    expect(stepOf(anAgreedCase({ verdict: nothing, watch: verified('unchanged') }))).toBe('look-again');
    expect(stepOf(anAgreedCase({ verdict: nothing, watch: verified('recovered') }))).toBe('conclude');
  });

  it('settles a write before it believes a resolved alert', () => {
    const resolved = { ...anAlert({ status: 'resolved' }), inboxId: 'i2', repeats: 0 };
    const file = withAttempt(
      aWaitingAttempt({ decision: decided('auto'), execution: { actionId: 'a', intentAt: at } }),
    );
    expect(stepOf({ ...file, alerts: [...file.alerts, resolved] })).toBe('execute');
  });

  it('never offers more than the allowed number of plans', () => {
    const failed = aWaitingAttempt({ decision: decided('rejected') });
    const attempts = Array.from({ length: limits.attemptsMax }, () => failed);
    expect(stepOf(anAgreedCase({ attempts }))).toBe('conclude');
  });

  it('never executes without an approval of that very attempt', () => {
    const kinds = fc.constantFrom(undefined, 'rejected', 'expired') as fc.Arbitrary<'rejected' | 'expired' | undefined>;
    fc.assert(
      fc.property(kinds, fc.boolean(), fc.integer({ min: 0, max: 7_200_000 }), (kind, passed, laterMs) => {
        const waiting = aWaitingAttempt(kind === undefined ? {} : { decision: decided(kind) });
        const review = { at, planHash: 'hash-1', gates: [], passed, diff: '' };
        const now = new Date(Date.parse(at) + laterMs).toISOString();
        expect(stepOf(withAttempt({ ...waiting, review }), now)).not.toBe('execute');
      }),
    );
  });
});

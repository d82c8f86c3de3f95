import { describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import type { Ballot } from '../../src/domain/decision.ts';
import { atDeadline, whyNotAuto } from '../../src/flow/ask.ts';
import { ruleOn } from '../../src/flow/desk.ts';
import { anAgreedCase, aPlan, aVerdict, aWaitingAttempt } from '../fakes/cases.ts';

const ballot = (kind: Ballot['kind'], id: string, change: Partial<Ballot> = {}): Ballot => ({
  kind,
  by: { id, name: id.toLowerCase() },
  at: '2026-01-05T10:01:00.000Z',
  planHash: 'hash-1',
  via: 'button',
  ...change,
});
const waiting = (plan = aPlan()): CaseFile => anAgreedCase({ attempts: [aWaitingAttempt({}, plan)] });
const voted = (file: CaseFile, ...ballots: readonly Ballot[]): CaseFile =>
  ballots.reduce((current, next) => {
    const ruling = ruleOn(current, next);
    if ('refusal' in ruling) throw new Error(ruling.refusal);
    return 'file' in ruling ? ruling.file : current;
  }, file);
const decisionOf = (file: CaseFile) => file.attempts.at(-1)?.decision;

describe('ballots', () => {
  it('one approval decides on an ordinary plan and is bound to its hash', () => {
    expect(decisionOf(voted(waiting(), ballot('approve', 'BOB')))).toMatchObject({
      kind: 'approved',
      planHash: 'hash-1',
      via: 'button',
    });
  });

  it('an approval of another plan is refused', () => {
    expect(ruleOn(waiting(), ballot('approve', 'BOB', { planHash: 'old' }))).toHaveProperty('refusal');
  });

  it('high risk needs two different approvers, and no emoji', () => {
    const risky = waiting(aPlan({ risk: 'high' }));
    const once = voted(risky, ballot('approve', 'BOB'), ballot('approve', 'BOB'));
    expect(decisionOf(once)).toBeUndefined();
    expect(decisionOf(voted(once, ballot('approve', 'CAROL')))?.by.map(({ id }) => id)).toEqual(['BOB', 'CAROL']);
    expect(ruleOn(risky, ballot('approve', 'BOB', { via: 'emoji' }))).toHaveProperty('refusal');
  });

  it('a hold stops the auto-approve window, and an approval still decides afterwards', () => {
    const held = voted(waiting(), ballot('hold', 'BOB'));
    expect(held.attempts.at(-1)?.ask?.autoApproveAt).toBeUndefined();
    expect(atDeadline(held, '2026-01-05T10:06:00.000Z', 'autonomous')).toBeNull();
    expect(decisionOf(voted(held, ballot('approve', 'CAROL')))?.kind).toBe('approved');
  });

  it('an approval can be withdrawn before the write, and not after its intent', () => {
    const approved = voted(waiting(), ballot('approve', 'BOB'));
    expect(decisionOf(voted(approved, ballot('withdraw', 'BOB')))).toBeUndefined();
    expect(ruleOn(approved, ballot('withdraw', 'CAROL'))).toHaveProperty('refusal');
    const attempt = approved.attempts[0];
    if (attempt === undefined) throw new Error('no attempt');
    const begun = {
      ...approved,
      attempts: [{ ...attempt, execution: { actionId: 'a', intentAt: '2026-01-05T10:02:00.000Z' } }],
    };
    expect(ruleOn(begun, ballot('withdraw', 'BOB'))).toHaveProperty('refusal');
  });

  it('a rejection stands, also when somebody who had approved takes that back', () => {
    const risky = waiting(aPlan({ risk: 'high' }));
    const decided = voted(risky, ballot('approve', 'BOB'), ballot('reject', 'CAROL'));
    expect(ruleOn(decided, ballot('withdraw', 'BOB'))).toHaveProperty('refusal');
    expect(decisionOf(decided)?.kind).toBe('rejected');
  });

  it.each(['approve', 'reject', 'hold', 'withdraw'] as const)(
    'to %s is heard once, however often it is said',
    (kind) => {
      const before = kind === 'withdraw' ? voted(waiting(), ballot('approve', 'BOB')) : waiting();
      const once = voted(before, ballot(kind, 'BOB'));
      expect(ruleOn(once, ballot(kind, 'BOB', { via: 'emoji' }))).toHaveProperty('known');
      expect(ruleOn(once, ballot(kind, 'BOB', { planHash: 'old' }))).toHaveProperty('refusal');
    },
  );

  it('nothing is decided twice', () => {
    const rejected = voted(waiting(), ballot('reject', 'BOB'));
    expect(ruleOn(rejected, ballot('approve', 'CAROL'))).toHaveProperty('refusal');
  });
});

describe('the auto-approve window', () => {
  const file = waiting();
  const attempt = file.attempts[0];
  if (attempt === undefined) throw new Error('no attempt');

  it('closes by itself when the plan is safe, and names nobody', () => {
    expect(decisionOf(atDeadline(file, '2026-01-05T10:05:00.000Z', 'autonomous') ?? file)).toMatchObject({
      kind: 'auto',
      by: [],
    });
  });

  it('does not close when the mode changed meanwhile; the proposal then waits for people', () => {
    const kept = atDeadline(file, '2026-01-05T10:05:00.000Z', 'watchtower');
    expect(kept?.attempts[0]?.ask?.autoApproveAt).toBeUndefined();
    expect(kept?.attempts[0]?.decision).toBeUndefined();
  });

  it('expires when nobody decides', () => {
    expect(
      decisionOf(atDeadline(voted(file, ballot('hold', 'BOB')), '2026-01-05T11:00:00.000Z', 'autonomous') ?? file)
        ?.kind,
    ).toBe('expired');
  });

  it.each([
    ['supervised mode', file, 'supervised' as const],
    ['a split verdict', { ...file, verdict: aVerdict({ kind: 'split' }) }, 'autonomous' as const],
    ['a shaky verdict', { ...file, verdict: aVerdict({ confidence: 0.6 }) }, 'autonomous' as const],
  ])('is not offered in %s', (_name, change, mode) => {
    expect(whyNotAuto(change, attempt, mode)).not.toBeNull();
  });

  it('is not offered for anything but low risk', () => {
    const risky = aWaitingAttempt({}, aPlan({ risk: 'medium' }));
    expect(whyNotAuto(file, risky, 'autonomous')).toContain('medium');
  });
});

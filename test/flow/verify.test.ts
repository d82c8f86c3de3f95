import { describe, expect, it } from 'vitest';
import { summaryOf } from '../../src/domain/case-file.ts';
import type { Check } from '../../src/domain/verification.ts';
import { excuseWitnesses, look } from '../../src/flow/verify.ts';
import { limits } from '../../src/limits.ts';
import { aCase, aContext, aVerdict } from '../fakes/cases.ts';

const policy = { verifySeconds: 60, verifyStableSeconds: 5 };
const at = (seconds: number): string => new Date(Date.parse('2026-01-05T10:00:00.000Z') + seconds * 1000).toISOString();
const watch = { startedAt: at(0), deadline: at(60), checks: [] };
const check = (name: string, passed: boolean, more: Partial<Check> = {}): Check => ({
  name,
  passed,
  observation: '',
  role: 'patient',
  ...more,
});

describe('looking after a remedy', () => {
  it('calls it recovered only when everything stayed well for long enough in a row', () => {
    const well = { checks: [check('rollout', true)], before: [] };
    const first = look(watch, { ...well, now: at(10) }, policy);
    expect(first.verdict).toBeUndefined();
    const relapse = look(first, { checks: [check('rollout', false)], before: [], now: at(12) }, policy);
    expect(relapse.wellSince).toBeUndefined();
    const again = look(relapse, { ...well, now: at(14) }, policy);
    expect(look(again, { ...well, now: at(16) }, policy).verdict).toBeUndefined();
    expect(look(again, { ...well, now: at(19) }, policy).verdict).toBe('recovered');
  });

  it('calls it unchanged at the deadline when what failed before still fails', () => {
    const still = { checks: [check('errors', false)], before: [check('errors', false)], now: at(60) };
    expect(look(watch, still, policy).verdict).toBe('unchanged');
  });

  it('calls it worse only when a patient that was well before is not well now', () => {
    const before = [check('rollout', true), check('caller', true, { role: 'witness' }), check('quiet', true)];
    const sick = (name: string, more: Partial<Check> = {}) =>
      look(watch, { checks: [check(name, false, more)], before, now: at(60) }, policy).verdict;
    expect(sick('rollout')).toBe('worse');
    expect(sick('caller', { role: 'witness' })).toBe('unchanged');
    expect(sick('quiet', { measured: false })).toBeUndefined();
    expect(sick('rollout', { answered: false })).toBeUndefined();
  });

  it('waits longer while the sources are away, and then says that nobody knows, instead of calling it unchanged', () => {
    const before = [check('rollout', true), check('errors', false)];
    const silent = [check('rollout', false, { answered: false }), check('errors', false, { answered: false })];
    const long = 60 + limits.verifyBlindMsMax / 1000;
    const blind = look(watch, { checks: silent, before, now: at(long - 1) }, policy);
    expect(blind.verdict).toBeUndefined();
    expect(look(blind, { checks: silent, before, now: at(long) }, policy).verdict).toBe('unknown');
    // What is seen again decides, late as it is: a failure at once, health when it lasts.
    const sick = [check('rollout', true), check('errors', false)];
    expect(look(blind, { checks: sick, before, now: at(long - 1) }, policy).verdict).toBe('unchanged');
    const well = [check('rollout', true), check('errors', true)];
    expect(look(blind, { checks: well, before, now: at(long - 1) }, policy).verdict).toBe('recovered');
  });

  it('does not take one answer for all: what is well says nothing for a source that is away', () => {
    const checks = [check('rollout', true), check('errors', false, { answered: false })];
    expect(look(watch, { checks, before: [check('errors', false)], now: at(60) }, policy).verdict).toBeUndefined();
    const failing = [check('rollout', false), check('errors', false, { answered: false })];
    expect(look(watch, { checks: failing, before: [check('errors', false)], now: at(60) }, policy).verdict).toBe(
      'unchanged',
    );
  });

  it('does not undo a remedy because nobody calls the workload any more', () => {
    const checks = [check('rollout', true), check('errors', false, { measured: false })];
    expect(look(watch, { checks, before: [], now: at(30) }, policy).verdict).toBeUndefined();
    expect(look(watch, { checks, before: [], now: at(60) }, policy).verdict).toBe('recovered');
  });
});

describe('witnesses of two troubles', () => {
  const topology = { workloads: [], edges: [{ from: 'checkout', to: 'catalog' }] };
  const file = aCase({ context: { ...aContext, topology } });
  const other = aCase({
    incident: { ...file.incident, uid: 'other', number: 2 },
    verdict: aVerdict({ cause: { workload: 'catalog', fault: 'selector-drift' } }),
  });
  const caller = check('errors of checkout', false, { role: 'witness', workload: 'checkout' });

  it('excuses a caller of what another open case is about, and says so', () => {
    const [excused] = excuseWitnesses([caller], file, [file, other].map(summaryOf));
    expect(excused).toMatchObject({ passed: true, observation: expect.stringContaining('INC-2') });
  });

  it('excuses neither a patient, nor a caller without such a case, nor one whose case is closed', () => {
    const patient = { ...caller, role: 'patient' as const };
    const closed = { ...other, closure: { at: at(0), outcome: 'resolved' as const, reason: '' } };
    for (const [given, open] of [
      [patient, [other]],
      [caller, [file]],
      [caller, [closed]],
    ] as const) {
      expect(excuseWitnesses([given], file, open.map(summaryOf))[0]?.passed).toBe(false);
    }
  });
});

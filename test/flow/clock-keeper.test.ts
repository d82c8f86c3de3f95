import { describe, expect, it } from 'vitest';
import type { CaseFile } from '../../src/domain/case-file.ts';
import { summaryOf } from '../../src/domain/case-file.ts';
import { createClockKeeper, moveDeadlines } from '../../src/flow/clock-keeper.ts';
import { next } from '../../src/flow/next.ts';
import { createSteadyClock } from '../../src/flow/steady-clock.ts';
import type { CaseStore } from '../../src/ports/case-store.ts';
import type { JournalEntry } from '../../src/ports/journal.ts';
import { aCase, anAgreedCase, aWaitingAttempt } from '../fakes/cases.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';

const hourMs = 3_600_000;
const instant = (ms: number): string => new Date(ms).toISOString();

/** A wall clock that can be set, beside time that only goes on. */
const setClocks = () => {
  const wall = createStillClock();
  let steadyMs = 500;
  const clock = createSteadyClock({ wall, steadyMs: () => steadyMs });
  return {
    wall,
    clock,
    pass: (ms: number) => {
      steadyMs += ms;
      wall.advance(ms);
    },
  };
};

const setStage = (files: readonly CaseFile[]) => {
  const clocks = setClocks();
  const stored = new Map(files.map((file) => [file.incident.uid, file]));
  const notes: JournalEntry[] = [];
  const wanted: string[] = [];
  let failures = 0;
  const cases = {
    open: async () => [...stored.values()].map(summaryOf),
    read: async (uid: string) => stored.get(uid) ?? null,
    replace: async (file: CaseFile, note: JournalEntry) => {
      if (failures > 0 && notes.length > 0) {
        failures -= 1;
        throw new Error('the disk is full');
      }
      stored.set(file.incident.uid, file);
      notes.push(note);
      // Whoever works on the case looks at it the moment that its page is turned.
      wanted.push(next(file, clocks.clock.now()).kind);
      return file;
    },
  } as unknown as CaseStore;
  const journal = { append: async () => Promise.reject(new Error('pages bring their own lines')) } as never;
  const keeper = createClockKeeper({ cases, journal, clock: clocks.clock, ids: realIds, log: silentLog });
  return { ...clocks, keeper, stored, notes, wanted, fail: (times: number) => (failures = times) };
};

const waitingCase = (uid: string, nowMs: number): CaseFile => {
  const attempt = aWaitingAttempt();
  const ask = {
    at: instant(nowMs),
    expiresAt: instant(nowMs + 900_000),
    autoApproveAt: instant(nowMs + 20_000),
    autoReason: '',
    approversNeeded: 1,
  };
  const file = anAgreedCase({ attempts: [{ ...attempt, ask }] });
  return { ...file, incident: { ...file.incident, uid } };
};

describe('a clock that is set while windows are open', () => {
  const startMs = createStillClock().nowMs();

  it.each([hourMs, -hourMs])('moves the deadlines by %d ms, and at no moment closes a window', async (byMs) => {
    const stage = setStage([waitingCase('a', startMs)]);
    stage.pass(1_000);
    stage.wall.advance(byMs);
    expect(stage.clock.nowMs()).toBe(startMs + 1_000);
    await stage.keeper.look();
    expect(stage.clock.nowMs()).toBe(startMs + 1_000 + byMs);
    const moved = stage.stored.get('a') ?? aCase();
    expect(moved.clockJumps).toEqual([{ at: instant(startMs + 1_000), byMs }]);
    expect(stage.notes).toMatchObject([{ verb: 'clock-jumped', detail: { byMs } }]);
    expect(stage.wanted).toEqual(['wait']);
    // Nineteen seconds of the window are left, as before.
    expect(next(moved, stage.clock.now())).toEqual({ kind: 'wait', until: instant(startMs + byMs + 20_000) });
    stage.pass(19_000);
    expect(next(moved, stage.clock.now())).toEqual({ kind: 'step', step: 'decide' });
  });

  it('takes a slow drift over without a word', async () => {
    const stage = setStage([waitingCase('a', startMs)]);
    stage.wall.advance(-1_500);
    await stage.keeper.look();
    expect(stage.clock.nowMs()).toBe(startMs - 1_500);
    expect(stage.notes).toEqual([]);
  });

  it('moves no deadline twice when the store fails in between, and does not believe the clock until all are moved', async () => {
    const stage = setStage([waitingCase('a', startMs), waitingCase('b', startMs)]);
    stage.wall.advance(hourMs);
    stage.fail(1);
    await expect(stage.keeper.look()).rejects.toThrow('the disk is full');
    expect(stage.clock.nowMs()).toBe(startMs);
    stage.pass(3_000);
    await stage.keeper.look();
    expect(stage.clock.nowMs()).toBe(startMs + hourMs + 3_000);
    for (const uid of ['a', 'b'])
      expect(stage.stored.get(uid)?.attempts[0]?.ask?.autoApproveAt).toBe(instant(startMs + hourMs + 20_000));
  });

  it('moves a running verification, and nothing that is decided or over', () => {
    const jump = { at: instant(startMs), byMs: hourMs };
    const watch = { startedAt: instant(startMs), deadline: instant(startMs + 60_000), checks: [] };
    const verifying = anAgreedCase({
      attempts: [{ ...aWaitingAttempt(), ask: undefined, verification: watch } as never],
    });
    expect(moveDeadlines(verifying, jump)?.attempts[0]?.verification?.deadline).toBe(
      instant(startMs + hourMs + 60_000),
    );
    expect(moveDeadlines(anAgreedCase(), jump)).toBeNull();
    const closure = { at: instant(startMs), outcome: 'resolved' as const, reason: '' };
    expect(moveDeadlines({ ...waitingCase('a', startMs), closure }, jump)).toBeNull();
  });

  it('waits out no pause that began in a future that was taken back', () => {
    const watch = { startedAt: instant(startMs), deadline: instant(startMs + hourMs), checks: [] };
    const nothing = anAgreedCase();
    const file = { ...nothing, verdict: { ...nothing.verdict, cause: { workload: 'x', fault: 'none' } } } as CaseFile;
    const checked = { ...file, watch: { ...watch, checkedAt: instant(startMs + hourMs) } };
    expect(next(checked, instant(startMs))).toEqual({ kind: 'step', step: 'watch' });
  });
});

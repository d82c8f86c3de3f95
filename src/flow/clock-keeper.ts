import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile, ClockJump } from '../domain/case-file.ts';
import type { Instant } from '../domain/json.ts';
import type { Verification } from '../domain/verification.ts';
import { limits } from '../limits.ts';
import { type Ownership, soleOwner } from '../ports/ownership.ts';
import { type RoadTools, turnPage, withAttempt } from './road.ts';
import type { SteadyClock } from './steady-clock.ts';

/** Sees the wall clock jump, and keeps the jump from closing anybody's window. */
export interface ClockKeeper {
  /** Looks once. Rejects when the store does not take the moved deadlines; the time is taken over only when all are moved. */
  look(): Promise<void>;
  start(): void;
  stop(): void;
}

const movedBy =
  (byMs: number) =>
  (at: Instant): Instant =>
    new Date(Date.parse(at) + byMs).toISOString();

const watchMoved = (watch: Verification, move: (at: Instant) => Instant): Verification => ({
  ...watch,
  deadline: move(watch.deadline),
  ...(watch.checkedAt === undefined ? {} : { checkedAt: move(watch.checkedAt) }),
  ...(watch.wellSince === undefined ? {} : { wellSince: move(watch.wellSince) }),
  ...(watch.stuckSince === undefined ? {} : { stuckSince: move(watch.stuckSince) }),
});

const attemptMoved = (attempt: Attempt, move: (at: Instant) => Instant): Attempt | null => {
  const { ask, decision, verification } = attempt;
  if (ask !== undefined && decision === undefined) {
    const { autoApproveAt } = ask;
    const auto = autoApproveAt === undefined ? {} : { autoApproveAt: move(autoApproveAt) };
    return { ...attempt, ask: { ...ask, expiresAt: move(ask.expiresAt), ...auto } };
  }
  if (verification === undefined || verification.verdict !== undefined) return null;
  return { ...attempt, verification: watchMoved(verification, move) };
};

/** The case with every deadline that still runs moved along with the clock, or null when none runs. Pure. */
export const moveDeadlines = (file: CaseFile, jump: ClockJump): CaseFile | null => {
  const move = movedBy(jump.byMs);
  const clockJumps = [...(file.clockJumps ?? []), jump].slice(-limits.clockJumpsMax);
  if (file.closure !== undefined) return null;
  if (file.watch !== undefined && file.watch.verdict === undefined)
    return { ...file, clockJumps, watch: watchMoved(file.watch, move) };
  const attempt = file.attempts.at(-1);
  const moved = attempt === undefined ? null : attemptMoved(attempt, move);
  return moved === null ? null : { ...withAttempt(file, moved), clockJumps };
};

/**
 * Compares the bot's steady time with the wall clock every second. A difference that grows slowly is taken over as it comes; with
 * a jump every running deadline is moved by as much, so that people keep the time that they were promised. A jump forward is taken
 * over only after that: while the store cannot be written, the bot goes on by its steady time. A jump back is taken over at once,
 * because until then its deadlines are late, which closes nobody's window.
 */
export const createClockKeeper = (
  deps: RoadTools & { readonly clock: SteadyClock; readonly ownership?: Ownership },
): ClockKeeper => {
  const { clock, cases, log, ownership = soleOwner } = deps;
  let timer: NodeJS.Timeout | undefined;
  /** A jump that not every case has been told of yet: the same one is told again, so that no deadline moves twice. */
  let untold: ClockJump | undefined;

  const tell = async (jump: ClockJump): Promise<void> => {
    const seconds = Math.round(jump.byMs / 1_000);
    log.warn({ seconds }, 'the clock jumped: every deadline that runs moves with it');
    for (const { incident } of await cases.open()) {
      if (!ownership.owns(incident.uid)) continue;
      await turnPage(deps, incident.uid, {
        write: (file) => (file.clockJumps?.at(-1)?.at === jump.at ? null : moveDeadlines(file, jump)),
        note: { verb: 'clock-jumped', subject: `by ${seconds} s; the deadlines moved with it`, detail: { ...jump } },
      });
    }
  };

  const look = async (): Promise<void> => {
    if (untold === undefined) {
      const byMs = clock.driftMs();
      if (Math.abs(byMs) < limits.clockJumpMsMin) return clock.moveBy(byMs);
      untold = { at: clock.now(), byMs };
      // No deadline may be seen before its time: back goes the clock first, forward go the deadlines first.
      if (byMs < 0) clock.moveBy(byMs);
    }
    await tell(untold);
    if (untold.byMs > 0) clock.moveBy(untold.byMs);
    untold = undefined;
  };

  const next = (): void => {
    timer = setTimeout(() => {
      look()
        .catch((error: unknown) => log.error({ err: error }, 'the deadlines could not be moved with the clock yet'))
        .finally(next);
    }, limits.clockLookEveryMs);
    timer.unref();
  };

  return { look, start: next, stop: () => clearTimeout(timer) };
};

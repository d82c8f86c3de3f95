import type { Timer } from './timer.ts';

/** Time that moves only when told to, for tests and drills. */
export interface SteppedTime {
  readonly nowMs: () => number;
  readonly timer: Timer;
  /** Moves on by `durationMs` and runs what falls due on the way, in order. */
  advance(durationMs: number): void;
}

interface Alarm {
  readonly atMs: number;
  readonly task: () => void;
}

/** Far more than a minute of a small cluster needs: only a loop that re-arms itself at once comes here. */
const alarmsPerAdvanceMax = 1_000_000;

/** Makes a clock that stands at `startMs` until it is advanced. */
export const createSteppedTime = (startMs: number): SteppedTime => {
  let nowMs = startMs;
  const alarms = new Set<Alarm>();

  const nextBefore = (endMs: number): Alarm | undefined => {
    let next: Alarm | undefined;
    for (const alarm of alarms) {
      if (alarm.atMs <= endMs && (next === undefined || alarm.atMs < next.atMs)) next = alarm;
    }
    return next;
  };

  return {
    nowMs: () => nowMs,
    timer: (delayMs, task) => {
      const alarm = { atMs: nowMs + Math.max(0, delayMs), task };
      alarms.add(alarm);
      return () => {
        alarms.delete(alarm);
      };
    },
    advance: (durationMs) => {
      const endMs = nowMs + durationMs;
      for (let count = 0; count < alarmsPerAdvanceMax; count += 1) {
        const next = nextBefore(endMs);
        if (next === undefined) {
          nowMs = endMs;
          return;
        }
        alarms.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.task();
      }
      throw new Error('time stands still: some task re-arms itself without delay');
    },
  };
};

import type { Clock } from '../ports/clock.ts';

/** A clock that goes on evenly whatever is done to the wall clock, until it is told to take the wall's time over. */
export interface SteadyClock extends Clock {
  /** How far the wall clock is ahead, in ms; below 0 when it is behind. */
  driftMs(): number;
  /** Goes forward, or back, by so much. */
  moveBy(ms: number): void;
}

/** Starts at the wall clock's time. `steadyMs` never jumps and never goes back; its zero means nothing. */
export const createSteadyClock = (deps: { readonly wall: Clock; readonly steadyMs: () => number }): SteadyClock => {
  const { wall, steadyMs } = deps;
  let zeroMs = wall.nowMs() - steadyMs();
  const nowMs = (): number => Math.round(zeroMs + steadyMs());
  return {
    nowMs,
    now: () => new Date(nowMs()).toISOString(),
    driftMs: () => wall.nowMs() - nowMs(),
    moveBy: (ms) => {
      zeroMs += ms;
    },
  };
};

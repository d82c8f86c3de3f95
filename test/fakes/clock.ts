import { uuidv7 } from 'uuidv7';
import type { Clock, Ids } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';

/** A clock that stands still until it is moved. */
export const createStillClock = (start = '2026-01-05T10:00:00.000Z') => {
  let nowMs = Date.parse(start);
  const clock: Clock = { now: () => new Date(nowMs).toISOString(), nowMs: () => nowMs };
  return {
    ...clock,
    advance: (ms: number) => {
      nowMs += ms;
    },
  };
};

/** The real clock. */
export const wallClock: Clock = { now: () => new Date().toISOString(), nowMs: () => Date.now() };

/** Real UUIDv7s. */
export const realIds: Ids = { uid: () => uuidv7() };

/** A log that says nothing. */
export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silentLog,
};

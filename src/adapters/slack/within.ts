import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for the work to end, well or badly, but no longer than this. */
export const within = async (ms: number, work: Promise<unknown>): Promise<void> => {
  const ended = new AbortController();
  const late = sleep(ms, undefined, { signal: ended.signal }).catch(() => undefined);
  await Promise.race([work.catch(() => undefined), late]);
  ended.abort();
};

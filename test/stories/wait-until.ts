/** One question that is asked again and again until its answer is as hoped. */
export interface Wait<T> {
  /** What is waited for, as the error says it. */
  readonly what: string;
  readonly look: () => Promise<T>;
  readonly holds: (seen: T) => boolean;
  /** What was seen last, for the error. */
  readonly describe: (seen: T) => string;
  /** Wakes the next look early. Returns the way to unsubscribe. */
  readonly subscribe?: (wake: () => void) => () => void;
  readonly timeoutMs?: number;
}

/** Between two looks where nothing tells of a change. */
const lookEveryMs = 100;
/** Far more than anything here takes on an idle machine: a busy one is slow, and a story waits for facts. */
const patienceMs = 100_000;

/** Resolves with the first sight that holds; rejects with what was seen last when patience ends. */
export const waitUntil = async <T>(wait: Wait<T>): Promise<T> => {
  const { what, look, holds, describe, subscribe, timeoutMs = patienceMs } = wait;
  const deadline = Date.now() + timeoutMs;
  let wake = (): void => undefined;
  const unsubscribe = subscribe?.(() => wake());
  try {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, lookEveryMs);
      });
      const seen = await look();
      if (holds(seen)) return seen;
      if (Date.now() > deadline) throw new Error(`It did not come true that ${what}. Last seen: ${describe(seen)}`);
      await changed;
    }
  } finally {
    unsubscribe?.();
  }
};

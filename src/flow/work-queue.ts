/** Keys to work on, each at most once at a time, as controller-runtime's work queue has it. */
export interface WorkQueue {
  /** Asks for work on a key now. While it is being worked on, it is worked on once more afterwards. */
  add(key: string): void;
  /** The same, before all keys that were merely added: what was begun is brought to its end before more is begun. */
  addFirst(key: string): void;
  /** Asks for work on a key at an instant (epoch ms); the earliest wish wins. */
  addAt(key: string, atMs: number): void;
  /** Takes no more work and resolves when what runs has ended. */
  stop(): Promise<void>;
}

/** Node's timers overflow past this; a later wish is simply renewed. */
const timerMsMax = 2 ** 31 - 1;

/** Creates a queue that calls `work` for each key, `concurrencyMax` at a time. `work` must not throw. */
export const createWorkQueue = (deps: {
  readonly work: (key: string) => Promise<void>;
  readonly concurrencyMax: number;
  readonly nowMs: () => number;
}): WorkQueue => {
  const waiting = new Set<string>();
  const first = new Set<string>();
  const running = new Map<string, Promise<void>>();
  const timers = new Map<string, { readonly atMs: number; readonly handle: NodeJS.Timeout }>();
  let stopped = false;

  const start = (key: string): void => {
    waiting.delete(key);
    first.delete(key);
    const done = deps.work(key).finally(() => {
      running.delete(key);
      fill();
    });
    running.set(key, done);
  };

  const fill = (): void => {
    if (stopped) return;
    for (const key of [...first, ...waiting]) {
      if (running.size >= deps.concurrencyMax) return;
      if (!running.has(key)) start(key);
    }
  };

  const clear = (key: string): void => {
    clearTimeout(timers.get(key)?.handle);
    timers.delete(key);
  };

  const add = (key: string): void => {
    if (stopped) return;
    clear(key);
    waiting.add(key);
    fill();
  };

  const addFirst = (key: string): void => {
    if (stopped) return;
    first.add(key);
    add(key);
  };

  const addAt = (key: string, atMs: number): void => {
    if (stopped || (timers.get(key)?.atMs ?? Number.POSITIVE_INFINITY) <= atMs) return;
    clear(key);
    const delayMs = Math.min(Math.max(atMs - deps.nowMs(), 0), timerMsMax);
    const handle = setTimeout(() => {
      timers.delete(key);
      add(key);
    }, delayMs);
    timers.set(key, { atMs, handle });
  };

  const stop = async (): Promise<void> => {
    stopped = true;
    waiting.clear();
    first.clear();
    for (const key of [...timers.keys()]) clear(key);
    await Promise.allSettled(running.values());
  };

  return { add, addFirst, addAt, stop };
};

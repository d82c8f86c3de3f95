import { StoreError } from '../kube-store.ts';
import type { Timer } from './timer.ts';

/** Keys that wait for their controller: each at most once, the sooner time wins. */
export interface WorkQueue {
  add(key: string, delayMs?: number): void;
  stop(): void;
}

/** What a queue works with. */
export interface WorkQueueDeps {
  readonly nowMs: () => number;
  readonly timer: Timer;
  /** Returns the milliseconds until the key wants another look. */
  readonly reconcile: (key: string) => number | undefined;
  /** Hears of errors that are no ordinary race between writers. */
  readonly onError: (key: string, error: unknown) => void;
}

/** Beyond this many waiting keys new ones are dropped; the resync brings them back. */
const keysMax = 10_000;
/** Keys worked off in one turn of the event loop. */
const batchMax = 100;
const retryMsMin = 20;
const retryMsMax = 10_000;

const isRace = (error: unknown): boolean => error instanceof StoreError;

/** Makes an empty queue; the work happens on the timer, never inside `add`. */
export const createWorkQueue = ({ nowMs, timer, reconcile, onError }: WorkQueueDeps): WorkQueue => {
  const dueMs = new Map<string, number>();
  const failures = new Map<string, number>();
  let armed: { readonly atMs: number; readonly cancel: () => void } | undefined;
  let stopped = false;

  const attempt = (key: string): void => {
    try {
      const againMs = reconcile(key);
      failures.delete(key);
      if (againMs !== undefined) add(key, againMs);
    } catch (error) {
      if (!isRace(error)) onError(key, error);
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      add(key, Math.min(retryMsMax, retryMsMin * 2 ** Math.min(count, 20)));
    }
  };

  const drain = (): void => {
    armed = undefined;
    const now = nowMs();
    const ready = [...dueMs].filter(([, atMs]) => atMs <= now).sort((left, right) => left[1] - right[1]);
    for (const [key] of ready.slice(0, batchMax)) {
      dueMs.delete(key);
      attempt(key);
    }
    arm();
  };

  const arm = (): void => {
    if (stopped || dueMs.size === 0) return;
    const atMs = Math.min(...dueMs.values());
    if (armed !== undefined && armed.atMs <= atMs) return;
    armed?.cancel();
    armed = { atMs, cancel: timer(Math.max(0, atMs - nowMs()), drain) };
  };

  const add = (key: string, delayMs = 0): void => {
    const atMs = nowMs() + delayMs;
    const waiting = dueMs.get(key);
    if (stopped || (waiting !== undefined && waiting <= atMs)) return;
    if (waiting === undefined && dueMs.size >= keysMax) return;
    dueMs.set(key, atMs);
    arm();
  };

  return {
    add,
    stop: () => {
      stopped = true;
      armed?.cancel();
      dueMs.clear();
    },
  };
};

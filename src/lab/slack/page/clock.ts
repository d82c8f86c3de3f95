import { useSyncExternalStore } from 'react';

let nowMs = Date.now();
let timer: number | undefined;
const listeners = new Set<() => void>();

const tick = (): void => {
  nowMs = Date.now();
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  timer ??= window.setInterval(tick, 1000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    window.clearInterval(timer);
    timer = undefined;
  };
};

/** The present in epoch milliseconds, once a second. One timer serves the whole page. */
export const useNowMs = (): number => useSyncExternalStore(subscribe, () => nowMs);

import { AsyncLocalStorage } from 'node:async_hooks';

const current = new AsyncLocalStorage<AbortSignal>();

/** Runs `work` so that every {@link abortableFetch} inside it ends when the signal does. */
export const underSignal = <T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> => current.run(signal, work);

/**
 * A fetch that obeys the signal of its surroundings. The Ollama client takes no signal of its own, and LangChain looks at
 * its signal only when a chunk arrives: without this a silent server would hold a call for minutes.
 */
export const abortableFetch: typeof fetch = (input, init = {}) => {
  const around = current.getStore();
  if (around === undefined) return fetch(input, init);
  const own = init.signal ?? undefined;
  return fetch(input, { ...init, signal: own === undefined ? around : AbortSignal.any([own, around]) });
};

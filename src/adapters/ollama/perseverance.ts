import {
  bulkhead,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  type GeneratorFn,
  handleWhen,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { isBreaking, isTransient } from './model-trouble.ts';

/** How long and how often one model host is tried. */
export interface Endurance {
  /** Covers queueing, retries and the answer. */
  readonly budgetMs: number;
  /** Questions that the host answers at the same time (its OLLAMA_NUM_PARALLEL). */
  readonly numParallel: number;
  /** 0..1. */
  readonly random: () => number;
}

/** Runs work under the budget; the signal ends with it. */
export type Persevere = <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

const queueMax = 16;
const attemptsMax = 4;
const delayMsMin = 200;
const delayMsMax = 5_000;
const failuresInARow = 5;
const restMs = 10_000;

/** Decorrelated jitter (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015). */
const jittered =
  (random: () => number): GeneratorFn<number> =>
  (previous = delayMsMin) => {
    const delay = Math.min(delayMsMax, delayMsMin + random() * (previous * 3 - delayMsMin));
    return [delay, delay];
  };

/**
 * The policies of one host, outermost first: the budget over everything, a bounded queue, retries with jitter for passing
 * trouble, and a breaker that leaves a failing host alone. The queue must be ours: a busy Ollama lets requests wait for ever.
 */
export const createPerseverance = ({ budgetMs, numParallel, random }: Endurance): Persevere => {
  const policy = wrap(
    timeout(budgetMs, TimeoutStrategy.Aggressive),
    bulkhead(numParallel, queueMax),
    retry(handleWhen(isTransient), {
      maxAttempts: attemptsMax,
      backoff: new ExponentialBackoff({
        initialDelay: delayMsMin,
        maxDelay: delayMsMax,
        generator: jittered(random),
      }),
    }),
    circuitBreaker(handleWhen(isBreaking), { halfOpenAfter: restMs, breaker: new ConsecutiveBreaker(failuresInARow) }),
  );
  return (work) =>
    policy.execute(({ signal }) => {
      // Its time ran out while it waited in the queue: that says nothing about the host, so the breaker must not count it.
      if (signal.aborted) throw new TaskCancelledError();
      return work(signal);
    });
};

import type { TimeShift } from '../domain/trace.ts';
import { signalTraits } from './signal-trait.ts';
import { median, quantile } from './statistics.ts';

/** Ordinary is what 99 of 100 quiet durations stay below. */
const ordinaryShare = 0.99;

/** An excess is no chance when fewer than one of ten thousand quiet windows would show it: a case asks some hundred such questions. */
export const chanceMax = 1e-4;

/** A wait below this, in ms, is never worth a word: the same bound as for a median latency. */
const floorMs = signalTraits.latency_p50.floor;

const logFactorials: number[] = [0];
const logFactorial = (n: number): number => {
  for (let k = logFactorials.length; k <= n; k += 1) logFactorials.push((logFactorials[k - 1] ?? 0) + Math.log(k));
  return logFactorials[n] ?? 0;
};

/** The probability of at least `k` hits in `n` independent trials of chance `p` (upper tail of the binomial distribution). */
export const chanceOfAtLeast = (k: number, n: number, p: number): number => {
  if (k <= 0) return 1;
  if (k > n || p <= 0) return 0;
  if (p >= 1) return 1;
  const logTerm = (hits: number): number =>
    logFactorial(n) - logFactorial(hits) - logFactorial(n - hits) + hits * Math.log(p) + (n - hits) * Math.log1p(-p);
  let sum = 0;
  for (let hits = k; hits <= n; hits += 1) {
    const term = Math.exp(logTerm(hits));
    sum += term;
    // Past the mean the terms only shrink: the rest cannot matter.
    if (hits > n * p && term < sum * 1e-9) break;
  }
  return Math.min(1, sum);
};

/**
 * The chance of an event that was seen `hits` times in `n` quiet trials, by Laplace's rule of succession
 * ("Essai philosophique sur les probabilités", 1814): what was never seen in few trials may still be ordinary.
 */
export const expectedShare = (hits: number, n: number): number => (hits + 1) / (n + 2);

const isFinitePositive = (value: number): boolean => Number.isFinite(value) && value >= 0;

interface Lateness {
  readonly late: number;
  readonly calls: number;
}

const standingOf = (now: Lateness, quiet: Lateness, excess: number): TimeShift['standing'] => {
  const chance = expectedShare(quiet.late, quiet.calls);
  // What costs the average call less than this, its callers do not notice.
  if (excess >= floorMs) return chanceOfAtLeast(now.late, now.calls, chance) < chanceMax ? 'raised' : 'unknown';
  // Could it have been told at all? When even all calls being late would be no proof, nothing is known.
  return chance ** now.calls < chanceMax ? 'ordinary' : 'unknown';
};

/**
 * Compares durations (ms) with quiet ones by exceedances over the quiet 99th percentile: robust against any shape of the
 * distribution, and it sees a fault that began in the middle of the window, which a median does not. Undefined when nothing was measured now.
 */
export const tailShiftOf = (
  of: string,
  quietMs: readonly number[],
  nowMs: readonly number[],
): TimeShift | undefined => {
  const quiet = quietMs.filter(isFinitePositive);
  const now = nowMs.filter(isFinitePositive);
  const level = median(now);
  if (level === undefined) return undefined;
  const before = median(quiet);
  const counts = { of, count: now.length, countQuiet: quiet.length, now: level };
  if (before === undefined) return { ...counts, quiet: 0, high: 0, excess: 0, standing: 'unknown' };
  const high = Math.max(quantile(quiet, ordinaryShare) ?? 0, before + floorMs);
  const late = now.filter((value) => value > high);
  const excess = late.reduce((sum, value) => sum + value - high, 0) / now.length;
  const lateQuiet = quiet.filter((value) => value > high).length;
  const standing = standingOf(
    { late: late.length, calls: now.length },
    { late: lateQuiet, calls: quiet.length },
    excess,
  );
  return { ...counts, quiet: before, high, excess, standing };
};

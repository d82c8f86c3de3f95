import type { TimeShift } from '../domain/trace.ts';
import { signalTraits } from './signal-trait.ts';
import { median, ordinaryHigh } from './statistics.ts';
import { standardThresholds, type Thresholds } from './thresholds.ts';

/** A wait below this, in ms, is never worth a word: the same bound as for a median latency. */
const floorMs = signalTraits.latency_p50.floor;

const logFactorials: number[] = [0];
const logFactorial = (n: number): number => {
  for (let k = logFactorials.length; k <= n; k += 1) logFactorials.push((logFactorials[k - 1] ?? 0) + Math.log(k));
  return logFactorials[n] ?? 0;
};

const logBeta = (a: number, b: number): number => logFactorial(a - 1) + logFactorial(b - 1) - logFactorial(a + b - 1);

/** So many hits in so many trials. */
export interface Tally {
  readonly hits: number;
  readonly of: number;
}

/** More quiet trials than this make no difference to what is expected. */
const trialsMax = 20_000;

const scaledDown = ({ hits, of }: Tally): Tally =>
  of <= trialsMax ? { hits, of } : { hits: Math.round((hits * trialsMax) / of), of: trialsMax };

/**
 * The chance of at least so many hits now, given the quiet trials alone: the upper tail of the beta-binomial distribution, which is
 * the predictive distribution under Laplace's rule of succession (Gelman et al., "Bayesian Data Analysis", 3rd edition, 2.5).
 * Few quiet trials make everything likely: what was never seen may still be ordinary.
 */
export const chanceGiven = (now: Tally, quiet: Tally): number => {
  const { hits, of } = scaledDown(now);
  const known = scaledDown(quiet);
  const a = known.hits + 1;
  const b = known.of - known.hits + 1;
  if (hits <= (of * a) / (a + b)) return 1;
  const base = logFactorial(of) - logBeta(a, b);
  let sum = 0;
  for (let k = hits; k <= of; k += 1) {
    const term = Math.exp(base - logFactorial(k) - logFactorial(of - k) + logBeta(k + a, of - k + b));
    sum += term;
    // Beyond the mean the terms only shrink: the rest cannot matter.
    if (term < sum * 1e-6) break;
  }
  return Math.min(1, sum);
};

const isFinitePositive = (value: number): boolean => Number.isFinite(value) && value >= 0;

/** Durations so many times beyond what was ordinary are rarer than those just beyond it, though not by much. */
const farTimes = 10;

/** Near and far are two questions about the same calls: each may only have half of the chance (Bonferroni, 1936). */
const questions = 2;

/** Durations (ms), quiet ones and those of now. */
export interface Durations {
  readonly quiet: readonly number[];
  readonly now: readonly number[];
}

const tallyBeyond = (values: readonly number[], bound: number): Tally => ({
  hits: values.filter((value) => value > bound).length,
  of: values.length,
});

const chanceOf = ({ now, quiet }: Durations, high: number, { witnessesMin, farWorth }: Thresholds): number => {
  if (tallyBeyond(now, high).hits < witnessesMin) return 1;
  const near = chanceGiven(tallyBeyond(now, high), tallyBeyond(quiet, high));
  const quietFar = tallyBeyond(quiet, farTimes * high);
  const far = chanceGiven(tallyBeyond(now, farTimes * high), { ...quietFar, of: quietFar.of * farWorth });
  return Math.min(1, questions * Math.min(near, far));
};

/** What is rarer than this, in multiples of the chance that is none, is worth a hint: one in a hundred. */
const suspicionTimes = 10;

const standingOf = (
  durations: Durations,
  { high, excess }: Pick<TimeShift, 'high' | 'excess'>,
  thresholds: Thresholds,
): TimeShift['standing'] => {
  const { chanceMax, farWorth } = thresholds;
  // What costs the average call less than this, its callers do not notice.
  if (excess >= floorMs) {
    const chance = chanceOf(durations, high, thresholds);
    if (chance < chanceMax) return 'raised';
    return chance < suspicionTimes * chanceMax ? 'suspected' : 'unknown';
  }
  // Could it have been told at all? When even all calls being late would be no proof, nothing is known.
  const all = { hits: durations.now.length, of: durations.now.length };
  const least = questions * chanceGiven(all, { hits: 0, of: durations.quiet.length * farWorth });
  return least < chanceMax ? 'ordinary' : 'unknown';
};

/**
 * Compares durations (ms) with quiet ones by exceedances over the quiet 99th percentile: robust against any shape of the
 * distribution, and it sees a fault that began in the middle of the window, which a median does not. Undefined when nothing was measured now.
 */
export const tailShiftOf = (
  of: string,
  measured: Durations,
  thresholds: Thresholds = standardThresholds,
): TimeShift | undefined => {
  const quiet = measured.quiet.filter(isFinitePositive);
  const now = measured.now.filter(isFinitePositive);
  const level = median(now);
  if (level === undefined) return undefined;
  const before = median(quiet);
  const counts = { of, count: now.length, countQuiet: quiet.length, now: level };
  if (before === undefined) return { ...counts, quiet: 0, high: 0, excess: 0, standing: 'unknown' };
  const high = Math.max(ordinaryHigh(quiet) ?? 0, before + floorMs);
  const excess = now.reduce((sum, value) => sum + Math.max(0, value - high), 0) / now.length;
  return {
    ...counts,
    quiet: before,
    high,
    excess,
    standing: standingOf({ quiet, now }, { high, excess }, thresholds),
  };
};

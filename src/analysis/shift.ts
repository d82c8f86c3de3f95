import type { MetricData, Signal, Window } from '../domain/evidence.ts';
import { signalTraits } from './signal-trait.ts';
import { median, robustSpread } from './statistics.ts';

type Point = readonly [number, number];

/** Where a signal stands now against its own quiet window. `standing` is `unknown` when there was nothing to compare with. */
export interface Shift {
  /** The median of the last few points: one outlier does not move it. */
  readonly now: number;
  readonly quiet?: number;
  /** Levels between these are ordinary for this signal. */
  readonly band?: Band;
  readonly standing: 'high' | 'low' | 'ordinary' | 'unknown';
  /** How far outside: 0 at the quiet level, 1 at the band's edge, 10 at most. */
  readonly score: number;
  /** Epoch seconds of the last point. */
  readonly lastAt: number;
}

/** The ordinary levels of a signal, in its unit. */
export interface Band {
  readonly low: number;
  readonly quiet: number;
  readonly high: number;
}

/** So many of the last points are the present: fewer are noise, more are history. */
export const recentPoints = 5;
const quietPointsMin = 5;
const scoreMax = 10;

/**
 * Modified z-score (Iglewicz and Hoaglin, "How to Detect and Handle Outliers", 1993): a value is an outlier beyond 3.5 robust deviations.
 */
export const outlierDeviations = 3.5;

/** The ordinary band around a quiet window, or undefined when the window says too little. */
export const bandOf = (signal: Signal, quietValues: readonly number[]): Band | undefined => {
  const trait = signalTraits[signal];
  const quiet = quietValues.length >= quietPointsMin ? median(quietValues) : trait.quietAtZero ? 0 : undefined;
  if (quiet === undefined) return undefined;
  const width = Math.max(outlierDeviations * robustSpread(quietValues), trait.floor, trait.share * Math.abs(quiet));
  return { low: quiet - width, quiet, high: quiet + width };
};

/** The present level: the median of the last points. Undefined when there are none. */
export const levelOf = (points: readonly Point[]): number | undefined =>
  median(points.slice(-recentPoints).map(([, value]) => value));

const standingOf = (now: number, band: Band | undefined): Shift['standing'] => {
  if (band === undefined) return 'unknown';
  if (now > band.high) return 'high';
  return now < band.low ? 'low' : 'ordinary';
};

/** The points inside a window, both ends included. */
export const within = (points: readonly Point[], window: Window): readonly Point[] => {
  const from = Date.parse(window.from) / 1000;
  const to = Date.parse(window.to) / 1000;
  return points.filter(([at]) => at >= from && at <= to);
};

/** Compares a series' end with its quiet window. Undefined when nothing was measured in the window itself. */
export const shiftOf = (
  series: Pick<MetricData, 'signal' | 'points'>,
  windows: { readonly window: Window; readonly baseline: Window },
): Shift | undefined => {
  const recent = within(series.points, windows.window);
  const now = levelOf(recent);
  const last = recent.at(-1);
  if (now === undefined || last === undefined) return undefined;
  const band = bandOf(
    series.signal,
    within(series.points, windows.baseline).map(([, value]) => value),
  );
  // Numbers near the largest there are overflow on the way: what cannot be compared is no distance.
  const distance = band === undefined ? 0 : Math.abs(now - band.quiet) / (band.high - band.quiet);
  const score = Number.isNaN(distance) ? 0 : Math.min(scoreMax, distance);
  return {
    now,
    ...(band === undefined ? {} : { quiet: band.quiet, band }),
    standing: standingOf(now, band),
    score,
    lastAt: last[0],
  };
};

/** Whether the shift is trouble by itself: a raised error ratio is, a raised request rate is not. */
export const isTrouble = (signal: Signal, shift: Shift): boolean =>
  shift.standing === 'high' && signalTraits[signal].troubleWhenHigh;

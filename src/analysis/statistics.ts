import { medianAbsoluteDeviation, quantileSorted, median as simpleMedian } from 'simple-statistics';

/** The middle of the values; undefined for none, because an average of nothing would be a lie. */
export const median = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : simpleMedian([...values]);

/**
 * Robust standard deviation: the median absolute deviation times 1.4826, which equals sigma for normal data
 * (Hampel, "The influence curve and its role in robust estimation", 1974). Zero for fewer than two values.
 */
export const robustSpread = (values: readonly number[]): number =>
  values.length < 2 ? 0 : 1.4826 * medianAbsoluteDeviation([...values]);

/** The value below which the share `p` (0..1) of the values lies; undefined for none. */
export const quantile = (values: readonly number[], p: number): number | undefined =>
  values.length === 0
    ? undefined
    : quantileSorted(
        values.toSorted((left, right) => left - right),
        p,
      );

/** What nearly all of the values stay at or below: their 99th percentile, or their largest where there are fewer than a hundred; undefined for none. */
export const ordinaryHigh = (values: readonly number[]): number | undefined =>
  values.length < 100
    ? values.reduce<number | undefined>((most, value) => Math.max(most ?? value, value), undefined)
    : quantile(values, 0.99);

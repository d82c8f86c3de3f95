import { keyOfLabels, type Labels, pickLabels, rememberedOf } from '../labels.ts';
import type { Element } from './expression.ts';

interface Bucket {
  readonly upperBound: number;
  readonly count: number;
}

const upperBoundOf = (le: string | undefined): number => {
  if (le === undefined || le === '') return Number.NaN;
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
};

/** Buckets by rising bound, equal bounds merged and counts never falling: scrapes of many pods may be slightly apart. */
const tidy = (buckets: readonly Bucket[]): readonly Bucket[] => {
  const merged = new Map<number, number>();
  for (const { upperBound, count } of buckets) merged.set(upperBound, (merged.get(upperBound) ?? 0) + count);
  let highest = 0;
  return [...merged]
    .sort(([left], [right]) => left - right)
    .map(([upperBound, count]) => {
      highest = Math.max(highest, count);
      return { upperBound, count: highest };
    });
};

/** Where inside its bucket the observation of that rank lies, if observations spread evenly in it. */
const interpolate = (buckets: readonly Bucket[], rank: number): number => {
  const index = buckets.findIndex(({ count }) => count >= rank);
  const bucket = buckets[index];
  if (bucket === undefined) return Number.NaN;
  const below = buckets[index - 1];
  // Nobody knows how far the open bucket reaches: the answer is its lower bound.
  if (bucket.upperBound === Number.POSITIVE_INFINITY) return below?.upperBound ?? Number.NaN;
  if (below === undefined && bucket.upperBound <= 0) return bucket.upperBound;
  const start = below?.upperBound ?? 0;
  const countBelow = below?.count ?? 0;
  return start + (bucket.upperBound - start) * ((rank - countBelow) / (bucket.count - countBelow));
};

/** The quantile of one histogram; NaN when it has no observations or no +Inf bucket. */
const bucketQuantile = (quantile: number, unsorted: readonly Bucket[]): number => {
  if (Number.isNaN(quantile)) return Number.NaN;
  if (quantile < 0) return Number.NEGATIVE_INFINITY;
  if (quantile > 1) return Number.POSITIVE_INFINITY;
  const buckets = tidy(unsorted);
  const top = buckets.at(-1);
  const whole = buckets.length > 1 && top?.upperBound === Number.POSITIVE_INFINITY && top.count > 0;
  return whole ? interpolate(buckets, quantile * top.count) : Number.NaN;
};

const withoutBound = rememberedOf((labels) => pickLabels(labels, (name) => name !== 'le' && name !== '__name__'));

/** `histogram_quantile`: one element for each set of labels other than `le`. */
export const histogramQuantile = (quantile: number, elements: readonly Element[]): readonly Element[] => {
  const histograms = new Map<string, { readonly labels: Labels; readonly buckets: Bucket[] }>();
  for (const element of elements) {
    const upperBound = upperBoundOf(element.labels.le);
    if (Number.isNaN(upperBound)) continue;
    const labels = withoutBound(element.labels);
    const key = keyOfLabels(labels);
    const histogram = histograms.get(key) ?? { labels, buckets: [] };
    histogram.buckets.push({ upperBound, count: element.value });
    histograms.set(key, histogram);
  }
  return [...histograms.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(quantile, buckets) }));
};

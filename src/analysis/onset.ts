import { median, robustSpread } from './statistics.ts';

type Point = readonly [number, number];

/**
 * When a series left its quiet level, in epoch seconds, by the one-sided cumulative sum of Page
 * ("Continuous inspection schemes", Biometrika 1954) with slack half a deviation and decision bound five deviations.
 * Undefined when it never did. `floor` is the smallest deviation that counts, in the series' unit.
 */
export const onsetOf = (quiet: readonly Point[], later: readonly Point[], floor: number): number | undefined => {
  const level = median(quiet.map(([, value]) => value));
  if (level === undefined) return undefined;
  const deviation = Math.max(robustSpread(quiet.map(([, value]) => value)), floor);
  let sum = 0;
  let since: number | undefined;
  for (const [at, value] of later) {
    sum = Math.max(0, sum + (value - level) / deviation - 0.5);
    if (sum === 0) since = undefined;
    else since ??= at;
    if (sum > 5) return since;
  }
  return undefined;
};

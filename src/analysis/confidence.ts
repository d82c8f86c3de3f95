/**
 * How sure a detector may be, in words. The numbers only order the words and let the director compare them:
 * - `witnessed`: the objects' present state proves it, and the flight recorder saw the change that made it so
 * - `proven`: the objects' present state proves it
 * - `corroborated`: three independent signals agree
 * - `strong`: two independent signals agree
 * - `likely`: one signal says so
 * - `hint`: something speaks for it and something against it
 */
export const confidence = {
  witnessed: 0.97,
  proven: 0.95,
  corroborated: 0.88,
  strong: 0.8,
  likely: 0.6,
  hint: 0.4,
} as const;

/** From here on a hypothesis is strong enough to act upon: `likely`, less what a few hops cost. */
export const actionable = 0.55;

/** The confidence that so many independent signals carry. */
export const bySignals = (count: number): number => {
  if (count >= 3) return confidence.corroborated;
  if (count === 2) return confidence.strong;
  return count === 1 ? confidence.likely : confidence.hint;
};

/** A confidence as people read it: `95 %`. */
export const percent = (share: number): string => `${Math.round(100 * share)} %`;

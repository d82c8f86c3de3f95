/**
 * How sure a detector may be, in words. The numbers order the words and let the director compare them; how often each was right
 * on recorded incidents is in docs/benchmarks.md. Two and three signals stay below what the noisy-or of one (0.6) would give, 0.84
 * and 0.94 (Pearl, "Probabilistic Reasoning in Intelligent Systems", 1988), because signals of one trouble are never quite independent:
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

/** From here on a cause is called very likely: three signals, less what a hop costs. */
const veryLikelyMin = 0.85;
const possibleMin = 0.35;

/** A confidence in a word, the same wherever one is shown: what is likely is strong enough to act upon. */
export const likelihood = (share: number): 'very likely' | 'likely' | 'possible' | 'doubtful' => {
  if (share >= veryLikelyMin) return 'very likely';
  if (share >= actionable) return 'likely';
  return share >= possibleMin ? 'possible' : 'doubtful';
};

/** What binary fractions lose: 0.29 is 28.999999999999996 hundredths. */
const slip = 1e-9;

/** A share from 0 to 1 as people read it: `95 %`. Rounded down, so that nothing below a bound is shown as the bound. */
export const percent = (share: number): string => `${Math.floor(100 * Math.min(1, Math.max(0, share)) + slip)} %`;

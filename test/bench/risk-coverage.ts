import { wilson } from './diagnosis-score.ts';

/** A verdict as a bet: how sure it was, and whether it named what was wrong. */
export interface Bet {
  readonly confidence: number;
  readonly right: boolean;
}

/** Of the surest verdicts, this share of all (0..1): how many were wrong, and how many may be, by Wilson's upper end. */
export interface RiskPoint {
  readonly coverage: number;
  readonly confidence: number;
  readonly risk: number;
  readonly riskMax: number;
}

/**
 * The risk at each coverage (El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010).
 * Verdicts of one confidence are taken together: nothing says which of them comes first.
 */
export const riskCoverageOf = (bets: readonly Bet[]): readonly RiskPoint[] =>
  [...new Set(bets.map(({ confidence }) => confidence))]
    .toSorted((left, right) => right - left)
    .map((confidence) => {
      const taken = bets.filter((bet) => bet.confidence >= confidence);
      const wrong = taken.filter(({ right }) => !right).length;
      const [, high] = wilson(wrong, taken.length);
      return { coverage: taken.length / bets.length, confidence, risk: wrong / taken.length, riskMax: high / 100 };
    });

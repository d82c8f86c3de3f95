/** The numbers of the analysis that no meaning fixes: they were chosen while recordings were looked at, and may be given otherwise. */
export interface Thresholds {
  /** What a smaller share than this of quiet windows would show is no chance. */
  readonly chanceMax: number;
  /** So many late traces at least: fewer are an accident, whatever their chance. */
  readonly witnessesMin: number;
  /** So many quiet calls is each one worth when durations ten times beyond the ordinary are counted. */
  readonly farWorth: number;
}

/**
 * The numbers in use. A case asks some hundred questions of chance, most of them far from the bound, hence one in a thousand.
 * Two late traces are a cold start. The tail of durations is taken for no lighter than Pareto's with index one half, far heavier
 * than those of real services: ten times as long is then a third as likely, as if three times as many quiet calls had been seen.
 */
export const standardThresholds: Thresholds = { chanceMax: 1e-3, witnessesMin: 3, farWorth: 3 };

import { standardThresholds, type Thresholds } from '../../src/analysis/thresholds.ts';

/** What came of one case or quiet window with one setting. A quiet window is never named rightly. */
export interface Outcome {
  readonly first: boolean;
  readonly agreed: 'rightly' | 'wrongly' | 'no';
}

/** One case, or one quiet window (which belongs to no cause), with what came of it under each setting. */
export interface Trial {
  readonly set: string;
  readonly cause: string | undefined;
  readonly outcomes: readonly Outcome[];
}

/** What is tried for each number; the standard comes from the analysis itself. */
const grid: Readonly<Record<keyof Thresholds, readonly number[]>> = {
  chanceMax: [1e-2, 1e-3, 1e-4],
  witnessesMin: [2, 3, 5],
  farWorth: [1, 3, 10],
};

/** The standard setting first, then each with one number of the grid in place of the standard one. */
export const settings: readonly Thresholds[] = [
  standardThresholds,
  ...(Object.keys(grid) as readonly (keyof Thresholds)[]).flatMap((name) =>
    grid[name]
      .filter((value) => value !== standardThresholds[name])
      .map((value) => ({ ...standardThresholds, [name]: value })),
  ),
];

/** What a setting gained and harmed over some trials. */
export interface Account {
  readonly cases: number;
  readonly first: number;
  readonly rightly: number;
  readonly wrongly: number;
  readonly quiet: number;
  readonly quietWrongly: number;
}

/** Adds up what came of trials under one setting. */
export const accountOf = (trials: readonly Trial[], setting: number): Account => {
  const of = (some: readonly Trial[], agreed: Outcome['agreed']): number =>
    some.filter(({ outcomes }) => outcomes[setting]?.agreed === agreed).length;
  const cases = trials.filter(({ cause }) => cause !== undefined);
  const quiet = trials.filter(({ cause }) => cause === undefined);
  return {
    cases: cases.length,
    first: cases.filter(({ outcomes }) => outcomes[setting]?.first).length,
    rightly: of(cases, 'rightly'),
    wrongly: of(cases, 'wrongly'),
    quiet: quiet.length,
    quietWrongly: of(quiet, 'wrongly'),
  };
};

/** Acting on a wrong cause is worse than not acting: the fewest wrong agreements first, then the most right ones, then the most named first. */
const isBetter = (left: Account, right: Account): boolean => {
  const harm = left.wrongly + left.quietWrongly - right.wrongly - right.quietWrongly;
  if (harm !== 0) return harm < 0;
  return left.rightly === right.rightly ? left.first > right.first : left.rightly > right.rightly;
};

/** The index of the setting that does best on these trials; of equals the one that comes first, which is the standard. */
export const chosenOn = (trials: readonly Trial[]): number => {
  const accounts = settings.map((_, setting) => accountOf(trials, setting));
  return accounts.reduce((best, account, setting) => {
    const champion = accounts[best];
    return champion !== undefined && isBetter(account, champion) ? setting : best;
  }, 0);
};

/** One fold: what was left out, which setting the rest chose, and how it did on what was left out. */
export interface Fold {
  readonly leftOut: string;
  readonly setting: number;
  readonly account: Account;
}

const foldOf = (leftOut: string, trials: readonly Trial[], isOut: (trial: Trial) => boolean): Fold => {
  const setting = chosenOn(trials.filter((trial) => !isOut(trial)));
  return { leftOut, setting, account: accountOf(trials.filter(isOut), setting) };
};

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].toSorted();

/** Leaves out each cause once (in all sets), and each set once (with its quiet windows): the setting is chosen on the rest. */
export const foldsOf = (
  trials: readonly Trial[],
): { readonly causes: readonly Fold[]; readonly sets: readonly Fold[] } => ({
  causes: distinct(trials.flatMap(({ cause }) => cause ?? [])).map((cause) =>
    foldOf(cause, trials, (trial) => trial.cause === cause),
  ),
  sets: distinct(trials.map(({ set }) => set)).map((set) => foldOf(set, trials, (trial) => trial.set === set)),
});

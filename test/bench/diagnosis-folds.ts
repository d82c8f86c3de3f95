import { type Account, accountOf, type Fold, foldsOf, type Outcome, settings, type Trial } from './cross-validation.ts';
import { diagnosed, type Manner, opened } from './diagnosis-replay.ts';
import { type Answer, rankOf } from './diagnosis-score.ts';
import type { Diagnosis, RecordedCase, RecordedSet } from './recorded-set.ts';

const underEach = async (
  recorded: RecordedCase,
  manner: Manner,
  judge: (diagnosis: Diagnosis) => Outcome,
): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const thresholds of settings) outcomes.push(judge(await diagnosed(recorded, { ...manner, thresholds })));
  return outcomes;
};

const judgeCase =
  (set: RecordedSet, { want }: Answer) =>
  (diagnosis: Diagnosis): Outcome => {
    const first = rankOf(set.predictions(diagnosis), want) === 1;
    return { first, agreed: diagnosis.verdict.kind !== 'agreed' ? 'no' : first ? 'rightly' : 'wrongly' };
  };

const judgeQuiet = ({ verdict }: Diagnosis): Outcome => ({
  first: false,
  agreed: verdict.kind === 'agreed' && verdict.cause?.fault !== 'none' ? 'wrongly' : 'no',
});

/** Replays the answered cases of a set, and so many of its quiet windows, under each setting. */
export const trialsOf = async (
  set: RecordedSet,
  { answers, quiet, manner }: { answers: ReadonlyMap<string, Answer>; quiet: number; manner: Manner },
): Promise<readonly Trial[]> => {
  const trials: Trial[] = [];
  for (const [id, answer] of answers) {
    const recorded = set.ids.includes(id) ? opened(set, id) : undefined;
    if (recorded === undefined) continue;
    const outcomes = await underEach(recorded, manner, judgeCase(set, answer));
    trials.push({ set: set.name, cause: answer.group, outcomes });
  }
  for (let seed = 0; set.quiet !== undefined && seed < quiet; seed += 1) {
    trials.push({ set: set.name, cause: undefined, outcomes: await underEach(set.quiet(seed), manner, judgeQuiet) });
  }
  return trials;
};

const settingInWords = (setting: number): string =>
  Object.entries(settings[setting] ?? {})
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');

const accountInWords = ({ cases, first, rightly, wrongly, quiet, quietWrongly }: Account): string =>
  `first ${first} of ${cases}, agreed rightly ${rightly}, wrongly ${wrongly}; quiet windows falsely agreed ${quietWrongly} of ${quiet}`;

const total = (folds: readonly Fold[]): Account =>
  folds
    .map(({ account }) => account)
    .reduce((sum, one) => ({
      cases: sum.cases + one.cases,
      first: sum.first + one.first,
      rightly: sum.rightly + one.rightly,
      wrongly: sum.wrongly + one.wrongly,
      quiet: sum.quiet + one.quiet,
      quietWrongly: sum.quietWrongly + one.quietWrongly,
    }));

const linesOf = (what: string, folds: readonly Fold[]): readonly string[] => [
  `  one ${what} left out, the numbers chosen on the rest:`,
  ...folds.map(
    ({ leftOut, setting, account }) =>
      `    ${leftOut.padEnd(18)} ${accountInWords(account)} (${setting === 0 ? 'standard' : settingInWords(setting)})`,
  ),
  ...(folds.length === 0 ? [] : [`    all together       ${accountInWords(total(folds))}`]),
];

/** What cross-validation says, a line each: every setting on everything, then each cause and each set left out. */
export const foldLines = (trials: readonly Trial[]): readonly string[] => {
  const { causes, sets } = foldsOf(trials);
  return [
    'cross-validation of the numbers that were chosen while looking:',
    '  every setting on everything (in-sample):',
    ...settings.map((_, setting) => `    ${settingInWords(setting)}: ${accountInWords(accountOf(trials, setting))}`),
    ...linesOf('cause', causes),
    ...linesOf('set', sets),
  ];
};

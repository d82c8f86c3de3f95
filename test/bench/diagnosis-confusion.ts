import type { Result } from './diagnosis-replay.ts';
import type { Answer } from './diagnosis-score.ts';
import { spoken } from './diagnosis-score.ts';
import type { RecordedSet } from './recorded-set.ts';

/** How often each truth was given which name, the most frequent names first. */
export type Confusion = ReadonlyMap<string, ReadonlyMap<string, number>>;

/** Counts pairs of a truth and the name that it was given. */
export const confusionOf = (pairs: readonly (readonly [truth: string, named: string])[]): Confusion => {
  const counts = new Map<string, Map<string, number>>();
  for (const [truth, named] of pairs) {
    const row = counts.get(truth) ?? new Map<string, number>();
    counts.set(truth, row.set(named, (row.get(named) ?? 0) + 1));
  }
  return new Map(
    [...counts]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([truth, row]) => [truth, new Map([...row].toSorted(([, left], [, right]) => right - left))]),
  );
};

const rowInWords = (truth: string, row: ReadonlyMap<string, number>): string =>
  `    ${truth.padEnd(36)} ${[...row].map(([named, count]) => `${named} ${count}`).join(', ')}`;

const nobody = 'nothing';

/** What was named for each true cause, and which places were taken for others, a line each. */
export const confusionLines = (
  set: RecordedSet,
  results: readonly Result[],
  answers: ReadonlyMap<string, Answer>,
): readonly string[] => {
  const answered = results.flatMap((result) => {
    const answer = answers.get(result.id);
    return answer === undefined ? [] : [{ ...result, answer }];
  });
  const causes = confusionOf(
    answered.map(({ answer, diagnosis }) => [answer.cause, set.named(diagnosis) ?? nobody] as const),
  );
  const mistaken = answered.flatMap(({ answer, predictions: [first] }) => {
    const named = first === undefined ? nobody : spoken(first);
    return named === answer.want ? [] : [[answer.want, named] as const];
  });
  return [
    '  true cause, and what it was called:',
    ...[...causes].map(([truth, row]) => rowInWords(truth, row)),
    mistaken.length === 0 ? '  no place was taken for another' : '  taken for another:',
    ...[...confusionOf(mistaken)].map(([truth, row]) => rowInWords(truth, row)),
  ];
};

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quantileSorted } from 'simple-statistics';
import { confusionLines } from './diagnosis-confusion.ts';
import type { Result } from './diagnosis-replay.ts';
import { type Answer, rankOf, scoreOf } from './diagnosis-score.ts';
import type { RecordedSet } from './recorded-set.ts';

type Answers = ReadonlyMap<string, Answer> | undefined;

const quantileOf = (values: readonly number[], share: number): number =>
  values.length === 0
    ? 0
    : quantileSorted(
        values.toSorted((a, b) => a - b),
        share,
      );

/** Milliseconds in words. */
export const ms = (value: number): string => `${Math.round(value)} ms`;

const printTimes = (results: readonly Result[]): void => {
  const cpu = results.map(({ diagnosis }) => diagnosis.cpuMs);
  const wall = results.map(({ diagnosis }) => diagnosis.wallMs);
  console.log(
    `  a case: p50 ${ms(quantileOf(cpu, 0.5))}, p95 ${ms(quantileOf(cpu, 0.95))} of processor time (clock: ${ms(quantileOf(wall, 0.5))}, ${ms(quantileOf(wall, 0.95))})`,
  );
};

const line = (name: string, ranks: readonly number[]): string => {
  const { cases, at1, at3, at5, interval } = scoreOf(ranks);
  const [low, high] = interval;
  return `  ${name.padEnd(28)} n=${String(cases).padStart(3)}  @1 ${at1.toFixed(1).padStart(5)} [${low.toFixed(1)}-${high.toFixed(1)}]  @3 ${at3.toFixed(1)}  @5 ${at5.toFixed(1)}`;
};

const printScores = (set: RecordedSet, results: readonly Result[], answers: ReadonlyMap<string, Answer>): void => {
  const ranked = results.flatMap(({ id, predictions }) => {
    const answer = answers.get(id);
    return answer === undefined ? [] : [{ id, answer, rank: rankOf(predictions, answer.want) }];
  });
  if (ranked.length === 0) {
    console.log('  no case of this set has an answer');
    return;
  }
  const ranksOf = (some: typeof ranked): readonly number[] => some.map(({ rank }) => rank);
  console.log(line('the bot', ranksOf(ranked)));
  for (const group of [...new Set(ranked.map(({ answer }) => answer.group))].toSorted()) {
    console.log(line(`  ${group}`, ranksOf(ranked.filter(({ answer }) => answer.group === group))));
  }
  for (const [name, baseline] of Object.entries(set.baselines)) {
    const ranks = ranked.map(({ id, answer }) => rankOf(baseline(id), answer.want));
    console.log(line(name, ranks));
  }
  for (const one of confusionLines(set, results, answers)) console.log(one);
};

const printVerdicts = (results: readonly Result[], answers: Answers): void => {
  const agreed = results.filter(({ diagnosis }) => diagnosis.verdict.kind === 'agreed');
  const wrong = agreed.filter(({ id, predictions }) => {
    const answer = answers?.get(id);
    return answer !== undefined && rankOf(predictions, answer.want) !== 1;
  });
  const rest = answers === undefined ? '' : `, ${wrong.length} of them wrong`;
  console.log(`  agreed: ${agreed.length} of ${results.length}${rest}`);
};

const printCase = ({ id, predictions, diagnosis }: Result, answer: Answer | undefined): void => {
  const { verdict } = diagnosis;
  const rank =
    answer === undefined ? '' : `rank ${rankOf(predictions, answer.want)} of ${answer.want} (${answer.group})`;
  console.log(
    `${id} ${verdict.kind} ${verdict.confidence.toFixed(2)} ${verdict.cause?.fault ?? '-'} at ${verdict.cause?.workload ?? '-'}; ${rank}; ${ms(diagnosis.cpuMs)}`,
  );
  const all = diagnosis.findings
    .flatMap((finding) => finding.hypotheses)
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, 5);
  for (const { cause, confidence, reasoning } of all) {
    console.log(`    ${confidence.toFixed(2)} ${cause.fault} at ${cause.workload}: ${reasoning.slice(0, 260)}`);
  }
};

/** Prints what came of a set's cases: scores where there are answers, verdicts and times in any case. */
export const printResults = (
  set: RecordedSet,
  results: readonly Result[],
  { answers, verbose }: { readonly answers: Answers; readonly verbose: boolean },
): void => {
  console.log(`${set.name}: ${results.length} cases`);
  if (verbose) for (const result of results) printCase(result, answers?.get(result.id));
  if (answers === undefined) console.log('  there are no answers to compare with');
  else printScores(set, results, answers);
  printVerdicts(results, answers);
  printTimes(results);
};

/** Writes the ranked answers and the verdicts of a set into files. */
export const writeResults = (folder: string, set: RecordedSet, results: readonly Result[]): void => {
  mkdirSync(folder, { recursive: true });
  const save = (name: string, value: unknown): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 1)}\n`);
  save(`${set.name}.json`, Object.fromEntries(results.map(({ id, predictions }) => [id, predictions])));
  save(
    `${set.name}.verdicts.json`,
    Object.fromEntries(
      results.map(({ id, diagnosis: { verdict, wallMs } }) => [
        id,
        { kind: verdict.kind, confidence: verdict.confidence, ms: Math.round(wallMs) },
      ]),
    ),
  );
};

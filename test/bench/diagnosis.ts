import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Trial } from './cross-validation.ts';
import type { SourceName } from './diagnose-case.ts';
import { foldLines, trialsOf } from './diagnosis-folds.ts';
import { type Options, readOptions } from './diagnosis-options.ts';
import { diagnosed, opened, type Result, replay } from './diagnosis-replay.ts';
import { ms, printResults, writeResults } from './diagnosis-report.ts';
import { type Answer, rankOf, readAnswers } from './diagnosis-score.ts';
import { setKinds } from './recorded-kinds.ts';
import type { RecordedSet } from './recorded-set.ts';
import { type Bet, riskCoverageOf } from './risk-coverage.ts';
import { riskCoveragePicture } from './risk-coverage-picture.ts';

const openSets = ({ sets, only }: Options): readonly RecordedSet[] =>
  readdirSync(sets)
    .toSorted()
    .filter((name) => only.length === 0 || only.includes(name))
    .flatMap((name) => {
      const folder = join(sets, name);
      const kind = setKinds.find((one) => one.matches(folder));
      if (kind === undefined) console.log(`${name}: no kind of recording that can be replayed; left out`);
      try {
        return kind === undefined ? [] : [kind.open(folder)];
      } catch (error) {
        console.log(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
        return [];
      }
    });

/** Quiet windows in which a cause was agreed upon all the same. */
const printQuiet = async (set: RecordedSet, { quiet, verbose, ...manner }: Options): Promise<void> => {
  if (set.quiet === undefined || quiet === 0) return;
  const alarms: string[] = [];
  let well = 0;
  for (let seed = 0; seed < quiet; seed += 1) {
    const { verdict } = await diagnosed(set.quiet(seed), manner);
    if (verdict.kind !== 'agreed') {
      if (verbose) console.log(`  quiet window ${seed}: ${verdict.kind}: ${verdict.reasoning.slice(0, 200)}`);
      continue;
    }
    if (verdict.cause?.fault === 'none') well += 1;
    else alarms.push(`${seed}: ${verdict.cause?.fault} at ${verdict.cause?.workload}: ${verdict.reasoning}`);
  }
  console.log(
    `  quiet windows: ${quiet}; no fault found ${well}; falsely agreed ${alarms.length} (${((100 * alarms.length) / quiet).toFixed(1)} %); the rest undecided`,
  );
  for (const alarm of alarms) console.log(`    ${alarm}`);
};

/** A process compiles what it runs often: its first diagnosis costs more than any later one, and is told apart. */
const printFirst = async (set: RecordedSet, options: Options): Promise<void> => {
  const [id] = set.ids;
  const first = id === undefined ? undefined : opened(set, id);
  if (first === undefined) return;
  const { cpuMs } = await diagnosed(first, options);
  console.log(`${set.name}: the first diagnosis of the process or of this kind costs ${ms(cpuMs)} of processor time`);
};

type Answers = ReadonlyMap<string, Answer> | undefined;

const answersOf = (set: RecordedSet, { labels }: Options): Answers => readAnswers(join(labels, `${set.name}.json`));

const betsOf = (results: readonly Result[], answers: Answers): readonly Bet[] =>
  results.flatMap(({ id, predictions, diagnosis }) => {
    const answer = answers?.get(id);
    if (answer === undefined) return [];
    return [{ confidence: diagnosis.verdict.confidence, right: rankOf(predictions, answer.want) === 1 }];
  });

const benchSet = async (set: RecordedSet, options: Options): Promise<readonly Bet[]> => {
  await printFirst(set, options);
  const startedMs = performance.now();
  const results = await replay(set, options);
  const totalMs = performance.now() - startedMs;
  const analysisMs = results.reduce((sum, { diagnosis }) => sum + diagnosis.wallMs, 0);
  const answers = answersOf(set, options);
  printResults(set, results, { answers, verbose: options.verbose });
  console.log(
    `  reading the recordings: ${ms((totalMs - analysisMs) / Math.max(1, results.length))} a case, counted apart`,
  );
  await printQuiet(set, options);
  if (options.out !== undefined) writeResults(options.out, set, results);
  return betsOf(results, answers);
};

const crossValidate = async (sets: readonly RecordedSet[], options: Options): Promise<void> => {
  const trials: Trial[] = [];
  for (const set of sets) {
    const answers = answersOf(set, options);
    if (answers !== undefined) {
      trials.push(...(await trialsOf(set, { answers, quiet: options.quiet, manner: { without: options.without } })));
    }
  }
  for (const line of foldLines(trials)) console.log(line);
};

/** What is drawn beside the whole: a bot that one of its sources does not answer. */
const losses: readonly SourceName[] = ['logs', 'traces', 'metrics'];

const drawCurve = async (path: string, sets: readonly RecordedSet[], whole: readonly Bet[], options: Options) => {
  const curves = [{ name: 'every source', points: riskCoverageOf(whole) }];
  for (const loss of losses) {
    const bets: Bet[] = [];
    for (const set of sets) {
      bets.push(...betsOf(await replay(set, { without: [...options.without, loss] }), answersOf(set, options)));
    }
    curves.push({ name: `without ${loss}`, points: riskCoverageOf(bets) });
  }
  writeFileSync(path, riskCoveragePicture(curves));
};

/** Replays recorded incidents behind the ports and measures what the bot makes of them. */
export const benchDiagnosis = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  const sets = openSets(options);
  if (options.crossValidate) return crossValidate(sets, options);
  const bets: Bet[] = [];
  for (const set of sets) bets.push(...(await benchSet(set, options)));
  if (options.curve !== undefined) await drawCurve(options.curve, sets, bets, options);
  console.log(`peak resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
};

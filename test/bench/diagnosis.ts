import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { quantileSorted } from 'simple-statistics';
import { diagnoseCase, type SourceName, sourceNames, type TimedDiagnosis, without } from './diagnose-case.ts';
import { type Answer, rankOf, readAnswers, scoreOf } from './diagnosis-score.ts';
import { setKinds } from './recorded-kinds.ts';
import type { Prediction, RecordedSet } from './recorded-set.ts';

interface Options {
  readonly sets: string;
  readonly only: readonly string[];
  readonly out: string | undefined;
  readonly labels: string;
  readonly without: readonly SourceName[];
  readonly quiet: number;
  readonly verbose: boolean;
}

const usage =
  'npm run bench -- diagnosis --sets <folder> [--set <name>]... [--out <folder>] [--labels <folder>] [--without metrics|logs|traces|cluster]... [--quiet <windows>] [--verbose]';

const readOptions = (args: readonly string[]): Options => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      sets: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      out: { type: 'string' },
      labels: { type: 'string' },
      without: { type: 'string', multiple: true, default: [] },
      quiet: { type: 'string', default: '0' },
      verbose: { type: 'boolean', default: false },
    },
  });
  if (values.sets === undefined) throw new Error(`Which sets? ${usage}`);
  const unknown = values.without.find((name) => !sourceNames.some((source) => source === name));
  if (unknown !== undefined) throw new Error(`There is no source "${unknown}". ${usage}`);
  return {
    sets: values.sets,
    only: values.set,
    out: values.out,
    labels: values.labels ?? join(values.sets, '..', 'labels'),
    without: values.without as readonly SourceName[],
    quiet: Number(values.quiet),
    verbose: values.verbose,
  };
};

interface Result {
  readonly id: string;
  readonly predictions: readonly Prediction[];
  readonly diagnosis: TimedDiagnosis;
}

const openSets = ({ sets, only }: Options): readonly RecordedSet[] =>
  readdirSync(sets)
    .toSorted()
    .filter((name) => only.length === 0 || only.includes(name))
    .flatMap((name) => {
      const folder = join(sets, name);
      const kind = setKinds.find((one) => one.matches(folder));
      if (kind === undefined) console.log(`${name}: no kind of recording that can be replayed; left out`);
      return kind === undefined ? [] : [kind.open(folder)];
    });

const diagnosed = (set: RecordedSet, id: string, options: Options): Promise<TimedDiagnosis> => {
  const opened = set.open(id);
  return diagnoseCase({ ...opened, senses: options.without.reduce(without, opened.senses) });
};

const replay = async (set: RecordedSet, options: Options): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const id of set.ids) {
    const diagnosis = await diagnosed(set, id, options);
    results.push({ id, predictions: set.predictions(diagnosis), diagnosis });
  }
  return results;
};

const quantileOf = (values: readonly number[], share: number): number =>
  values.length === 0
    ? 0
    : quantileSorted(
        values.toSorted((a, b) => a - b),
        share,
      );

const ms = (value: number): string => `${Math.round(value)} ms`;

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
    return answer === undefined ? [] : [{ group: answer.group, rank: rankOf(predictions, answer.want) }];
  });
  console.log(
    line(
      'the bot',
      ranked.map(({ rank }) => rank),
    ),
  );
  for (const group of [...new Set(ranked.map((one) => one.group))].toSorted()) {
    console.log(
      line(
        `  ${group}`,
        ranked.filter((one) => one.group === group).map(({ rank }) => rank),
      ),
    );
  }
  for (const [name, baseline] of Object.entries(set.baselines)) {
    console.log(
      line(
        name,
        [...answers].map(([id, { want }]) => rankOf(baseline(id), want)),
      ),
    );
  }
};

const printVerdicts = (results: readonly Result[], answers: ReadonlyMap<string, Answer> | undefined): void => {
  const agreed = results.filter(({ diagnosis }) => diagnosis.verdict.kind === 'agreed');
  const wrong = agreed.filter(({ id, predictions }) => {
    const answer = answers?.get(id);
    return answer !== undefined && rankOf(predictions, answer.want) !== 1;
  });
  const rest = answers === undefined ? '' : `, ${wrong.length} of them wrong`;
  console.log(`  agreed: ${agreed.length} of ${results.length}${rest}`);
};

const printCases = (results: readonly Result[], answers: ReadonlyMap<string, Answer> | undefined): void => {
  for (const { id, predictions, diagnosis } of results) {
    const answer = answers?.get(id);
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
  }
};

const write = (folder: string, set: RecordedSet, results: readonly Result[]): void => {
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

/** Quiet windows in which a cause was agreed upon all the same. */
const printQuiet = async (set: RecordedSet, { quiet, without: gone, verbose }: Options): Promise<void> => {
  if (set.quiet === undefined || quiet === 0) return;
  const alarms: string[] = [];
  let well = 0;
  for (let seed = 0; seed < quiet; seed += 1) {
    const opened = set.quiet(seed);
    const { verdict } = await diagnoseCase({ ...opened, senses: gone.reduce(without, opened.senses) });
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
  for (const id of set.ids.slice(0, 1)) {
    const { cpuMs } = await diagnosed(set, id, options);
    console.log(`${set.name}: the first diagnosis of the process or of this kind costs ${ms(cpuMs)} of processor time`);
  }
};

const benchSet = async (set: RecordedSet, options: Options): Promise<void> => {
  await printFirst(set, options);
  const startedMs = performance.now();
  const results = await replay(set, options);
  const totalMs = performance.now() - startedMs;
  const analysisMs = results.reduce((sum, { diagnosis }) => sum + diagnosis.wallMs, 0);
  const answers = readAnswers(join(options.labels, `${set.name}.json`));
  console.log(`${set.name}: ${results.length} cases`);
  if (options.verbose) printCases(results, answers);
  if (answers !== undefined) printScores(set, results, answers);
  printVerdicts(results, answers);
  printTimes(results);
  console.log(
    `  reading the recordings: ${ms((totalMs - analysisMs) / Math.max(1, results.length))} a case, counted apart`,
  );
  await printQuiet(set, options);
  if (options.out !== undefined) write(options.out, set, results);
};

/** Replays recorded incidents behind the ports and measures what the bot makes of them. */
export const benchDiagnosis = async (args: readonly string[]): Promise<void> => {
  const options = readOptions(args);
  for (const set of openSets(options)) await benchSet(set, options);
  console.log(`peak resident memory: ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`);
};

import type { DrillResult } from './drill/drill-result.ts';
import { type FoundDrill, findDrills } from './drill/find-drills.ts';
import { type DrillOptions, readDrillOptions, usage } from './drill/options.ts';
import { closingLine, readableReport } from './drill/report.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const report = (options: DrillOptions, result: DrillResult): void =>
  print(options.json ? JSON.stringify(result) : readableReport(result));

/** Plays the drills, at most `parallel` at the same time; each is reported as soon as it is over. */
const playAll = async (options: DrillOptions, drills: readonly FoundDrill[]): Promise<readonly DrillResult[]> => {
  // Bot and laboratory are only loaded once it is known that there is something to play.
  const [{ runDrill }, { openStage }] = await Promise.all([import('./drill/run-drill.ts'), import('./drill/stage.ts')]);
  const waiting = [...drills];
  const results: DrillResult[] = [];
  const playOneAfterTheOther = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const result = await runDrill(next.drill, (namespace) => openStage(options, namespace));
      results.push(result);
      report(options, result);
    }
  };
  await Promise.all(Array.from({ length: options.parallel }, playOneAfterTheOther));
  return results;
};

const run = async (): Promise<number> => {
  const options = readDrillOptions(process.argv.slice(2));
  if (options === null) {
    print(usage);
    return 0;
  }
  const { drills, warnings } = findDrills(options.folders);
  for (const warning of warnings) process.stderr.write(`${warning}\n`);
  const results = await playAll(options, drills);
  if (!options.json) print(`\n${closingLine(results)}`);
  return results.every(({ passed }) => passed) ? 0 : 1;
};

// As in production: a stray rejection in a library must not end the rehearsal in the middle of a drill.
process.on('unhandledRejection', (error) => {
  process.stderr.write(`unhandled rejection: ${error instanceof Error ? error.message : String(error)}\n`);
});

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  },
);

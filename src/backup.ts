import { backUp } from './adapters/sqlite/backup.ts';
import { readDataDir } from './config.ts';

const run = async (): Promise<void> => {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('Usage: npm run backup -- <new file>');
  const report = await backUp(readDataDir(process.env), file, { now: () => new Date().toISOString(), nowMs: Date.now });
  process.stdout.write(
    `${report.file}: ${report.incidents} incidents, ${report.memories} memories, ${report.records} journal records; journal ${report.journal}; schema ${report.schema}.\n`,
  );
  if (report.journal === 'broken') throw new Error('The journal of the copy is broken: see docs/operations.md.');
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

import { restoreBackup } from './adapters/sqlite/backup.ts';
import { readDataDir } from './config.ts';

const run = async (): Promise<void> => {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error('Usage: npm run restore -- <backup>');
  const clock = { now: () => new Date().toISOString(), nowMs: Date.now };
  const report = await restoreBackup(file, readDataDir(process.env), clock);
  process.stdout.write(
    `${report.file} holds ${report.incidents} incidents, ${report.memories} memories and ${report.records} journal records; journal ${report.journal}. Start the bot.\n`,
  );
};

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});

import { rmSync } from 'node:fs';
import { readState } from './harness/cluster-state.ts';
import { runFolder } from './harness/places.ts';
import { endAllProcesses } from './harness/supervisor.ts';

const started = readState()?.processes ?? [];
await endAllProcesses();
rmSync(runFolder, { recursive: true, force: true });
process.stdout.write(`${started.length} processes of the cluster are ended, and their data is gone\n`);
process.exit(0);

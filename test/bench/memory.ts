import { fork } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { quantileSorted } from 'simple-statistics';
import { createFaissIndex } from '../../src/adapters/faiss/faiss-index.ts';
import { createHashEmbedder } from '../../src/adapters/faiss/hash-embedder.ts';
import { createMemoryShelf } from '../../src/adapters/faiss/memory-shelf.ts';
import { createExactIndex } from '../../src/adapters/faiss/vector-index.ts';
import { openDatabase } from '../../src/adapters/sqlite/database.ts';
import { createMemoryRecords } from '../../src/adapters/sqlite/records.ts';
import type { Memory } from '../../src/domain/memory.ts';
import { realIds, silentLog } from '../fakes/clock.ts';
import { createSeeded } from './seeded.ts';

interface Trial {
  readonly engine: 'faiss' | 'exact';
  readonly memories: number;
}

interface Result extends Trial {
  readonly startMs: number;
  readonly addMs: number;
  readonly searchP50Ms: number;
  readonly searchP99Ms: number;
  readonly residentMb: number;
  readonly workerMb: number;
}

const words =
  'pods crash since the rollout of image tag memory limit errors latency redis selector drift calls fail'.split(' ');
const searches = 200;
const adds = 20;

const createMemories = (count: number): readonly Memory[] => {
  const random = createSeeded(count);
  const pick = (): string => words[Math.floor(random() * words.length)] ?? '';
  return Array.from({ length: count }, (_, index): Memory => {
    const workload = `service-${Math.floor(random() * 400)}`;
    return {
      uid: realIds.uid(),
      at: new Date(1_700_000_000_000 + index * 60_000).toISOString(),
      namespace: 'shop',
      workload,
      alertName: 'HighErrorRate',
      outcome: 'resolved',
      summary: `${workload} ${Array.from({ length: 16 }, pick).join(' ')}`,
      signature: `shop/${workload}/HighErrorRate`,
    };
  });
};

const residentMb = (pid: number | 'self'): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

/** The FAISS worker is this process's only child. */
const workerMb = (): number => {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').trim().split(' ');
  return children.reduce((sum, pid) => sum + (pid === '' ? 0 : residentMb(Number(pid))), 0);
};

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startedMs = performance.now();
  await work();
  return performance.now() - startedMs;
};

const runTrial = async ({ engine, memories }: Trial): Promise<Result> => {
  const folder = mkdtempSync(join(tmpdir(), 'ai4all-sre-memory-'));
  const database = openDatabase(join(folder, 'bot.db'));
  const records = createMemoryRecords(database);
  database.exec('BEGIN');
  for (const memory of createMemories(memories)) await records.put(memory);
  database.exec('COMMIT');
  const index = engine === 'faiss' ? await createFaissIndex() : createExactIndex();
  const shelf = createMemoryShelf({ records, embedder: createHashEmbedder(), index, log: silentLog });
  const startMs = await timed(() => shelf.start());
  const news = createMemories(adds + 1).slice(1);
  const addTimes: number[] = [];
  for (const memory of news) addTimes.push(await timed(() => shelf.remember({ ...memory, uid: realIds.uid() })));
  const times: number[] = [];
  for (const memory of createMemories(searches)) {
    times.push(await timed(() => shelf.recall({ signature: 'none', text: memory.summary, limit: 3 })));
  }
  const sorted = times.toSorted((a, b) => a - b);
  const result = {
    engine,
    memories,
    startMs,
    addMs: quantileSorted(
      addTimes.toSorted((a, b) => a - b),
      0.5,
    ),
    searchP50Ms: quantileSorted(sorted, 0.5),
    searchP99Ms: quantileSorted(sorted, 0.99),
    residentMb: residentMb('self'),
    workerMb: workerMb(),
  };
  await shelf.stop();
  database.close();
  rmSync(folder, { recursive: true, force: true });
  return result;
};

/** Each trial has a process of its own, so that its memory is its own. */
const runApart = (trial: Trial): Promise<Result> =>
  new Promise((resolve, reject) => {
    const child = fork(fileURLToPath(import.meta.url), ['memory-trial'], { execArgv: ['--import', 'tsx'] });
    child.once('message', (result) => {
      resolve(result as Result);
      child.disconnect();
    });
    child.once('exit', (code) => reject(new Error(`the trial ended with code ${code}`)));
    child.send(trial);
  });

/** Measures the memory shelf over SQLite with FAISS in its process, and with the exact index in JavaScript beside it. */
export const benchMemory = async (): Promise<void> => {
  console.log(
    '| index | memories | start (rebuild) | add, p50 | search p50 | search p99 | RSS of the process | RSS of the worker |',
  );
  console.log('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const memories of [1_000, 10_000, 100_000]) {
    for (const engine of ['faiss', 'exact'] as const) {
      const found = await runApart({ engine, memories });
      const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
      const name = engine === 'faiss' ? 'FAISS' : 'JavaScript';
      console.log(
        `| ${name} | ${memories.toLocaleString('en')} | ${ms(found.startMs)} | ${ms(found.addMs)} | ${ms(found.searchP50Ms)} | ${ms(found.searchP99Ms)} | ${Math.round(found.residentMb)} MB | ${engine === 'faiss' ? `${Math.round(found.workerMb)} MB` : '-'} |`,
      );
    }
  }
};

if (process.argv[2] === 'memory-trial' && process.send !== undefined) {
  process.once('message', (trial) => {
    void runTrial(trial as Trial).then((result) => process.send?.(result));
  });
}

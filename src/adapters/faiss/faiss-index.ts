import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { BotError } from '../../domain/bot-error.ts';
import type { FaissReply, FaissRequest } from './faiss-worker.ts';
import type { IndexEntry, VectorIndex } from './vector-index.ts';

const startMsMax = 15_000;
const replyMsMax = 30_000;

type Body = FaissRequest extends infer Request
  ? Request extends FaissRequest
    ? Omit<Request, 'number'>
    : never
  : never;

/** Runs from source by tsx and from the build by plain Node; the worker lies beside this file in either form. */
const launch = (): ChildProcess => {
  const here = fileURLToPath(import.meta.url);
  const fromSource = here.endsWith('.ts');
  return fork(here.replace(/faiss-index\.(ts|js)$/, 'faiss-worker.$1'), {
    execArgv: fromSource ? ['--import', 'tsx'] : [],
    serialization: 'advanced',
    // One thread: with busy neighbours FAISS's spinning threads make a search eighty times slower.
    env: { PATH: '', OMP_NUM_THREADS: '1' },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
};

/** Talks to one worker; every request is bounded in time and fails when the worker dies. */
const createCaller = (child: ChildProcess) => {
  const waiting = new Map<number, { resolve: (reply: FaissReply) => void; reject: (error: BotError) => void }>();
  let number = 0;
  const settle = (reply: FaissReply): void => {
    const call = waiting.get(reply.number);
    waiting.delete(reply.number);
    if (reply.error === undefined) call?.resolve(reply);
    else call?.reject(new BotError('faiss', reply.error));
  };
  child.on('message', (reply) => settle(reply as FaissReply));
  child.on('exit', (code) => {
    for (const key of [...waiting.keys()]) settle({ number: key, error: `the FAISS worker ended (code ${code})` });
  });
  const expect = (key: number, timeoutMs: number): Promise<FaissReply> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle({ number: key, error: `no answer within ${timeoutMs} ms` }), timeoutMs);
      const done =
        <T>(act: (value: T) => void) =>
        (value: T): void => {
          clearTimeout(timer);
          act(value);
        };
      waiting.set(key, { resolve: done(resolve), reject: done(reject) });
    });
  return {
    ready: () => expect(0, startMsMax),
    call: (body: Body): Promise<FaissReply> => {
      number += 1;
      // By the time a send fails, other calls may have taken later numbers.
      const mine = number;
      const reply = expect(mine, replyMsMax);
      child.send({ ...body, number: mine }, (error) => {
        if (error !== null) settle({ number: mine, error: error.message });
      });
      return reply;
    },
  };
};

/**
 * FAISS's exact inner-product index in a process of its own, because a C++ exception there ends the process. Rejects when
 * faiss-node cannot be loaded. Labels are positions, so an id that is added again takes a new one and the old is ignored.
 */
export const createFaissIndex = async (): Promise<VectorIndex> => {
  const child = launch();
  const { ready, call } = createCaller(child);
  try {
    await ready();
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
  /** The id of each label; empty where a newer label took the id. */
  let ids: string[] = [];
  let labelOf = new Map<string, number>();
  const label = (entries: readonly IndexEntry[]): void => {
    for (const { id } of entries) {
      const old = labelOf.get(id);
      if (old !== undefined) ids[old] = '';
      labelOf.set(id, ids.length);
      ids.push(id);
    }
  };
  const build = async (entries: readonly IndexEntry[]): Promise<void> => {
    const dimension = entries[0]?.vector.length;
    if (dimension !== undefined) {
      await call({ kind: 'rebuild', dimension, vectors: entries.map((entry) => entry.vector) });
    }
    ids = [];
    labelOf = new Map();
    label(entries);
  };
  return {
    label: 'FAISS (IndexFlatIP)',
    rebuild: build,
    add: async (entries) => {
      if (entries.length === 0) return;
      if (ids.length === 0) return build(entries);
      await call({ kind: 'add', vectors: entries.map((entry) => entry.vector) });
      label(entries);
    },
    search: async (vector, limit) => {
      if (ids.length === 0) return [];
      const stale = ids.length - labelOf.size;
      const { labels = [], similarities = [] } = await call({ kind: 'search', vector, limit: limit + stale });
      return labels
        .map((found, rank) => ({ id: ids[found] ?? '', similarity: similarities[rank] ?? 0 }))
        .filter(({ id }) => id !== '')
        .slice(0, limit);
    },
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      await ended;
    },
  };
};

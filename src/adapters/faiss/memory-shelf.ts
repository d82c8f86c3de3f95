import type { Memory, Recollection } from '../../domain/memory.ts';
import type { Log } from '../../ports/log.ts';
import type { MemoryRecords, MemoryShelf } from '../../ports/memory-shelf.ts';
import { type Embedder, normalised } from './hash-embedder.ts';
import type { IndexEntry, VectorIndex } from './vector-index.ts';

/** What does not resemble at all is not worth a line in the thread. */
const similarityMin = 0.25;

/** Memories that are put into the index together. */
const batchMax = 500;

/** A memory shelf that is filled from the records when it starts. */
export interface StartedMemoryShelf extends MemoryShelf {
  /** Rebuilds the index from the records, which are the truth. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Memory over a vector index. The records are written first; an index that fails costs the likeness, never the memory. */
export const createMemoryShelf = (deps: {
  readonly records: MemoryRecords;
  readonly embedder: Embedder;
  readonly index: VectorIndex;
  readonly log: Log;
}): StartedMemoryShelf => {
  const { records, embedder, index, log } = deps;
  const known = new Map<string, Memory>();

  const entriesOf = async (memories: readonly Memory[]): Promise<readonly IndexEntry[]> => {
    const vectors = await embedder.embed(memories.map((memory) => memory.summary));
    return memories.map((memory, at) => ({ id: memory.uid, vector: normalised(vectors[at] ?? []) }));
  };

  const attempt = async <T>(what: string, fallback: T, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      log.warn({ err: error, index: index.label, embedder: embedder.name }, `memory: ${what} failed`);
      return fallback;
    }
  };

  const nearest = async (text: string, limit: number): Promise<readonly Recollection[]> => {
    const [vector] = await embedder.embed([text]);
    const neighbours = await index.search(normalised(vector ?? []), limit);
    return neighbours.flatMap(({ id, similarity }) => {
      const memory = known.get(id);
      return memory === undefined || similarity < similarityMin ? [] : [{ memory, similarity, exact: false }];
    });
  };

  const sameSignature = (signature: string): readonly Recollection[] =>
    [...known.values()]
      .filter((memory) => memory.signature === signature)
      .sort((a, b) => b.at.localeCompare(a.at))
      .map((memory) => ({ memory, similarity: 1, exact: true }));

  const takeIn = async (memory: Memory): Promise<void> => {
    known.set(memory.uid, memory);
    await attempt('indexing', undefined, async () => {
      await index.add(await entriesOf([memory]));
    });
  };
  /** Batch by batch: the vectors of all memories at once would be most of the process. */
  const rebuild = async (memories: readonly Memory[]): Promise<void> => {
    await index.rebuild([]);
    for (let from = 0; from < memories.length; from += batchMax) {
      await index.add(await entriesOf(memories.slice(from, from + batchMax)));
      // The webhook and the probes are not to wait until the last memory is in.
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  /** What is being written here: the records tell of it too, but who remembers wants to recall at once. */
  const own = new Set<string>();
  let unsubscribe = (): void => undefined;

  return {
    remember: async (memory) => {
      own.add(memory.uid);
      await records.put(memory).finally(() => own.delete(memory.uid));
      await takeIn(memory);
    },
    recall: async ({ signature, text, limit }) => {
      const exact = sameSignature(signature).slice(0, limit);
      const seen = new Set(exact.map(({ memory }) => memory.uid));
      const similar = await attempt('recall', [], () => nearest(text, limit + exact.length));
      return [...exact, ...similar.filter(({ memory }) => !seen.has(memory.uid))].slice(0, limit);
    },
    start: async () => {
      // What another replica learned is known here too.
      unsubscribe = records.subscribe((memory) => {
        if (own.has(memory.uid)) return;
        if (JSON.stringify(known.get(memory.uid)) !== JSON.stringify(memory)) void takeIn(memory);
      });
      const memories = await records.all();
      for (const memory of memories) known.set(memory.uid, memory);
      await attempt('rebuilding the index', undefined, () => rebuild(memories));
      log.info({ memories: memories.length, index: index.label, embedder: embedder.name }, 'memory is ready');
    },
    stop: () => {
      unsubscribe();
      return index.stop();
    },
  };
};

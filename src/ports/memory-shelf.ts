import type { Memory, Recollection } from '../domain/memory.ts';

/** What the bot learned. The case store is the truth; the vector index is a cache of it. */
export interface MemoryShelf {
  /** Idempotent by uid. */
  remember(memory: Memory): Promise<void>;
  /** The nearest memories, exact signatures first, at most `limit`. Trouble yields an empty list and a log line. */
  recall(probe: {
    readonly signature: string;
    readonly text: string;
    readonly limit: number;
  }): Promise<readonly Recollection[]>;
}

/** Where memories are kept for good. */
export interface MemoryRecords {
  put(memory: Memory): Promise<void>;
  all(): Promise<readonly Memory[]>;
  /** Called with each memory that was put, here or by another replica. Returns the way to unsubscribe. */
  subscribe(listener: (memory: Memory) => void): () => void;
}

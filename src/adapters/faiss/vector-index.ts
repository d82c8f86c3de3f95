/** One neighbour: the id that was added, and the cosine similarity. */
export interface Neighbour {
  readonly id: string;
  readonly similarity: number;
}

/** A vector that goes into an index: normalised, of the index's one dimension. */
export interface IndexEntry {
  readonly id: string;
  readonly vector: readonly number[];
}

/** Nearest-neighbour search by inner product. Entries with an id that is there already replace the old one. */
export interface VectorIndex {
  readonly label: string;
  /** Forgets everything and takes these. */
  rebuild(entries: readonly IndexEntry[]): Promise<void>;
  /** Takes more, in their order. */
  add(entries: readonly IndexEntry[]): Promise<void>;
  /** At most `limit`, most similar first. */
  search(vector: readonly number[], limit: number): Promise<readonly Neighbour[]>;
  stop(): Promise<void>;
}

const dot = (a: readonly number[], b: readonly number[]): number => {
  let sum = 0;
  for (let index = 0; index < a.length; index += 1) sum += (a[index] ?? 0) * (b[index] ?? 0);
  return sum;
};

/** The exact index in plain JavaScript: always there, as quick as FAISS's flat index for some ten thousand entries. */
export const createExactIndex = (): VectorIndex => {
  const vectors = new Map<string, readonly number[]>();
  return {
    label: 'exact search in JavaScript',
    rebuild: async (entries) => {
      vectors.clear();
      for (const { id, vector } of entries) vectors.set(id, vector);
    },
    add: async (entries) => {
      for (const { id, vector } of entries) vectors.set(id, vector);
    },
    search: async (vector, limit) =>
      [...vectors]
        .map(([id, known]) => ({ id, similarity: dot(vector, known) }))
        .sort((a, b) => b.similarity - a.similarity)
        .slice(0, limit),
    stop: async () => undefined,
  };
};

import { createRequire } from 'node:module';

/** What the parent asks; every request gets one reply with the same number. */
export type FaissRequest =
  | {
      readonly number: number;
      readonly kind: 'rebuild';
      readonly dimension: number;
      readonly vectors: readonly (readonly number[])[];
    }
  | { readonly number: number; readonly kind: 'add'; readonly vectors: readonly (readonly number[])[] }
  | { readonly number: number; readonly kind: 'search'; readonly vector: readonly number[]; readonly limit: number };

/** `labels` count the vectors in the order in which they were added. */
export interface FaissReply {
  readonly number: number;
  readonly error?: string;
  readonly labels?: readonly number[];
  readonly similarities?: readonly number[];
}

interface FlatIndex {
  add(vectors: readonly number[]): void;
  search(
    vector: readonly number[],
    limit: number,
  ): { readonly labels: readonly number[]; readonly distances: readonly number[] };
  ntotal(): number;
  getDimension(): number;
}

const { IndexFlatIP } = createRequire(import.meta.url)('faiss-node') as {
  IndexFlatIP: new (dimension: number) => FlatIndex;
};

let index: FlatIndex | null = null;

/** faiss-node aborts the whole process on a C++ exception, so nothing reaches it that it could refuse. */
const checked = (vector: readonly number[], dimension: number): number[] => {
  if (vector.length !== dimension || !vector.every(Number.isFinite)) throw new Error('the vector has the wrong shape');
  return [...vector];
};

const answer = (request: FaissRequest): Omit<FaissReply, 'number'> => {
  if (request.kind === 'rebuild') {
    const { dimension, vectors } = request;
    if (!Number.isInteger(dimension) || dimension < 1) throw new Error('the dimension is not a positive integer');
    const fresh = new IndexFlatIP(dimension);
    for (const vector of vectors) fresh.add(checked(vector, dimension));
    index = fresh;
    return {};
  }
  if (index === null) throw new Error('the index is not built yet');
  const dimension = index.getDimension();
  if (request.kind === 'add') {
    // All or none: a batch that breaks off would shift the labels of all that follow.
    for (const vector of request.vectors.map((each) => checked(each, dimension))) index.add(vector);
    return {};
  }
  const vector = checked(request.vector, dimension);
  const limit = Math.min(Math.max(1, Math.trunc(request.limit)), index.ntotal());
  if (limit === 0) return { labels: [], similarities: [] };
  const { labels, distances } = index.search(vector, limit);
  return { labels, similarities: distances };
};

process.on('message', (request: FaissRequest) => {
  let reply: FaissReply;
  try {
    reply = { number: request.number, ...answer(request) };
  } catch (error) {
    reply = { number: request.number, error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(reply);
});

process.on('disconnect', () => process.exit(0));
process.send?.({ number: 0 } satisfies FaissReply);

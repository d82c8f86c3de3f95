import { createHash } from 'node:crypto';

/** Turns texts into vectors of one dimension. `name` goes into the index's file: vectors of two embedders never mix. */
export interface Embedder {
  readonly name: string;
  embed(texts: readonly string[]): Promise<readonly (readonly number[])[]>;
}

const dimension = 256;

const tokensOf = (text: string): readonly string[] => {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  const trigrams = words.flatMap((word) =>
    Array.from({ length: Math.max(0, word.length - 2) }, (_, start) => `#${word.slice(start, start + 3)}`),
  );
  return [...words, ...trigrams];
};

/** Feature hashing (Weinberger et al., ICML 2009): a token's hash names its dimension and its sign. */
const project = (text: string): readonly number[] => {
  const vector = new Array<number>(dimension).fill(0);
  for (const token of tokensOf(text)) {
    const hash = createHash('sha256').update(token).digest();
    const index = hash.readUInt16BE(0) % dimension;
    // A whole word says more than one of its trigrams.
    const weight = token.startsWith('#') ? 0.3 : 1;
    vector[index] = (vector[index] ?? 0) + ((hash[2] ?? 0) % 2 === 0 ? weight : -weight);
  }
  return vector;
};

/** Deterministic vectors from hashed words and trigrams: no model, no download; lexical likeness only. */
export const createHashEmbedder = (): Embedder => ({
  name: `hash-${dimension}`,
  embed: async (texts) => texts.map(project),
});

/** The vector at length 1, so that an inner product is a cosine; a zero vector stays zero. */
export const normalised = (vector: readonly number[]): readonly number[] => {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
};

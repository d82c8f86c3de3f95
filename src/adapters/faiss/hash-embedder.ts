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

/** Where a token counts and with which sign and weight. */
interface Place {
  readonly index: number;
  readonly value: number;
}

/** Incidents repeat their words: a known token need not be hashed again. So many are kept. */
const tokensKnownMax = 50_000;

/** Feature hashing (Weinberger et al., ICML 2009): a token's hash names its dimension and its sign. */
const placeOf = (token: string): Place => {
  const hash = createHash('sha256').update(token).digest();
  // A whole word says more than one of its trigrams.
  const weight = token.startsWith('#') ? 0.3 : 1;
  return { index: hash.readUInt16BE(0) % dimension, value: (hash[2] ?? 0) % 2 === 0 ? weight : -weight };
};

const createProjection = () => {
  const known = new Map<string, Place>();
  const knownPlaceOf = (token: string): Place => {
    const before = known.get(token);
    if (before !== undefined) return before;
    const place = placeOf(token);
    if (known.size >= tokensKnownMax) known.clear();
    known.set(token, place);
    return place;
  };
  return (text: string): readonly number[] => {
    const vector = new Array<number>(dimension).fill(0);
    for (const token of tokensOf(text)) {
      const { index, value } = knownPlaceOf(token);
      vector[index] = (vector[index] ?? 0) + value;
    }
    return vector;
  };
};

/** Deterministic vectors from hashed words and trigrams: no model, no download; lexical likeness only. */
export const createHashEmbedder = (): Embedder => {
  const project = createProjection();
  return { name: `hash-${dimension}`, embed: async (texts) => texts.map(project) };
};

/** The vector at length 1, so that an inner product is a cosine; a zero vector stays zero. */
export const normalised = (vector: readonly number[]): readonly number[] => {
  const length = Math.hypot(...vector);
  return length === 0 ? vector : vector.map((value) => value / length);
};

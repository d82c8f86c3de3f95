/** A stream of random numbers that is the same for the same seed. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  chance(probability: number): boolean;
  between(low: number, high: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** Standard normal. */
  normal(): number;
  /** Log-normal with this median; `spread` is the standard deviation of the logarithm. */
  logNormal(median: number, spread: number): number;
  /** The count of independent events when `mean` are expected. */
  poisson(mean: number): number;
  text(alphabet: string, length: number): string;
}

/** Knuth's product method takes `mean` draws; above this the normal approximation is as good and free. */
const poissonMeanMax = 30;

const mulberry32 = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const smallPoisson = (next: () => number, mean: number): number => {
  const floor = Math.exp(-mean);
  let count = 0;
  for (let product = next(); product > floor; product *= next()) count += 1;
  return count;
};

/** A seeded stream (mulberry32): good enough for weather, not for secrets. */
export const createRandom = (seed: number): Random => {
  const next = mulberry32(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
  return {
    next,
    normal,
    chance: (probability) => next() < probability,
    between: (low, high) => low + next() * (high - low),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
    logNormal: (median, spread) => median * Math.exp(spread * normal()),
    poisson: (mean) => {
      if (mean <= 0) return 0;
      if (mean > poissonMeanMax) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal()));
      return smallPoisson(next, mean);
    },
    text: (alphabet, length) =>
      Array.from({ length }, () => alphabet[Math.floor(next() * alphabet.length)] ?? '').join(''),
  };
};

/** A number in [0, 1) that belongs to a text: the same pod always starts equally slowly. */
export const hashUnit = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return (Math.imul(hash ^ (hash >>> 16), 0x45d9f3b) >>> 0) / 4_294_967_296;
};

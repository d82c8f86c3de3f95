/** Random numbers that are the same in each run with the same seed. */
export interface SeededRandom {
  /** A real number in [min, max). */
  between(min: number, max: number): number;
  /** Letters and digits as Kubernetes draws them for names: no vowels, so that no words appear. */
  suffix(length: number): string;
}

/** The alphabet of generated names and of template hashes. */
export const nameAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** Makes a source of random numbers (mulberry32) from an integer seed. */
export const createSeededRandom = (seed: number): SeededRandom => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    between: (min, max) => min + next() * (max - min),
    suffix: (length) =>
      Array.from({ length }, () => nameAlphabet[Math.floor(next() * nameAlphabet.length)] ?? 'x').join(''),
  };
};

import { describe, expect, it } from 'vitest';
import { contentHash } from '../../src/analysis/content-hash.ts';

describe('the hash of content', () => {
  it('does not depend on the order of keys', () => {
    expect(contentHash({ a: 1, b: [2] })).toBe(contentHash({ b: [2], a: 1 }));
    expect(contentHash({ a: 1 })).not.toBe(contentHash({ a: 2 }));
  });

  it('is the same before and after the store, also of a log line that was cut in the middle of a character', () => {
    const evidence = { observation: 'out of stock \ud83d', data: { ratio: Number.NaN } };
    expect(contentHash(evidence)).toBe(contentHash(JSON.parse(JSON.stringify(evidence))));
  });
});

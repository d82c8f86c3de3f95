import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuQuantity, memoryQuantity, parseQuantity } from '../../src/domain/quantity.ts';

describe('quantities', () => {
  it.each([
    ['250m', 0.25],
    ['1', 1],
    ['1.5', 1.5],
    [2, 2],
    ['128Mi', 128 * 2 ** 20],
    ['1.5Gi', 1.5 * 2 ** 30],
    ['500k', 500_000],
    ['1e3', 1_000],
    ['1E', 1e18],
    ['100n', 1e-7],
    ['.5', 0.5],
  ])('%s is %d', (text, amount) => {
    expect(parseQuantity(text)).toBeCloseTo(amount, 12);
  });

  it.each(['', 'many', '12Q', '1 Mi', '1.2.3', 'Mi', '0x10'])('%o is none', (text) => {
    expect(parseQuantity(text)).toBeUndefined();
  });

  it('are written in whole units, never less than what was asked for', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 40 }), fc.integer({ min: 1, max: 64_000 }), (bytes, milli) => {
        const memory = parseQuantity(memoryQuantity(bytes)) ?? 0;
        expect(memory).toBeGreaterThanOrEqual(bytes);
        expect(memory - bytes).toBeLessThan(2 ** 20);
        expect(cpuQuantity(milli / 1_000)).toBe(`${milli}m`);
      }),
    );
  });
});

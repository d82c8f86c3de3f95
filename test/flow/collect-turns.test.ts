import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTurns } from '../../src/flow/collect-turns.ts';

describe('taking turns', () => {
  it('lets no more work run at once than it may, finishes all of it, and survives failures', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.boolean(), { maxLength: 30 }),
        async (width, works) => {
          const inTurn = createTurns(width);
          let running = 0;
          let most = 0;
          const results = await Promise.allSettled(
            works.map((fails) =>
              inTurn(async () => {
                running += 1;
                most = Math.max(most, running);
                await new Promise((resolve) => setImmediate(resolve));
                running -= 1;
                if (fails) throw new Error('no');
                return 'done';
              }),
            ),
          );
          expect(most).toBeLessThanOrEqual(width);
          expect(results.map(({ status }) => status)).toEqual(works.map((fails) => (fails ? 'rejected' : 'fulfilled')));
          expect(running).toBe(0);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('keeps the order of asking', async () => {
    const inTurn = createTurns(1);
    const order: number[] = [];
    await Promise.all([1, 2, 3].map((each) => inTurn(async () => order.push(each))));
    expect(order).toEqual([1, 2, 3]);
  });
});

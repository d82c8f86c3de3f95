import fc from 'fast-check';
import { afterEach, describe, it, vi } from 'vitest';
import { beginnings, moves } from './road-model/moves.ts';
import { createWorld, places } from './road-model/world.ts';

// createWorld fakes the present.
afterEach(() => {
  vi.useRealTimers();
});

/**
 * Two real loops, the real steps, the real intake and the real desk over one store, between a world that misbehaves and people
 * who change their minds. The rules that must hold at every page and every write are in road-model/rules.ts. A failure names
 * its seed and path, and tells what went before: give both to fc.assert to see it again, without endOnFailure to see it shrunk.
 */
describe('the road, whatever happens in whatever order', () => {
  it('writes only what was approved, at most once, and ends every case', { timeout: 180_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(
        beginnings,
        fc.constantFrom(...places, 'asked', 'asked'),
        fc.array(moves, { maxLength: 60, size: 'max' }),
        async (beginning, place, happenings) => {
          const world = await createWorld(beginning);
          if (place !== 'open') await world.until(place);
          for (const move of happenings) await move(world);
          await world.calm();
        },
      ),
      { numRuns: 500, endOnFailure: true },
    );
  });
});

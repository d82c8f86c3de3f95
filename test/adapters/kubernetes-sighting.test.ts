import { describe, expect, it } from 'vitest';
import { differencesSince, knownSinceOf, sightingOf } from '../../src/adapters/kubernetes/sighting.ts';

const times = { seenAt: '2026-11-22T12:00:00.000Z', knownSince: '2026-11-22T08:00:00.000Z', hiddenBy: 'k' };
const object = (name: string, text: string) => ({ name, uid: name, view: { data: { text } } });

describe('what was seen last', () => {
  it('is bounded: long texts are told apart and not kept, and what does not fit is left out, the largest first', () => {
    const [kept] = sightingOf([object('long', 'x'.repeat(5_000))], times).objects;
    expect(JSON.stringify(kept).length).toBeLessThan(300);
    expect(kept && differencesSince(kept, { view: { data: { text: 'x'.repeat(5_000) } }, isSameKey: true })).toEqual(
      [],
    );
    expect(
      kept && differencesSince(kept, { view: { data: { text: 'y'.repeat(5_000) } }, isSameKey: true }),
    ).toHaveLength(1);
    const many = Array.from({ length: 600 }, (_, index) => object(`o${index}`, 'z'.repeat(3_900)));
    const bounded = sightingOf([object('small', 'a'), ...many], times);
    expect(bounded.isWhole).toBe(false);
    expect(JSON.stringify(bounded).length).toBeLessThan(1_600_000);
    expect(bounded.objects.map(({ name }) => name)).toContain('small');
  });

  it('carries on since when everything is known only while it is whole', () => {
    const now = '2026-11-22T13:00:00.000Z';
    expect(knownSinceOf(sightingOf([], times), now)).toBe(times.knownSince);
    expect(knownSinceOf({ ...sightingOf([], times), isWhole: false }, now)).toBe(now);
    expect(knownSinceOf(null, now)).toBe(now);
  });
});

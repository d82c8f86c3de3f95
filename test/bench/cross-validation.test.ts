import { describe, expect, it } from 'vitest';
import { chosenOn, foldsOf, type Outcome, settings, type Trial } from './cross-validation.ts';

const rightly: Outcome = { first: true, agreed: 'rightly' };
const unsure: Outcome = { first: true, agreed: 'no' };
const wrongly: Outcome = { first: false, agreed: 'wrongly' };

/** A trial that the standard setting settles in one way and every other setting in another. */
const trial = (standard: Outcome, others: Outcome, about: Partial<Trial> = {}): Trial => ({
  set: 'shop',
  cause: 'delay',
  outcomes: settings.map((_, index) => (index === 0 ? standard : others)),
  ...about,
});

describe('the choice of a setting', () => {
  it('shuns a wrong agreement more than it seeks right ones, also one in a quiet window', () => {
    const harm = trial(unsure, wrongly, { cause: undefined });
    expect(chosenOn([trial(unsure, rightly), trial(unsure, rightly), harm])).toBe(0);
    expect(chosenOn([trial(unsure, rightly)])).not.toBe(0);
  });

  it('stays with the standard among equals', () => {
    expect(chosenOn([trial(rightly, rightly)])).toBe(0);
    expect(chosenOn([])).toBe(0);
  });

  it('is made without what is left out, and judged on it alone', () => {
    const tempting = trial(unsure, rightly, { cause: 'crash', set: 'trains' });
    const { causes, sets } = foldsOf([trial(rightly, wrongly), tempting]);
    expect(causes).toMatchObject([
      { leftOut: 'crash', setting: 0, account: { cases: 1, rightly: 0 } },
      { leftOut: 'delay', account: { cases: 1, wrongly: 1 } },
    ]);
    expect(causes[1]?.setting).not.toBe(0);
    expect(sets.map(({ leftOut }) => leftOut)).toEqual(['shop', 'trains']);
  });
});

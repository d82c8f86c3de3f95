import { describe, expect, it } from 'vitest';
import { confusionOf } from './diagnosis-confusion.ts';
import { riskCoverageOf } from './risk-coverage.ts';
import { riskCoveragePicture } from './risk-coverage-picture.ts';

describe('the figures of a diagnosis', () => {
  it('count which names each truth was given, the most frequent first', () => {
    const confusion = confusionOf([
      ['delay', 'crash'],
      ['delay', 'delay'],
      ['delay', 'delay'],
      ['crash', 'nothing'],
    ]);
    expect([...confusion].map(([truth, row]) => [truth, [...row]])).toEqual([
      ['crash', [['nothing', 1]]],
      [
        'delay',
        [
          ['delay', 2],
          ['crash', 1],
        ],
      ],
    ]);
  });

  it('take verdicts of one confidence together, and end with all of them', () => {
    const points = riskCoverageOf([
      { confidence: 0.6, right: false },
      { confidence: 0.9, right: true },
      { confidence: 0.6, right: true },
      { confidence: 0.9, right: true },
    ]);
    expect(points.map(({ coverage, risk }) => [coverage, risk])).toEqual([
      [0.5, 0],
      [1, 0.25],
    ]);
    expect(points.every(({ risk, riskMax }) => riskMax > risk)).toBe(true);
    expect(riskCoverageOf([])).toEqual([]);
  });

  it('become a picture of whole numbers, also when nothing was measured', () => {
    const points = riskCoverageOf([{ confidence: 0.9, right: true }]);
    for (const curves of [[], [{ name: 'every source', points }], [{ name: 'none', points: [] }]]) {
      const picture = riskCoveragePicture(curves);
      expect(picture).toMatch(/^<svg[\s\S]*<\/svg>\n$/);
      expect(picture).not.toMatch(/NaN|undefined|Infinity/);
    }
  });
});

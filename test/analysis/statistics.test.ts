import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onsetOf } from '../../src/analysis/onset.ts';
import { bandOf, shiftOf } from '../../src/analysis/shift.ts';
import { formatSignal } from '../../src/analysis/signal-trait.ts';
import { median, quantile, robustSpread } from '../../src/analysis/statistics.ts';
import { thinPoints } from '../../src/analysis/thin-points.ts';
import { baselineOf, metric, nowMs, points, windowOf } from '../fakes/synthetic-context.ts';

const windows = { window: windowOf, baseline: baselineOf };
const numbers = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 });

describe('robust statistics', () => {
  it('say nothing of nothing', () => {
    expect(median([])).toBeUndefined();
    expect(quantile([], 0.9)).toBeUndefined();
    expect(robustSpread([4])).toBe(0);
  });

  it('are not moved by one wild value', () => {
    expect(median([9, 10, 11, 10, 1e9])).toBe(10);
    expect(robustSpread([9, 10, 11, 10, 1e9])).toBeCloseTo(1.4826);
  });

  it('stay within the values and leave them as they were', () => {
    fc.assert(
      fc.property(numbers, (values) => {
        const before = [...values];
        const middle = median(values) ?? Number.NaN;
        expect(middle).toBeGreaterThanOrEqual(Math.min(...values));
        expect(middle).toBeLessThanOrEqual(Math.max(...values));
        expect(values).toEqual(before);
      }),
    );
  });
});

describe('a shift', () => {
  it('is high when the last points left the quiet band, and says how far', () => {
    const shift = shiftOf(metric('latency_p99', 'gate', { quiet: 40, now: 900 }), windows);
    expect(shift).toMatchObject({ standing: 'high', lastAt: nowMs / 1000 });
    expect(shift?.quiet).toBeCloseTo(40, 0);
    expect(shift?.score).toBeGreaterThan(5);
  });

  it('is ordinary for a small move, whatever the level', () => {
    expect(shiftOf(metric('latency_p99', 'gate', { quiet: 40, now: 80 }), windows)?.standing).toBe('ordinary');
    expect(shiftOf(metric('error_ratio', 'gate', { quiet: 0, now: 0.02 }), windows)?.standing).toBe('ordinary');
  });

  it('is not moved by a quiet window of which a third was another incident', () => {
    const quiet = points(40, 40).map(([at, value], index) => [at, index % 3 === 0 ? 5_000 : value] as const);
    const shift = shiftOf(
      { signal: 'latency_p99', points: quiet.slice(0, -6).concat(points(40, 2_000).slice(-6)) },
      windows,
    );
    expect(shift?.standing).toBe('high');
  });

  it('is unknown without a quiet window, but a ratio is quiet at zero', () => {
    const young = (signal: 'cpu_usage' | 'error_ratio', now: number) =>
      shiftOf({ signal, points: [[nowMs / 1000, now]] }, windows)?.standing;
    expect(young('cpu_usage', 3)).toBe('unknown');
    expect(young('error_ratio', 0.5)).toBe('high');
  });

  it('is nothing when nothing was measured in the window', () => {
    expect(shiftOf({ signal: 'cpu_usage', points: [[nowMs / 1000 - 1_000, 1]] }, windows)).toBeUndefined();
  });

  it('always lies inside its own band when nothing happens', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e4, noNaN: true }), (level) => {
        const band = bandOf(
          'latency_p50',
          points(level, level).map(([, value]) => value),
        );
        expect(shiftOf(metric('latency_p50', 'gate', { quiet: level }), windows)?.standing).toBe('ordinary');
        expect(band?.low).toBeLessThanOrEqual(band?.high ?? 0);
      }),
    );
  });
});

describe('the onset', () => {
  const quiet: [number, number][] = Array.from({ length: 30 }, (_, index) => [index, 10 + (index % 3)]);

  it('is where the series left its quiet level for good', () => {
    const later: [number, number][] = Array.from({ length: 20 }, (_, index) => [100 + index, index < 8 ? 11 : 40]);
    expect(onsetOf(quiet, later, 1)).toBe(108);
  });

  it('is nowhere when it only twitched', () => {
    expect(
      onsetOf(
        quiet,
        [
          [100, 11],
          [101, 14],
          [102, 11],
          [103, 10],
        ],
        1,
      ),
    ).toBeUndefined();
    expect(onsetOf([], [[100, 11]], 1)).toBeUndefined();
  });
});

describe('thinning a series', () => {
  it('keeps the order, the end and the bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 6, max: 100 }), (count, max) => {
        const series = Array.from({ length: count }, (_, index) => [index, index] as const);
        const thin = thinPoints(series, max, 5);
        expect(thin.length).toBeLessThanOrEqual(max);
        expect(thin.slice(-5)).toEqual(series.slice(-5));
        expect(thin.map(([at]) => at)).toEqual(thin.map(([at]) => at).toSorted((left, right) => left - right));
      }),
    );
  });
});

describe('values in words', () => {
  it('carry their units', () => {
    expect(formatSignal('error_ratio', 0.1234)).toBe('12.3 %');
    expect(formatSignal('latency_p99', 2340.6)).toBe('2,341 ms');
    expect(formatSignal('cpu_usage', 0.198)).toBe('0.2 cores');
    expect(formatSignal('memory_working_set', 64 * 1_048_576)).toBe('64 MiB');
    expect(formatSignal('memory_working_set', 3 * 1_073_741_824)).toBe('3 GiB');
    expect(formatSignal('request_rate', 12)).toBe('12/s');
    expect(formatSignal('connections', 100)).toBe('100');
  });
});

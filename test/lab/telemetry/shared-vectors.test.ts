import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireRange } from '../../../src/lab/telemetry/prometheus-values.ts';
import { prepareQuery } from '../../../src/lab/telemetry/promql/evaluate.ts';
import { parsePromql } from '../../../src/lab/telemetry/promql/parse-promql.ts';
import { createTimeSeries } from '../../../src/lab/telemetry/time-series.ts';

const intervalMs = 2_000;
const queries = [
  'sum by (app) (rate(calls_total[6s]))',
  'sum by (app) (rate(calls_total{app="a"}[6s])) / sum by (app) (rate(calls_total[6s]))',
  'topk(1, calls_total)',
  'max without (pod) (calls_total)',
];

/** What two pods counted at one scrape; a pod that is null was not there. */
const scrape = fc.record({ a: fc.option(fc.nat(50)), b: fc.option(fc.nat(50)) });

const startStore = () => {
  const store = createTimeSeries({ retentionMs: 60_000, intervalMs });
  let scrapes = 0;
  const counted = { a: 0, b: 0 };
  const append = (grown: { readonly a: number | null; readonly b: number | null }): void => {
    const samples = (['a', 'b'] as const).flatMap((app) => {
      counted[app] += grown[app] ?? 0;
      const labels = { app, pod: `${app}-1` };
      return grown[app] === null ? [] : [{ name: 'calls_total', labels, value: counted[app] }];
    });
    store.append(scrapes * intervalMs, samples);
    scrapes += 1;
  };
  return { store, append };
};

describe('what queries remember of the past', () => {
  it('is what they would find anew, whatever was asked before and scraped since', () => {
    fc.assert(
      fc.property(fc.array(scrape, { minLength: 3, maxLength: 30 }), fc.constantFrom(...queries), (told, text) => {
        const asked = startStore();
        told.forEach((grown, index) => {
          asked.append(grown);
          const span = { startMs: 0, endMs: (index + 1) * intervalMs, stepMs: 1_000 };
          const fresh = startStore();
          for (const one of told.slice(0, index + 1)) fresh.append(one);
          const again = wireRange(prepareQuery(asked.store, parsePromql(text)), span);
          expect(again).toEqual(wireRange(prepareQuery(fresh.store, parsePromql(text)), span));
        });
      }),
      { numRuns: 40 },
    );
  });
});

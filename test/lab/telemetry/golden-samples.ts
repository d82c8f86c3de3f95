import type { ScrapedSample } from '../../../src/lab/telemetry/time-series.ts';

/** First scrape of the golden data, Unix seconds; one every ten seconds, an hour long. */
export const goldenStart = 1_700_000_000;
export const goldenStepSeconds = 10;
export const goldenScrapes = 360;
/** Between two scrapes, so that no sample lies on the edge of a window (where Prometheus 2 and 3 differ). */
export const goldenTime = goldenStart + 2_403.5;

const workloads = ['frontend', 'cart', 'checkout'] as const;
const bounds = ['1', '5', '10', '50', '100', '+Inf'] as const;

const createDice = (): (() => number) => {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
};

/** All scrapes: counters that grow by chance and sometimes fall back, a histogram, gauges. Always the same. */
export const goldenScrapesOf = (): readonly (readonly ScrapedSample[])[] => {
  const dice = createDice();
  const counters = new Map<string, number>();
  const grow = (key: string, by: number): number => {
    const value = dice() < 0.01 ? dice() : (counters.get(key) ?? 0) + by;
    counters.set(key, value);
    return value;
  };
  const scrapeOf = (workload: (typeof workloads)[number], index: number): readonly ScrapedSample[] => {
    const labels = { namespace: 'ob', deployment: workload };
    let below = 0;
    return [
      {
        name: 'response_total',
        labels: { ...labels, classification: 'success' },
        value: grow(`${workload}s`, dice() * 20),
      },
      {
        name: 'response_total',
        labels: { ...labels, classification: 'failure' },
        value: grow(`${workload}f`, dice() < 0.3 ? dice() * 3 : 0),
      },
      ...bounds.map((le) => {
        const key = `${workload}${le}`;
        counters.set(key, (counters.get(key) ?? 0) + Math.floor(dice() * 5));
        below += counters.get(key) ?? 0;
        return { name: 'lat_bucket', labels: { ...labels, le }, value: below };
      }),
      ...['bcdf0', 'bcdf2'].map((end) => ({
        name: 'mem',
        labels: { namespace: 'ob', pod: `${workload}-7d9f8bc5c-${end}`, container: 'server' },
        value: Math.round(dice() * 1_000) / 10,
      })),
      { name: 'limit', labels, value: 50 + index },
    ];
  };
  return Array.from({ length: goldenScrapes }, () => workloads.flatMap(scrapeOf));
};

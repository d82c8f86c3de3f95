import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createAlertBoard } from '../../../src/lab/telemetry/alerting/alert-board.ts';
import { createPrometheusApi } from '../../../src/lab/telemetry/prometheus-api.ts';
import { createTimeSeries } from '../../../src/lab/telemetry/time-series.ts';
import { goldenScrapesOf, goldenStart, goldenStepSeconds, goldenTime } from './golden-samples.ts';

const golden = readFileSync(new URL('promql-golden.txt', import.meta.url), 'utf8')
  .split('\n\n> ')
  .slice(1)
  .map((block) => {
    const [query = '', ...answer] = block.trimEnd().split('\n');
    return [query, answer] as const;
  });

const store = createTimeSeries({ retentionMs: 7_200_000, intervalMs: goldenStepSeconds * 1_000 });
goldenScrapesOf().forEach((samples, index) => {
  store.append((goldenStart + index * goldenStepSeconds) * 1_000, samples);
});
const app = createPrometheusApi({
  store,
  board: createAlertBoard({ store, groups: [], speed: 1 }),
  nowMs: () => goldenTime * 1_000,
});

interface Wire {
  readonly status: string;
  readonly errorType: string;
  readonly data: { readonly resultType: string; readonly result: never };
}
interface WireElement {
  readonly metric: Record<string, string>;
  readonly value: readonly [number, string];
  readonly values: readonly unknown[];
}

const inOrder = (metric: Record<string, string>): string =>
  JSON.stringify(Object.fromEntries(Object.entries(metric).sort(([left], [right]) => (left < right ? -1 : 1))));

const ask = async (query: string): Promise<readonly string[]> => {
  const response = await app.inject({ url: '/api/v1/query', query: { query, time: String(goldenTime) } });
  const body = response.json<Wire>();
  if (body.status === 'error') return [`error ${response.statusCode} ${body.errorType}`];
  const { resultType, result } = body.data;
  if (resultType === 'vector') {
    return (result as readonly WireElement[]).map(({ metric, value }) => `${inOrder(metric)} ${value[1]}`);
  }
  if (resultType === 'matrix') {
    return (result as readonly WireElement[]).map(
      ({ metric, values }) => `${inOrder(metric)} ${values.length} samples`,
    );
  }
  return [`${resultType} ${result[1]}`];
};

/** Equal but for the last bits of a floating point number. */
const rounded = (lines: readonly string[]): readonly string[] =>
  lines
    .map((line) => line.replace(/-?\d+\.\d+(?:e-?\d+)?$/, (number) => Number(number).toPrecision(12)))
    .sort((left, right) => (left < right ? -1 : 1));

describe("the laboratory's PromQL answers what Prometheus answers", () => {
  it.each(golden)('%s', async (query, answer) => {
    expect(rounded(await ask(query))).toEqual(rounded(answer));
  });
});

describe('what the laboratory does not know it names', () => {
  it.each([
    ['limit[5m:1m]', 'subqueries'],
    ['limit @ 12', 'the @ modifier'],
    ['stddev(mem)', 'the aggregation stddev'],
    ['limit atan2 limit', 'the operator atan2'],
    ['predict_linear(mem[5m], 60)', 'the function predict_linear()'],
    ['quantile_over_time(0.5, mem[5m])', 'the function quantile_over_time()'],
  ])('%s', async (query, named) => {
    const response = await app.inject({ url: '/api/v1/query', query: { query } });
    expect(response.statusCode).toBe(422);
    expect(response.json()).toEqual({
      status: 'error',
      errorType: 'execution',
      error: `this laboratory's Prometheus does not support ${named}`,
    });
  });
});

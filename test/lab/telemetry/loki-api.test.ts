import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogStore } from '../../../src/lab/telemetry/log-store.ts';
import { LogqlError } from '../../../src/lab/telemetry/logql/log-query.ts';
import { parseLogql } from '../../../src/lab/telemetry/logql/parse-logql.ts';
import { createLokiApi } from '../../../src/lab/telemetry/loki-api.ts';

const t0 = 1_790_000_000;
const ns = (second: number): string => `${t0 + second}000000000`;
const logs = createLogStore({ retentionMs: 7_200_000, linesMax: 1_000 });
const app = createLokiApi({ logs, nowMs: () => (t0 + 60) * 1_000 });

const frontend = { namespace: 'shop', app: 'frontend', pod: 'frontend-a', container: 'server' };
const cart = { namespace: 'shop', app: 'cartservice', pod: 'cart-a', container: 'server' };
logs.append(
  Array.from({ length: 30 }, (_, second) => [
    { labels: frontend, timestampNs: ns(second), line: `GET /product/${second} 200` },
    {
      labels: cart,
      timestampNs: ns(second),
      line: second % 3 === 0 ? `error: redis "timeout" ${second}` : `ok ${second}`,
    },
  ]).flat(),
);

interface Found {
  readonly resultType: string;
  readonly result: readonly {
    readonly stream: Record<string, string>;
    readonly metric: Record<string, string>;
    readonly values: readonly (readonly [string | number, string])[];
    readonly value: readonly [number, string];
  }[];
}

const get = async (path: string, query: Record<string, string>) => {
  const response = await app.inject({ url: `/loki/api/v1/${path}`, query });
  const isJson = String(response.headers['content-type']).startsWith('application/json');
  return {
    code: response.statusCode,
    text: response.body,
    data: isJson ? response.json<{ data: Found }>().data : undefined,
  };
};

const lines = async (query: string, more: Record<string, string> = {}): Promise<readonly string[]> => {
  const { data } = await get('query_range', { query, start: ns(0), end: ns(60), ...more });
  return (data?.result ?? []).flatMap(({ values }) => values.map(([, line]) => line));
};

describe('the HTTP API of the laboratory’s Loki', () => {
  it('answers streams with their labels and [nanoseconds, line], newest first', async () => {
    const { code, data } = await get('query_range', {
      query: '{app="frontend"}',
      start: ns(0),
      end: ns(60),
      limit: '2',
    });
    expect(code).toBe(200);
    expect(data).toMatchObject({
      resultType: 'streams',
      result: [
        {
          stream: frontend,
          values: [
            [ns(29), 'GET /product/29 200'],
            [ns(28), 'GET /product/28 200'],
          ],
        },
      ],
    });
  });

  it('counts the limit over all streams together and from the end that was asked for', async () => {
    expect(await lines('{namespace="shop"}', { limit: '4' })).toEqual([
      'GET /product/29 200',
      'GET /product/28 200',
      'ok 29',
      'ok 28',
    ]);
    expect(await lines('{app="frontend"}', { limit: '1', direction: 'forward' })).toEqual(['GET /product/0 200']);
  });

  it('includes the start and leaves the end out', async () => {
    expect(await lines('{app="frontend"}', { start: ns(3), end: ns(5) })).toEqual([
      'GET /product/4 200',
      'GET /product/3 200',
    ]);
  });

  it.each([
    ['{app="cartservice"} |= "error"', 10],
    ['{app="cartservice"} |= `"timeout"` != "27"', 9],
    ['{app="cartservice"} |~ "ok (1|2)$"', 2],
    ['{app="cartservice"} !~ "ok|timeout"', 0],
    ['{app=~"cart.*|front.*", pod!="cart-a"}', 30],
    ['{app=~".+", app!~"front.*"}', 30],
    ['{app="nobody"}', 0],
  ])('%s finds %i lines', async (query, count) => {
    expect(await lines(query)).toHaveLength(count);
  });

  it('counts lines in windows, by label and per second', async () => {
    const counted = await get('query', {
      query: 'sum by (app) (count_over_time({namespace="shop"} |~ "error|GET" [30s]))',
      time: ns(29),
    });
    expect(counted.data).toMatchObject({
      resultType: 'vector',
      result: [
        { metric: { app: 'frontend' }, value: [t0 + 29, '30'] },
        { metric: { app: 'cartservice' }, value: [t0 + 29, '10'] },
      ],
    });
    const rated = await get('query_range', {
      query: 'rate({app="frontend"}[10s])',
      start: ns(9),
      end: ns(29),
      step: '10',
    });
    expect(rated.data).toMatchObject({
      resultType: 'matrix',
      result: [
        {
          metric: frontend,
          values: [
            [t0 + 9, '1'],
            [t0 + 19, '1'],
            [t0 + 29, '1'],
          ],
        },
      ],
    });
  });

  it('lists labels and values', async () => {
    expect((await get('labels', {})).data).toEqual(['app', 'container', 'namespace', 'pod']);
    expect((await get('label/app/values', { query: '{pod="cart-a"}' })).data).toEqual(['cartservice']);
    expect((await get('label/app/values', { start: ns(-100), end: ns(-50) })).data).toEqual([]);
    expect((await app.inject('/ready')).body).toBe('ready\n');
  });

  it.each([
    ['query_range', { query: '{app="x"' }, /^parse error at line 1, col 9: syntax error: unexpected \$end/],
    ['query_range', { query: '{app=~".*"}' }, /^queries require at least one regexp or equality matcher/],
    ['query_range', { query: '{app="x"} | json' }, /does not support the pipeline stage "\| json"/],
    ['query_range', { query: '{app="x"} |= "a" or "b"' }, /does not support "or"/],
    ['query_range', { query: 'topk(3, rate({app="x"}[1m]))' }, /does not support the aggregation topk/],
    ['query_range', { query: 'bytes_rate({app="x"}[1m])' }, /does not support the range aggregation bytes_rate/],
    ['query_range', { query: '{app="x"}', limit: '9999' }, /max entries limit per query exceeded/],
    ['query_range', { query: '{app="x"}', direction: 'sideways' }, /invalid direction/],
    [
      'query_range',
      { query: '{app="x"}', start: ns(5), end: ns(5) },
      /end timestamp must not be before or equal to start time/,
    ],
    ['query_range', { query: '{app=~"("}' }, /.+/],
    ['query', { query: '{app="x"}' }, /log queries are not supported as an instant query type/],
  ])('refuses %s %o in plain text', async (path, query, message) => {
    const { code, text } = await get(path, query as Record<string, string>);
    expect({ code, text }).toEqual({ code: 400, text: expect.stringMatching(message) });
  });

  it('keeps lines in order of time, however they arrive, and only as long as it should', async () => {
    const short = createLogStore({ retentionMs: 10_000, linesMax: 3 });
    const late = { labels: cart, line: 'late' };
    short.append([5, 9, 7, 8].map((second) => ({ ...late, timestampNs: ns(second) })));
    const kept = () => short.select([]).flatMap((stream) => stream.lines.map((line) => String(line.ns)));
    expect(kept()).toEqual([7, 8, 9].map(ns));
    short.expire((t0 + 18) * 1_000);
    expect(kept()).toEqual([8, 9].map(ns));
    short.expire((t0 + 30) * 1_000);
    expect(kept()).toEqual([]);
  });

  it('either reads a query or says why it cannot, whatever the text', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      'app',
      '=',
      '=~',
      '"x"',
      '`y`',
      '|=',
      '!~',
      'rate',
      '(',
      ')',
      '[5m]',
      'sum by (a)',
      ' ',
      '| json',
      ',',
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          return parseLogql(text).kind.length > 0;
        } catch (error) {
          return error instanceof LogqlError || error instanceof SyntaxError;
        }
      }),
    );
  });
});

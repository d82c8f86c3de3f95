import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine, type Engine } from '../../../src/lab/telemetry/engine.ts';
import { createPrometheusApi } from '../../../src/lab/telemetry/prometheus-api.ts';
import { parsePromql } from '../../../src/lab/telemetry/promql/parse-promql.ts';
import { PromqlError } from '../../../src/lab/telemetry/promql/promql-error.ts';
import { createPaperWorld, podOf } from './paper-world.ts';

const startMs = 1_790_000_000_000;
const endMs = startMs + 120_000;
const world = createPaperWorld();
const engine: Engine = createEngine({ world, groups: [], speed: 1 });
const app = createPrometheusApi({ store: engine.store, board: engine.board, nowMs: () => endMs });

const get = async (path: string, query: Record<string, string> = {}) => {
  const response = await app.inject({ url: path, query });
  return { code: response.statusCode, body: response.json<Record<string, unknown>>() };
};

beforeAll(async () => {
  await engine.recall(startMs, startMs + 60_000);
  world.trouble.gone.push('redis-cart');
  await engine.recall(startMs + 60_000, endMs + 1);
});

describe('the HTTP API of the laboratory’s Prometheus', () => {
  it('answers an instant query in the wire form: seconds as a number, the value as text', async () => {
    const { code, body } = await get('/api/v1/query', {
      query: 'kube_deployment_spec_replicas{deployment="frontend"}',
      time: String(endMs / 1_000),
    });
    expect(code).toBe(200);
    expect(body).toEqual({
      status: 'success',
      data: {
        resultType: 'vector',
        result: [
          {
            metric: { __name__: 'kube_deployment_spec_replicas', namespace: 'online-boutique', deployment: 'frontend' },
            value: [endMs / 1_000, '1'],
          },
        ],
      },
    });
  });

  it('answers a range query with one point a step, both ends included', async () => {
    const { body } = await get('/api/v1/query_range', {
      query: 'vector(1)',
      start: String(startMs / 1_000),
      end: String(startMs / 1_000 + 30),
      step: '10s',
    });
    expect(body.data).toEqual({
      resultType: 'matrix',
      result: [{ metric: {}, values: [0, 10, 20, 30].map((second) => [startMs / 1_000 + second, '1']) }],
    });
  });

  it('takes a form by POST and times in RFC 3339', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/api/v1/query',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams({ query: 'time()', time: new Date(endMs).toISOString() }).toString(),
    });
    expect(response.json()).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [endMs / 1_000, String(endMs / 1_000)] },
    });
  });

  it('ends the series of a pod at the first scrape that does not show it', async () => {
    const query = `container_memory_working_set_bytes{pod="${podOf('redis-cart')}"}`;
    const before = await get('/api/v1/query', { query, time: String((startMs + 59_000) / 1_000) });
    const after = await get('/api/v1/query', { query, time: String((startMs + 61_000) / 1_000) });
    expect(before.body).toMatchObject({ data: { result: [{ value: [expect.any(Number), '50000000'] }] } });
    expect(after.body).toMatchObject({ data: { result: [] } });
  });

  it('looks back five minutes for the newest sample and not further', async () => {
    const query = 'count(kube_deployment_spec_replicas)';
    const near = await get('/api/v1/query', { query, time: String(endMs / 1_000 + 290) });
    const far = await get('/api/v1/query', { query, time: String(endMs / 1_000 + 310) });
    expect(near.body).toMatchObject({ data: { result: [{ value: [expect.any(Number), '3'] }] } });
    expect(far.body).toMatchObject({ data: { result: [] } });
  });

  it.each([
    ['/api/v1/query', { query: 'sum(' }, 400, /^invalid parameter "query": 1:5: parse error: unexpected end of input$/],
    ['/api/v1/query', { query: '' }, 400, /^invalid parameter "query"/],
    ['/api/v1/query', { query: 'up', time: 'noon' }, 400, /^invalid parameter "time": cannot parse "noon"/],
    [
      '/api/v1/query_range',
      { query: 'up', start: '10', end: '5', step: '1' },
      400,
      /end timestamp must not be before start time/,
    ],
    ['/api/v1/query_range', { query: 'up', start: '1', end: '5', step: '0' }, 400, /zero or negative query resolution/],
    ['/api/v1/query_range', { query: 'up', start: '1', end: '5' }, 400, /^invalid parameter "step"/],
    [
      '/api/v1/query_range',
      { query: 'up', start: '1', end: '20000', step: '1' },
      400,
      /exceeded maximum resolution of 11,000 points/,
    ],
    [
      '/api/v1/query_range',
      { query: 'up[5m]', start: '1', end: '5', step: '1' },
      400,
      /invalid expression type "range vector"/,
    ],
    ['/api/v1/series', {}, 400, /no match\[\] parameter provided/],
  ])('refuses %s %o as bad data', async (path, query, code, message) => {
    const answer = await get(path, query as Record<string, string>);
    expect(answer.code).toBe(code);
    expect(answer.body).toEqual({ status: 'error', errorType: 'bad_data', error: expect.stringMatching(message) });
  });

  it('lists series, label names and label values, by selector where one is given', async () => {
    const series = await get('/api/v1/series', { 'match[]': 'redis_connected_clients' });
    expect(series.body.data).toEqual([
      { __name__: 'redis_connected_clients', namespace: 'online-boutique', pod: podOf('redis-cart') },
    ]);
    const labels = await get('/api/v1/labels', { 'match[]': 'response_latency_ms_bucket{direction="inbound"}' });
    expect(labels.body.data).toEqual(['__name__', 'deployment', 'direction', 'le', 'namespace']);
    const values = await get('/api/v1/label/deployment/values');
    expect(values.body.data).toEqual(['cartservice', 'frontend', 'redis-cart']);
  });

  it('is ready and says what it is', async () => {
    expect((await app.inject('/-/ready')).body).toBe('Prometheus Server is Ready.\n');
    expect((await get('/api/v1/status/buildinfo')).body).toMatchObject({ status: 'success' });
    expect((await app.inject('/nowhere')).statusCode).toBe(404);
  });

  it('either reads a query or says why it cannot, whatever the text', () => {
    const pieces = fc.constantFrom(
      'sum',
      'rate',
      '(',
      ')',
      '[5m]',
      '{',
      '}',
      'a',
      '"b"',
      '=',
      '=~',
      'by',
      '+',
      '1',
      ',',
      ' ',
      'on',
      'bool',
      '-',
      'offset',
      '@',
    );
    const texts = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        try {
          return parsePromql(text).kind.length > 0;
        } catch (error) {
          return error instanceof PromqlError && error.message.length > 0;
        }
      }),
    );
  });
});

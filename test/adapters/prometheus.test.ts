import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createPrometheus } from '../../src/adapters/prometheus/create-prometheus.ts';
import { completeRule } from '../../src/lab/telemetry/alerting/added-rule.ts';
import { createEngine } from '../../src/lab/telemetry/engine.ts';
import { createPrometheusApi } from '../../src/lab/telemetry/prometheus-api.ts';
import { limits } from '../../src/limits.ts';
import { metricsContract } from '../contracts/metrics.ts';
import { createPaperWorld } from '../lab/telemetry/paper-world.ts';
import { deadUrl, fetchThatTimesOut, silentLog, startServer } from './telemetry-parts.ts';

const startMs = Date.parse('2026-11-01T10:00:00Z');
const endMs = startMs + 300_000;
const window = { from: new Date(startMs + 60_000).toISOString(), to: new Date(endMs).toISOString() };
const options = { rateWindowSeconds: 20, log: silentLog };
const request = { namespace: 'online-boutique', signal: 'request_rate', by: 'workload', window } as const;

const startLaboratory = async () => {
  const engine = createEngine({ world: createPaperWorld(), groups: [], speed: 1 });
  await engine.recall(startMs, endMs);
  engine.board.addRule(completeRule({ alert: 'Noise', expr: 'vector(1)', labels: { namespace: 'online-boutique' } }));
  engine.board.addRule(completeRule({ alert: 'Elsewhere', expr: 'vector(1)', labels: { namespace: 'other' } }));
  engine.board.addRule(
    completeRule({ alert: 'Soon', expr: 'vector(1)', for: '1h', labels: { namespace: 'online-boutique' } }),
  );
  engine.tick(endMs);
  const app = createPrometheusApi({ store: engine.store, board: engine.board, nowMs: () => endMs });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, close: () => app.close() };
};

metricsContract('Prometheus over the laboratory', async () => {
  const laboratory = await startLaboratory();
  return {
    metrics: createPrometheus({ url: `${laboratory.url}/`, ...options }),
    unreachable: createPrometheus({ url: await deadUrl(), ...options }),
    namespace: 'online-boutique',
    window,
    workload: 'cartservice',
    edge: { from: 'frontend', to: 'cartservice' },
    dataStore: 'redis-cart',
    alert: 'Noise',
    close: async () => {
      await laboratory.close();
    },
  };
});

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

/** An adapter whose Prometheus answers every call the same way; `asked` are the paths that were called. */
const against = async (answer: (response: ServerResponse) => void) => {
  const asked: URL[] = [];
  const server = await startServer((incoming, response) => {
    asked.push(new URL(incoming.url ?? '/', 'http://prometheus'));
    answer(response);
  });
  servers.push(server);
  return { metrics: createPrometheus({ url: `${server.url}/base/`, ...options }), asked, url: server.url };
};

const matrix = (result: readonly unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } });

describe('a Prometheus in trouble is unreachable, with the reason', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'an error in its own words',
      (response) => response.writeHead(422).end('{"status":"error","errorType":"execution","error":"query timed out"}'),
      /^HTTP 422 execution: query timed out$/,
    ],
    [
      'a 500 without words',
      (response) => response.writeHead(500).end(),
      /^HTTP 500, and the answer is not Prometheus' JSON$/,
    ],
    [
      'a page of HTML',
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>login</html>'),
      /^HTTP 200, and the answer is not Prometheus' JSON$/,
    ],
    ['half a JSON', (response) => response.end(matrix([]).slice(0, 40)), /is not Prometheus' JSON$/],
    [
      'another result type',
      (response) => response.end('{"status":"success","data":{"resultType":"vector","result":[]}}'),
      /another shape/,
    ],
    [
      'points that are no points',
      (response) => response.end(matrix([{ metric: {}, values: [['1', 2]] }])),
      /another shape/,
    ],
    ['a connection that breaks', (response) => response.write('{"status":', () => response.destroy()), /./],
  ])('%s', async (_what, answer, reason) => {
    const { metrics } = await against(answer);
    const found = await metrics.series(request);
    expect(found).toMatchObject({ outcome: 'unreachable', reason: expect.stringMatching(reason) });
    expect(await metrics.activeAlerts('online-boutique')).toMatchObject({ outcome: 'unreachable' });
  });

  it('an answer without end is given up as soon as it is too large', async () => {
    const piece = ' '.repeat(1_048_576);
    const { metrics } = await against((response) => {
      const more = (): void => {
        if (response.destroyed) return;
        if (response.write(piece)) setImmediate(more);
        else response.once('drain', more);
      };
      more();
    });
    expect(await metrics.series(request)).toMatchObject({
      outcome: 'unreachable',
      reason: 'the answer is larger than 16777216 bytes',
    });
  });

  it('silence ends at the time limit', async () => {
    const metrics = createPrometheus({ url: 'http://127.0.0.1:9', ...options, fetch: fetchThatTimesOut });
    expect(await metrics.series(request)).toMatchObject({
      outcome: 'unreachable',
      reason: `no answer within ${limits.queryMsMax} ms`,
    });
  });

  it('every call carries a time limit', async () => {
    const signals: unknown[] = [];
    const spy: typeof fetch = (_input, init) => {
      signals.push(init?.signal);
      return Promise.reject(new Error('enough'));
    };
    await createPrometheus({ url: 'http://127.0.0.1:9', ...options, fetch: spy }).series({
      ...request,
      signal: 'cpu_usage',
    });
    expect(signals).toHaveLength(2);
    expect(signals.every((signal) => signal instanceof AbortSignal)).toBe(true);
  });
});

/** So many seconds after the window began. */
const second = (index: number): number => Date.parse(window.from) / 1_000 + index;

describe('what Prometheus answers becomes evidence', () => {
  it('without NaN and infinities, and a series of nothing else is no series', async () => {
    const { metrics } = await against((response) =>
      response.end(
        matrix([
          {
            metric: { workload: 'a' },
            values: [
              [second(1), 'NaN'],
              [second(2), '3.5'],
              [second(3), '+Inf'],
              [second(4), ''],
              [second(5), '-Inf'],
              [second(6), '1e-7'],
            ],
          },
          { metric: { workload: 'b' }, values: [[second(1), 'NaN']] },
          { metric: {}, values: [[second(1), '1']] },
        ]),
      ),
    );
    expect(await metrics.series(request)).toMatchObject({
      outcome: 'found',
      value: [
        {
          workload: 'a',
          points: [
            [second(2), 3.5],
            [second(6), 1e-7],
          ],
        },
      ],
    });
  });

  it('bounded in series and points, whatever comes', async () => {
    const values = Array.from({ length: 1_000 }, (_, index) => [second(index / 100), '1']);
    const { metrics } = await against((response) =>
      response.end(
        matrix(
          Array.from({ length: limits.seriesMax + 50 }, (_, index) => ({
            metric: { workload: `w${index}` },
            values: index === 0 ? values : [[second(1), '1']],
          })),
        ),
      ),
    );
    const answer = await metrics.series(request);
    if (answer.outcome !== 'found') throw new Error(answer.outcome);
    expect(answer.value).toHaveLength(limits.seriesMax);
    expect(answer.value[0]?.points).toHaveLength(limits.seriesPointsMax);
  });

  it('by the clock that was asked for, oldest first, one a moment, and never under a name that no object can have', async () => {
    const long = 'x'.repeat(100_000);
    const { metrics } = await against((response) =>
      response.end(
        matrix([
          {
            metric: { workload: 'a' },
            values: [
              [second(4), '4'],
              [second(2), '1'],
              [second(2), '2'],
              [second(-600), '9'],
              [second(1e9), '9'],
            ],
          },
          { metric: { workload: long }, values: [[second(1), '1']] },
        ]),
      ),
    );
    const answer = await metrics.series(request);
    if (answer.outcome !== 'found') throw new Error(answer.outcome);
    expect(answer.value.map(({ workload, points }) => [workload, points])).toEqual([
      [
        'a',
        [
          [second(2), 2],
          [second(4), 4],
        ],
      ],
    ]);
  });

  it('of any shape without an exception: numbers that are numbers, inside the window, in order', async () => {
    const time = fc.oneof(fc.double(), fc.integer({ min: -100, max: 100 }).map(second));
    const text = fc.oneof(
      fc.constantFrom('NaN', '+Inf', '-Inf', '', '0x10', '1e400'),
      fc.string(),
      fc.double().map(String),
    );
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.constant('y'.repeat(100_000)));
    const series = fc.record({
      metric: fc.dictionary(fc.constantFrom('workload', 'pod'), name),
      values: fc.array(fc.tuple(time, text), { maxLength: 300 }),
    });
    const body = fc.oneof(
      fc.array(series, { maxLength: 5 }).map((all) => matrix(all)),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const metrics = createPrometheus({
          url: 'http://127.0.0.1:9',
          ...options,
          fetch: async () => new Response(sent),
        });
        const answer = await metrics.series(request);
        for (const { workload, points } of answer.outcome === 'found' ? answer.value : []) {
          expect(workload.length).toBeLessThanOrEqual(limits.nameCharsMax);
          expect(points.length).toBeLessThanOrEqual(limits.seriesPointsMax);
          expect(points.every(([, value]) => Number.isFinite(value))).toBe(true);
          expect(points.every(([at], index) => at > (points[index - 1]?.[0] ?? second(0) - 1))).toBe(true);
          expect(points.at(-1)?.[0]).toBeLessThanOrEqual(Date.parse(window.to) / 1_000);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('asks in steps that keep a long window within the bound of points, and links to the graph', async () => {
    const { metrics, asked, url } = await against((response) => response.end(matrix([])));
    const answer = await metrics.series({
      ...request,
      window: { from: '2026-11-01T09:00:00Z', to: '2026-11-01T10:00:00Z' },
    });
    const [call] = asked;
    expect(call?.pathname).toBe('/base/api/v1/query_range');
    const step = Number(call?.searchParams.get('step'));
    expect(3_600 / step).toBeLessThan(limits.seriesPointsMax);
    expect(answer).toMatchObject({ outcome: 'empty', query: call?.searchParams.get('query') });
    const link = new URL(answer.outcome === 'empty' ? (answer.link ?? '') : '');
    expect(link.origin + link.pathname).toBe(`${url}/base/graph`);
    expect(link.searchParams.get('g0.expr')).toBe(call?.searchParams.get('query'));
    expect(link.searchParams.get('g0.range_input')).toBe('3600s');
  });

  it('names the workload after its pod, for each kind of workload, and never takes a word for a hash', async () => {
    const engine = createEngine({
      groups: [],
      speed: 1,
      world: {
        step: () => ({
          logs: [],
          samples: ['redis-cart-7d9f8bc5c6-bcdfg', 'ledger-0', 'node-exporter-x2b9z', 'bare'].map((pod, index) => ({
            name: 'kube_pod_container_status_restarts_total',
            labels: { namespace: 'online-boutique', pod, container: 'server' },
            value: index,
          })),
        }),
      },
    });
    await engine.recall(startMs, endMs);
    const app = createPrometheusApi({ store: engine.store, board: engine.board, nowMs: () => endMs });
    servers.push({ close: async () => void (await app.close()) });
    const metrics = createPrometheus({ url: await app.listen({ host: '127.0.0.1', port: 0 }), ...options });
    const answer = await metrics.series({ ...request, signal: 'restarts' });
    const names = answer.outcome === 'found' ? answer.value.map(({ workload }) => workload) : [];
    expect(new Set(names)).toEqual(new Set(['redis-cart', 'ledger', 'node-exporter']));
  });

  it('speaks of the mesh by the label that it was given', async () => {
    const server = await startServer((_incoming, response) => response.end(matrix([])));
    servers.push(server);
    const metrics = createPrometheus({ url: server.url, ...options, workloadLabel: 'workload_name' });
    const answer = await metrics.series({ ...request, by: 'edge' });
    expect(answer.query).toContain('sum by (workload_name, dst_workload_name)');
    expect(answer.query).not.toContain('deployment');
  });
});

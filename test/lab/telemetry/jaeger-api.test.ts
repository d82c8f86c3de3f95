import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTraces } from '../../../src/adapters/traces/create-traces.ts';
import { createEngine } from '../../../src/lab/telemetry/engine.ts';
import { createJaegerApi } from '../../../src/lab/telemetry/jaeger-api.ts';
import { createTraceStore } from '../../../src/lab/telemetry/trace-store.ts';
import { createWorld } from '../../../src/lab/world/create-world.ts';
import { deadUrl, silentLog } from '../../adapters/telemetry-parts.ts';
import { tracesContract } from '../../contracts/traces.ts';
import { createRunningBoutique, namespace } from '../world-boutique.ts';

const startMs = Date.parse('2026-11-01T10:00:00Z');
const quietMs = startMs + 300_000;
const endMs = quietMs + 60_000;
const instant = (ms: number): string => new Date(ms).toISOString();

/** A shop with five quiet minutes and one in which calls from the front end to the catalogue are late. */
const startShop = async () => {
  let now = startMs;
  const store = createRunningBoutique(() => now);
  const world = createWorld({ store, namespace, seed: 7 });
  const engine = createEngine({ world, groups: [], speed: 1 });
  const recall = async (fromMs: number, toMs: number): Promise<void> => {
    now = toMs;
    await engine.recall(fromMs, toMs);
  };
  await recall(startMs, quietMs);
  const podUid = store.get('pods', namespace, 'productcatalogservice-5d4f8c7b9-aaaaa')?.metadata.uid ?? '';
  world.effects.add({ kind: 'network-delay', podUids: [podUid], peer: 'frontend', delayMs: 600 });
  await recall(quietMs, endMs);
  const app = createJaegerApi({ traces: engine.traces, nowMs: () => endMs });
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
};

tracesContract("the laboratory's Jaeger", async () => {
  const shop = await startShop();
  return {
    traces: createTraces({ url: shop.url, kind: 'auto', log: silentLog }),
    unreachable: createTraces({ url: await deadUrl(), kind: 'auto', log: silentLog }),
    namespace,
    window: { from: instant(startMs), to: instant(endMs) },
    edge: { from: 'frontend', to: 'productcatalogservice' },
    close: async () => {
      await shop.close();
    },
  };
});

interface ToldSpan {
  readonly spanID: string;
  readonly operationName: string;
  readonly references: readonly { readonly refType: string; readonly spanID: string }[];
  readonly startTime: number;
  readonly duration: number;
  readonly processID: string;
  readonly tags: readonly { readonly key: string; readonly value: unknown }[];
}
interface ToldTrace {
  readonly traceID: string;
  readonly spans: readonly ToldSpan[];
  readonly processes: Readonly<Record<string, { readonly serviceName: string }>>;
}

describe("the laboratory's Jaeger", () => {
  let shop: Awaited<ReturnType<typeof startShop>>;
  beforeAll(async () => {
    shop = await startShop();
  });
  afterAll(async () => {
    await shop.close();
  });

  const ask = async (path: string) => {
    const response = await fetch(`${shop.url}${path}`);
    return { status: response.status, body: (await response.json()) as { data: unknown; errors: unknown } };
  };
  const tracesOf = async (query: string): Promise<readonly ToldTrace[]> =>
    (await ask(`/api/traces?${query}`)).body.data as readonly ToldTrace[];

  const gapsMs = (traces: readonly ToldTrace[], from: string, to: string): readonly number[] =>
    traces.flatMap(({ spans, processes }) => {
      const serviceOf = ({ processID }: ToldSpan) => processes[processID]?.serviceName;
      return spans.flatMap((span) => {
        const caller = spans.find(({ spanID }) => spanID === span.references[0]?.spanID);
        if (caller === undefined || serviceOf(span) !== to || serviceOf(caller) !== from) return [];
        return [(caller.duration - span.duration) / 1_000];
      });
    });

  it('names the services that were traced, in the wrapping of Jaeger', async () => {
    const { body } = await ask('/api/services');
    expect(body).toMatchObject({ total: 11, limit: 0, offset: 0, errors: null });
    expect(body.data).toContain('frontend');
    // Redis has no tracing library.
    expect(body.data).not.toContain('redis-cart');
    expect((await ask('/api/services/cartservice/operations')).body.data).toContain('hipstershop.CartService/GetCart');
  });

  it('tells few traces a second, of requests from their first call to their last, with ids of the right size', async () => {
    const traces = await tracesOf('service=frontend&limit=5000');
    expect(traces.length).toBeGreaterThan(250);
    expect(traces.length).toBeLessThanOrEqual((endMs - startMs) / 1_000 + 2);
    for (const { traceID, spans } of traces) {
      expect(traceID).toMatch(/^[0-9a-f]{32}$/);
      expect(spans.filter(({ references }) => references.length === 0)).toHaveLength(1);
      expect(new Set(spans.map(({ spanID }) => spanID)).size).toBe(spans.length);
    }
    expect(
      traces.flatMap(({ spans }) => spans).some(({ operationName }) => operationName === 'GET /product/{id}'),
    ).toBe(true);
  });

  it('shows a delayed edge as a gap between caller and callee, and no other', async () => {
    const span = (fromMs: number, toMs: number) => `start=${fromMs}000&end=${toMs}000&limit=40`;
    const quiet = await tracesOf(`service=productcatalogservice&${span(startMs, quietMs - 2_000)}`);
    const late = await tracesOf(`service=productcatalogservice&${span(quietMs + 2_000, endMs)}`);
    expect(Math.max(...gapsMs(quiet, 'frontend', 'productcatalogservice'))).toBeLessThan(20);
    const delayed = gapsMs(late, 'frontend', 'productcatalogservice');
    expect(delayed.length).toBeGreaterThan(20);
    expect(delayed.toSorted((left, right) => left - right)[Math.floor(delayed.length / 2)]).toBeGreaterThan(300);
    expect(Math.max(...gapsMs(late, 'frontend', 'cartservice'))).toBeLessThan(20);
  });

  it('lets no callee begin before its caller calls', async () => {
    for (const { spans } of await tracesOf('service=frontend&limit=200')) {
      const byId = new Map(spans.map((span) => [span.spanID, span]));
      for (const span of spans) {
        const caller = byId.get(span.references[0]?.spanID ?? '');
        expect(span.startTime).toBeGreaterThanOrEqual((caller?.startTime ?? 0) - 1);
      }
    }
  });

  it('gives the newest first, those in the window only, and as many as are wanted', async () => {
    const all = await tracesOf('service=frontend&limit=5000');
    const few = await tracesOf('service=frontend&limit=3');
    expect(few.map(({ traceID }) => traceID)).toEqual(all.slice(0, 3).map(({ traceID }) => traceID));
    expect(await tracesOf('service=frontend&start=1000&end=2000')).toEqual([]);
    expect(await tracesOf('service=nobody')).toEqual([]);
    const [first] = all;
    expect((await ask(`/api/traces/${first?.traceID}`)).body.data).toEqual([first]);
  });

  it('takes bounds on the duration of the span that is looked for', async () => {
    const long = await tracesOf('service=frontend&minDuration=500ms&limit=5000');
    expect(long.length).toBeGreaterThan(0);
    expect(long.length).toBeLessThan((await tracesOf('service=frontend&limit=5000')).length);
  });

  it.each([
    ['/api/traces', 400, "parameter 'service' is required"],
    ['/api/traces?service=frontend&start=yesterday', 400, /^unable to parse param 'start'/],
    ['/api/traces?service=frontend&minDuration=5', 400, /^unable to parse param 'minDuration'/],
    ['/api/traces?service=frontend&minDuration=2s&maxDuration=1s', 400, /should be greater/],
    ['/api/traces?service=frontend&tags=%7B%7D', 501, /does not search by tags/],
    ['/api/traces/0000', 404, 'trace not found'],
  ])('refuses %s as Jaeger does', async (path, status, msg) => {
    const answer = await ask(path);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ data: null, errors: [{ code: status, msg: expect.stringMatching(msg) }] });
  });
});

describe('the traces in memory', () => {
  it('are bounded in number and in age', () => {
    const store = createTraceStore({ retentionMs: 1_000, tracesMax: 3 });
    const span = (traceId: string, atMs: number) => ({
      ...{ traceId, spanId: 'a', parentId: null, namespace, workload: 'w', pod: 'p', operation: 'o' },
      ...{ kind: 'server' as const, atMs, ms: 1, error: null },
    });
    store.append(['1', '2', '3', '4', '5'].map((id, index) => span(id, index * 500)));
    expect(store.all().map(({ traceId }) => traceId)).toEqual(['5', '4', '3']);
    store.expire(2_700);
    expect(store.all().map(({ traceId }) => traceId)).toEqual(['5']);
  });
});

import type { IncomingMessage, ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createTraces } from '../../src/adapters/traces/create-traces.ts';
import { operationOf, workloadOf } from '../../src/adapters/traces/span-words.ts';
import { readTraces } from '../../src/analysis/read-traces.ts';
import type { Span } from '../../src/domain/trace.ts';
import { limits } from '../../src/limits.ts';
import { tracesContract } from '../contracts/traces.ts';
import { journey } from '../fakes/traced-shop.ts';
import { deadUrl, fetchThatTimesOut, silentLog } from './telemetry-parts.ts';
import {
  createTracesStage,
  hexOf,
  jaegerAnswer,
  jaegerOver,
  jaegerSpan,
  otlpGroups,
  request,
  spansOf,
  tempoOver,
  window,
} from './traces-stage.ts';

const stage = createTracesStage();
afterEach(() => stage.close());

const contractOver = (name: string, over: typeof jaegerOver, kind: 'jaeger' | 'tempo' | 'auto') =>
  tracesContract(name, async () => {
    const own = createTracesStage();
    const { traces } = await own.against(over(spansOf(8)), { kind });
    const unreachable = createTraces({ url: await deadUrl(), kind, log: silentLog });
    return {
      traces,
      unreachable,
      namespace: 'bazaar',
      window,
      edge: { from: 'basket', to: 'vault' },
      close: own.close,
    };
  });

contractOver('Jaeger', jaegerOver, 'jaeger');
contractOver('Tempo', tempoOver, 'tempo');
contractOver('a Tempo that is found out', tempoOver, 'auto');
contractOver('an old Tempo', (spans) => tempoOver(spans, { isOld: true }), 'tempo');

const foundBy = async (over: (incoming: IncomingMessage, response: ServerResponse) => void) => {
  const { traces } = await stage.against(over);
  const answer = await traces.spans(request);
  return answer.outcome === 'found' ? answer.value : [];
};

const answers =
  (services: unknown, traces: (response: ServerResponse) => void) =>
  (incoming: IncomingMessage, response: ServerResponse): void => {
    if (incoming.url?.startsWith('/api/services')) response.end(JSON.stringify({ data: services }));
    else traces(response);
  };

const jaegerSays = (body: unknown) =>
  answers(['vault', 'basket'], (response) => response.end(typeof body === 'string' ? body : JSON.stringify(body)));

describe('what a tracing backend holds becomes spans', () => {
  it('the same from Jaeger and from Tempo, whatever their units and ids look like', async () => {
    const told = spansOf(3).map((span, index) => (index % 3 === 0 ? { ...span, failedCall: true as const } : span));
    const order = (left: Span, right: Span) =>
      `${left.traceId}${left.spanId}` < `${right.traceId}${right.spanId}` ? -1 : 1;
    expect((await foundBy(jaegerOver(told))).toSorted(order)).toEqual([...told].toSorted(order));
    expect((await foundBy(tempoOver(told))).toSorted(order)).toEqual([...told].toSorted(order));
  });

  it('with the gap between caller and callee, also where the clock of one is off by a minute', async () => {
    const skewed = Array.from({ length: 20 }, (_, index) =>
      journey({ id: hexOf(`s${index}`, 16), waitMs: 300, skewMs: 60_000 }),
    ).flat();
    const now = await foundBy(jaegerOver(skewed));
    const quiet = await foundBy(jaegerOver(spansOf(40)));
    const { data } = readTraces({ now, quiet, lines: { now: [], quiet: [] } });
    const edge = data.find((one) => one.edge?.from === 'basket' && one.edge.to === 'vault');
    expect(edge?.times[0]).toMatchObject({ standing: 'raised', now: 300, quiet: 20 });
  });

  it('without a parent where the parent is in another trace, lost, or itself', async () => {
    const [root, ...others] = spansOf(1);
    if (root === undefined) throw new Error('no root');
    const elsewhere = { ...jaegerSpan(root), references: [{ refType: 'CHILD_OF', traceID: 'ffff', spanID: 'aaaa' }] };
    const body = jaegerAnswer([root, ...others.map((span) => ({ ...span, parentId: 'dead' }))]);
    body.data[0]?.spans.splice(0, 1, elsewhere);
    const spans = await foundBy(jaegerSays(body));
    expect(spans).toHaveLength(others.length + 1);
    expect(spans[0]).not.toHaveProperty('parentId');
    expect(readTraces({ now: spans, quiet: spans, lines: { now: [], quiet: [] } }).edges).toEqual([]);
  });

  it('under the workload that Kubernetes knows, and never under a namesake of another namespace', () => {
    const origin = (service: string, attributes: Readonly<Record<string, string>> = {}) =>
      workloadOf({ service, attributes: new Map(Object.entries(attributes)) }, 'bazaar');
    expect(origin('vault')).toBe('vault');
    expect(origin('vault.bazaar')).toBe('vault');
    expect(origin('bazaar/vault')).toBe('vault');
    expect(origin('Vault API', { 'k8s.deployment.name': 'vault', 'k8s.namespace.name': 'bazaar' })).toBe('vault');
    expect(origin('vault', { 'k8s.namespace.name': 'bank' })).toBe('vault.bank');
    expect(origin('a\u0000b\u202ec'.repeat(500)).length).toBeLessThanOrEqual(253);
  });

  it('without what people put into an address', () => {
    expect(operationOf('GET /login?password=hunter2hunter2')).toBe('GET /login');
    expect(operationOf('login token=abcdefabcdefabcdef')).not.toContain('abcdef');
    expect(operationOf('\u0000')).toBe('unnamed');
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (name) => operationOf(name).length <= 300));
  });

  it('as far as they can be read: one odd span costs itself, one odd trace costs itself', async () => {
    const [first, ...others] = spansOf(2);
    if (first === undefined) throw new Error('no span');
    const body = jaegerAnswer([first, ...others]);
    const odd = [{}, null, 7, { ...jaegerSpan(first), duration: -5 }, { ...jaegerSpan(first), startTime: '12' }];
    const [trace, second] = body.data;
    const spans = await foundBy(
      jaegerSays({ ...body, data: [{ ...trace, spans: [...odd, ...(trace?.spans ?? [])] }, 'garbage', second] }),
    );
    expect(spans).toHaveLength(others.length + 1);
  });
});

describe('a question stays within bounds', () => {
  it('asks for few workloads, most for the first of them, and for no service that is not there', async () => {
    const { traces, asked } = await stage.against(jaegerOver(spansOf(5)));
    await traces.spans({ ...request, workloads: ['vault', 'nobody', 'basket', 'gate', 'prices'] });
    const limitsAsked = asked.flatMap(({ url = '' }) => {
      const { pathname, searchParams } = new URL(url, 'http://x');
      return pathname === '/api/traces' ? [[searchParams.get('service'), searchParams.get('limit')]] : [];
    });
    const others = String(limits.tracesOfOthersMax);
    expect(limitsAsked).toEqual([
      ['vault', String(limits.tracesOfFirstMax)],
      ...['basket', 'gate', 'prices'].map((name) => [name, others]),
    ]);
  });

  it('does not ask again for services that the traces of the first pass through often enough', async () => {
    const { tracesOfOthersMax } = limits;
    const alone = (workload: string, index: number): Span[] =>
      spansOf(index)
        .slice(-1)
        .map(({ parentId: _parent, ...span }) => ({ ...span, traceId: hexOf(workload, 16), workload }));
    const { traces, asked } = await stage.against(jaegerOver([...spansOf(tracesOfOthersMax), ...alone('lamp', 1)]));
    const answer = await traces.spans({ ...request, workloads: ['vault', 'basket', 'gate', 'lamp'] });
    const services = asked.map(({ url = '' }) => new URL(url, 'http://x').searchParams.get('service'));
    expect(services.filter((service) => service !== null)).toEqual(['vault', 'lamp']);
    const told = answer.outcome === 'found' ? answer.value : [];
    expect(new Set(told.map(({ traceId }) => traceId)).size).toBe(tracesOfOthersMax + 1);
    expect(answer.query).toMatch(/, and the same for lamp$/);
  });

  it('asks for twice as many of a long quiet window, to know what is ordinary', async () => {
    const { traces, asked } = await stage.against(jaegerOver(spansOf(5)));
    const from = new Date(Date.parse(window.to) - limits.baselineMs).toISOString();
    await traces.spans({ ...request, workloads: ['vault'], window: { ...window, from } });
    expect(asked.at(-1)?.url).toContain(`limit=${2 * limits.tracesOfFirstMax}`);
  });

  it('asks Jaeger in microseconds and Tempo in seconds', async () => {
    const jaeger = await stage.against(jaegerOver(spansOf(1)));
    await jaeger.traces.spans(request);
    expect(jaeger.asked.at(-1)?.url).toContain(`start=${Date.parse(window.from)}000&end=${Date.parse(window.to)}000`);
    const tempo = await stage.against(tempoOver(spansOf(1)), { kind: 'tempo' });
    await tempo.traces.spans(request);
    const search = tempo.asked.find(({ url = '' }) => url.startsWith('/api/search?'));
    expect(search?.url).toContain(`start=${Date.parse(window.from) / 1_000}&end=${Date.parse(window.to) / 1_000}`);
  });

  it("finds out once who answers, and fetches each of Tempo's traces once", async () => {
    const { traces, pathsAsked } = await stage.against(tempoOver(spansOf(4)));
    await traces.spans(request);
    await traces.spans(request);
    const paths = pathsAsked();
    expect(paths.filter((path) => path === '/api/services')).toHaveLength(1);
    expect(paths.filter((path) => path?.startsWith('/api/v2/traces/'))).toHaveLength(8);
  });

  it('gives a reply of ten megabytes up, and asks once for fewer traces', async () => {
    const counts: string[] = [];
    const { traces } = await stage.against((incoming, response) => {
      const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://x');
      if (pathname === '/api/services') return response.end(JSON.stringify({ data: ['vault'] }));
      counts.push(searchParams.get('limit') ?? '');
      if (counts.length > 1) return response.end(JSON.stringify(jaegerAnswer(spansOf(1))));
      return response.end(`{"data":["${'x'.repeat(10_000_000)}"]}`);
    });
    expect(await traces.spans(request)).toMatchObject({ outcome: 'found' });
    expect(counts).toEqual([String(limits.tracesOfFirstMax), '4']);
  });

  it('says how large it was when fewer do not help', async () => {
    const { traces } = await stage.against(
      answers(['vault'], (response) => response.end(`{"data":["${'x'.repeat(10_000_000)}"]}`)),
    );
    expect(await traces.spans(request)).toMatchObject({
      outcome: 'unreachable',
      reason: `the answer is larger than ${limits.traceReplyBytesMax} bytes`,
    });
  });

  it('keeps the first spans of a trace that has no end', async () => {
    const [span] = spansOf(1);
    if (span === undefined) throw new Error('no span');
    const many = Array.from({ length: 5_000 }, (_, index) => ({
      ...span,
      spanId: `s${index}`,
      parentId: `s${index - 1}`,
    }));
    const all = many.map((one) => ({ ...one, workload: 'vault' }));
    expect(await foundBy(jaegerOver(all))).toHaveLength(limits.spansPerTraceMax);
    const hex = all.map((one, index) => ({ ...one, spanId: hexOf(`${index}`, 8), parentId: hexOf(`${index - 1}`, 8) }));
    expect(await foundBy(tempoOver(hex))).toHaveLength(limits.spansPerTraceMax);
  });

  it('shows its token to the backend and to nobody else', async () => {
    const { traces, asked } = await stage.against((_incoming, response) => response.writeHead(401).end('no token'), {
      token: 'sesame-sesame',
    });
    const answer = await traces.spans(request);
    expect(asked[0]?.headers.authorization).toBe('Bearer sesame-sesame');
    expect(answer).toMatchObject({ outcome: 'unreachable', reason: expect.stringContaining('HTTP 401') });
    expect(JSON.stringify(answer)).not.toContain('sesame');
  });
});

describe('a tracing backend in trouble is unreachable, with the reason', () => {
  const spansTold = jaegerAnswer(spansOf(2));
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      "a refusal in Jaeger's words",
      (response) =>
        response.writeHead(400).end(JSON.stringify({ data: null, errors: [{ code: 400, msg: 'bad start' }] })),
      /^HTTP 400: bad start$/,
    ],
    ['a 500 without words', (response) => response.writeHead(500).end(), /^HTTP 500$/],
    ['a page of HTML', (response) => response.end('<html>login</html>'), /^HTTP 200, and the answer is not JSON$/],
    ['half a JSON', (response) => response.end(JSON.stringify(spansTold).slice(0, 500)), /is not JSON$/],
    ['another JSON', (response) => response.end('{"data":{"traces":1}}'), /is not Jaeger's JSON$/],
    ['garbage for traces', (response) => response.end('{"data":[1,null,{"spans":[]}]}'), /is not Jaeger's JSON$/],
    ['a connection that breaks', (response) => response.destroy(), /./],
  ])('%s', async (_what, answer, reason) => {
    const { traces } = await stage.against(answers(['vault'], answer));
    expect(await traces.spans(request)).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringMatching(reason),
    });
  });

  it.each([
    ['milliseconds', 1e-3],
    ['nanoseconds', 1e3],
  ])('and so is one that tells its times in %s', async (_unit, factor) => {
    const told = spansOf(3).map((span) => ({ ...span, startUs: Math.round(span.startUs * factor) }));
    const { traces } = await stage.against(jaegerSays(jaegerAnswer(told)));
    expect(await traces.spans(request)).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('their clock or their unit is wrong'),
    });
  });

  it('but what one workload tells is kept when another one cannot be asked', async () => {
    const over = jaegerOver(spansOf(2));
    const { traces } = await stage.against((incoming, response) => {
      if (incoming.url?.includes('service=basket')) response.writeHead(503).end();
      else over(incoming, response);
    });
    expect(await traces.spans(request)).toMatchObject({ outcome: 'found' });
  });

  it('and a Tempo that loses some of the traces that it found tells of the others', async () => {
    const over = tempoOver(spansOf(6));
    let lost = 0;
    const { traces } = await stage.against((incoming, response) => {
      if (/v2\/traces/.test(incoming.url ?? '') && lost < 2) {
        lost += 1;
        response.writeHead(500).end('block not found');
      } else over(incoming, response);
    });
    const answer = await traces.spans(request);
    expect(answer.outcome === 'found' && new Set(answer.value.map(({ traceId }) => traceId)).size).toBe(4);
  });

  it('names both when nobody there speaks of traces', async () => {
    const { traces } = await stage.against((_incoming, response) => response.writeHead(404).end('nothing here'));
    expect(await traces.spans(request)).toMatchObject({
      outcome: 'unreachable',
      reason: 'neither Jaeger (HTTP 404: nothing here) nor Tempo (HTTP 404: nothing here)',
    });
  });

  it('silence ends at the time limit', async () => {
    const silent = createTraces({ url: 'http://127.0.0.1:9', kind: 'auto', log: silentLog, fetch: fetchThatTimesOut });
    expect(await silent.spans(request)).toMatchObject({
      outcome: 'unreachable',
      reason: `no answer within ${limits.tracesMsMax} ms`,
    });
  });

  it('whatever JSON it answers, nothing is thrown', async () => {
    let body: unknown = null;
    const { traces } = await stage.against(answers(['vault'], (response) => response.end(JSON.stringify(body))));
    const odd = fc.oneof(
      fc.json().map((text) => ({ data: [JSON.parse(text)] })),
      fc.jsonValue(),
    );
    await fc.assert(
      fc.asyncProperty(odd, async (value) => {
        body = value;
        expect(['found', 'empty', 'unreachable']).toContain((await traces.spans(request)).outcome);
      }),
      { numRuns: 60 },
    );
    const tempo = await stage.against((incoming, response) =>
      /v2\/traces/.test(incoming.url ?? '')
        ? response.end(JSON.stringify(body))
        : tempoOver(spansOf(1))(incoming, response),
    );
    const groups = fc.oneof(
      fc.jsonValue(),
      fc.jsonValue().map((inner) => ({ trace: { resourceSpans: [inner, ...otlpGroups(spansOf(1))] } })),
    );
    await fc.assert(
      fc.asyncProperty(groups, async (value) => {
        body = value;
        expect(['found', 'empty', 'unreachable']).toContain((await tempo.traces.spans(request)).outcome);
      }),
      { numRuns: 40 },
    );
  });
});

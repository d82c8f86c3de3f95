import type { ServerResponse } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { cleanLine } from '../../src/adapters/loki/clean-line.ts';
import { createLoki } from '../../src/adapters/loki/create-loki.ts';
import { createEngine } from '../../src/lab/telemetry/engine.ts';
import { createLokiApi } from '../../src/lab/telemetry/loki-api.ts';
import { limits } from '../../src/limits.ts';
import { logsContract } from '../contracts/logs.ts';
import { createPaperWorld } from '../lab/telemetry/paper-world.ts';
import { deadUrl, fetchThatTimesOut, silentLog, startServer } from './telemetry-parts.ts';

const startMs = Date.parse('2026-11-01T10:00:00Z');
const endMs = startMs + 60_000;
const window = { from: new Date(startMs).toISOString(), to: new Date(endMs).toISOString() };
const request = { namespace: 'online-boutique', window, limit: 100 } as const;

logsContract('Loki over the laboratory', async () => {
  const world = createPaperWorld();
  const engine = createEngine({ world, groups: [], speed: 1 });
  await engine.recall(startMs, startMs + 30_000);
  world.say('cartservice', `\u001b[31mtimeout\u001b[0m talking\u0000 to redis ${'x'.repeat(5_000)}`);
  await engine.recall(startMs + 30_000, endMs + 1);
  const app = createLokiApi({ logs: engine.logs, nowMs: () => endMs });
  return {
    logs: createLoki({ url: `${await app.listen({ host: '127.0.0.1', port: 0 })}/`, log: silentLog }),
    unreachable: createLoki({ url: await deadUrl(), log: silentLog }),
    namespace: 'online-boutique',
    window,
    workload: 'cartservice',
    said: 'timeout talking  to redis xxx',
    close: async () => {
      await app.close();
    },
  };
});

const servers: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

const against = async (answer: (response: ServerResponse) => void) => {
  const asked: URL[] = [];
  const server = await startServer((incoming, response) => {
    asked.push(new URL(incoming.url ?? '/', 'http://loki'));
    answer(response);
  });
  servers.push(server);
  return { logs: createLoki({ url: server.url, log: silentLog }), asked };
};

const streams = (result: readonly unknown[]): string =>
  JSON.stringify({ status: 'success', data: { resultType: 'streams', result, stats: {} } });

describe('a Loki in trouble is unreachable, with the reason', () => {
  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    [
      'a refusal in plain text',
      (response) => response.writeHead(400).end('parse error at line 1\n'),
      /^HTTP 400: parse error at line 1$/,
    ],
    ['a 500 without words', (response) => response.writeHead(500).end(), /^HTTP 500$/],
    [
      'a page of HTML with an error',
      (response) => response.writeHead(502).end('<html>bad gateway</html>'),
      /^HTTP 502$/,
    ],
    [
      'a page of HTML',
      (response) => response.end('<html>login</html>'),
      /^HTTP 200, and the answer is not Loki's JSON$/,
    ],
    ['half a JSON', (response) => response.end(streams([]).slice(0, 30)), /is not Loki's JSON$/],
    [
      'numbers for instants',
      (response) => response.end(streams([{ stream: {}, values: [[1, 'x']] }])),
      /is not Loki's JSON$/,
    ],
    [
      'instants beyond all bounds',
      (response) => response.end(streams([{ stream: {}, values: [['9'.repeat(40), 'x']] }])),
      /is not Loki's JSON$/,
    ],
  ])('%s', async (_what, answer, reason) => {
    const { logs } = await against(answer);
    expect(await logs.lines(request)).toMatchObject({ outcome: 'unreachable', reason: expect.stringMatching(reason) });
  });

  it('a huge answer is given up, and silence ends at the time limit', async () => {
    const { logs } = await against((response) =>
      response.end(streams([{ stream: {}, values: [['1', 'x'.repeat(17_000_000)]] }])),
    );
    expect(await logs.lines(request)).toMatchObject({
      outcome: 'unreachable',
      reason: expect.stringContaining('larger than'),
    });
    const silent = createLoki({ url: 'http://127.0.0.1:9', log: silentLog, fetch: fetchThatTimesOut });
    expect(await silent.lines(request)).toMatchObject({
      outcome: 'unreachable',
      reason: `no answer within ${limits.queryMsMax} ms`,
    });
  });
});

/** So many nanoseconds after the window began. */
const moment = (ns: number): string => String(BigInt(startMs) * 1_000_000n + BigInt(ns));

describe('what Loki answers becomes lines', () => {
  it('merged over streams by nanosecond, with the workload taken from the pod where no label names it', async () => {
    const { logs, asked } = await against((response) =>
      response.end(
        streams([
          {
            stream: { pod: 'cartservice-7d9f8bc5c6-bcdfg' },
            values: [
              [moment(3), 'third'],
              [moment(1), 'first', { trace_id: 'x' }],
            ],
          },
          { stream: { app: 'frontend', pod: 'frontend-0' }, values: [[moment(2), 'second']] },
        ]),
      ),
    );
    const answer = await logs.lines({ ...request, limit: 1_000_000 });
    expect(answer).toMatchObject({
      outcome: 'found',
      value: [
        { text: 'first', workload: 'cartservice' },
        { text: 'second', workload: 'frontend' },
        { text: 'third', pod: 'cartservice-7d9f8bc5c6-bcdfg' },
      ],
    });
    expect(Object.fromEntries(asked[0]?.searchParams ?? [])).toEqual({
      query: '{namespace="online-boutique"}',
      start: `${startMs}000000`,
      end: `${endMs + 1}000000`,
      limit: String(limits.logLinesMax),
      direction: 'backward',
    });
  });

  it('never more than were asked for, even when Loki sends more', async () => {
    const values = Array.from({ length: 50 }, (_, index) => [moment(index), `line ${index}`]);
    const { logs } = await against((response) => response.end(streams([{ stream: { app: 'a' }, values }])));
    const answer = await logs.lines({ ...request, limit: 2 });
    expect(answer).toMatchObject({ outcome: 'found', value: [{ text: 'line 48' }, { text: 'line 49' }] });
  });

  it('never from outside the window, whatever the clocks of their writers say', async () => {
    const values = [
      [moment(-1_000_000_000), 'too early'],
      [moment(5), 'in time'],
      ['9999999999999999999', 'from the future'],
    ];
    const { logs } = await against((response) => response.end(streams([{ stream: { app: 'a' }, values }])));
    expect(await logs.lines(request)).toMatchObject({ outcome: 'found', value: [{ text: 'in time' }] });
  });

  it('cut to their bound, though each has ten megabytes; an answer that is larger than its own bound is no answer', async () => {
    const line = 'y'.repeat(10_000_000);
    const answering = (count: number) => () =>
      Promise.resolve(
        new Response(
          streams([{ stream: { app: 'a' }, values: Array.from({ length: count }, (_, ns) => [moment(ns), line]) }]),
        ),
      );
    const asking = (count: number) =>
      createLoki({ url: 'http://127.0.0.1:9', log: silentLog, fetch: answering(count) }).lines(request);
    const one = await asking(1);
    if (one.outcome !== 'found') throw new Error(one.outcome);
    expect(one.value[0]?.text).toHaveLength(limits.logLineCharsMax);
    expect(await asking(2)).toMatchObject({
      outcome: 'unreachable',
      reason: `the answer is larger than ${limits.answerBytesMax} bytes`,
    });
  });

  it('of any shape without an exception: clean, bounded, in order, and no more than were asked for', async () => {
    const value = fc.tuple(
      fc.oneof(fc.integer({ min: 0, max: 1_000_000 }).map(moment), fc.stringMatching(/^\d{1,19}$/)),
      fc.string({ unit: 'binary', maxLength: 3_000 }),
    );
    const stream = fc.record({
      stream: fc.dictionary(fc.constantFrom('app', 'pod'), fc.string({ unit: 'binary' })),
      values: fc.array(value, { maxLength: 20 }),
    });
    const body = fc.oneof(
      fc.array(stream, { maxLength: 5 }).map((all) => streams(all)),
      fc.json(),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(body, async (sent) => {
        const logs = createLoki({ url: 'http://127.0.0.1:9', log: silentLog, fetch: async () => new Response(sent) });
        const answer = await logs.lines({ ...request, limit: 10 });
        const lines = answer.outcome === 'found' ? answer.value : [];
        expect(lines.length).toBeLessThanOrEqual(10);
        expect(lines.map(({ at }) => at)).toEqual(lines.map(({ at }) => at).toSorted());
        for (const { text } of lines) {
          expect(text.length).toBeLessThanOrEqual(limits.logLineCharsMax);
          expect(text).not.toMatch(/[^\P{Cc}\t]/u);
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('a clean line', () => {
  it.each([
    ['\u001b[1;31merror\u001b[0m: x', 'error: x'],
    ['a\tb', 'a\tb'],
    ['one\r\ntwo\n', 'one  two'],
    ['\u001b]0;title\u0007text', 'text'],
    ['pay \u202egnp.exe', 'pay  gnp.exe'],
    ['', ''],
  ])('%j becomes %j', (line, clean) => {
    expect(cleanLine(line)).toBe(clean);
  });

  it('has no control characters and is bounded, whatever it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), (line) => {
        const clean = cleanLine(line);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must not be there
        return clean.length <= limits.logLineCharsMax && !/[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/.test(clean);
      }),
    );
  });
});

import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import { type HttpStage, secret, startHttpStage } from './http-stage.ts';

let stage: HttpStage;

beforeEach(async () => {
  stage = await startHttpStage();
});

afterEach(() => stage.close());

const good = (change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'A', namespace: 'online-boutique', deployment: 'cartservice' },
  annotations: { summary: 's' },
  startsAt: '2026-01-05T09:59:00Z',
  fingerprint: 'f1',
  ...change,
});

const errorOf = async (answer: Response): Promise<string> => ((await answer.json()) as { error: string }).error;

describe('a refused delivery', () => {
  it.each([
    ['malformed JSON', '/alerts/alertmanager', { body: '{"a":' }, 400, 'malformed-json', 'not JSON'],
    ['an empty body', '/alerts/alertmanager', { body: '' }, 400, 'malformed-json', 'not JSON'],
    [
      'a body of 300,000 opening brackets',
      '/alerts/alertmanager',
      { body: '['.repeat(300_000) },
      400,
      'malformed-json',
      'not JSON',
    ],
    [
      'text instead of JSON',
      '/alerts/alertmanager',
      { body: '{}', headers: { 'content-type': 'text/plain', authorization: `Bearer ${secret}` } },
      415,
      'content-type',
      'application/json',
    ],
    [
      'a form',
      '/alerts/alertmanager',
      {
        body: 'a=1',
        headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${secret}` },
      },
      415,
      'content-type',
      'application/json',
    ],
    [
      'an oversize body',
      '/alerts/alertmanager',
      { body: `"${'x'.repeat(limits.webhookBytesMax)}"` },
      413,
      'too-large',
      'send fewer alerts',
    ],
    [
      'an unknown source',
      '/alerts/nagios',
      { body: '{}' },
      404,
      'unknown-source',
      '/alerts/alertmanager, /alerts/goalert',
    ],
    [
      'no token',
      '/alerts/alertmanager',
      { body: '{}', headers: { 'content-type': 'application/json' } },
      401,
      'unknown-sender',
      'Authorization: Bearer',
    ],
    [
      'a wrong token',
      '/alerts/alertmanager',
      { body: '{}', headers: { authorization: 'Bearer wrong-wrong-wrong' } },
      401,
      'unknown-sender',
      'Authorization: Bearer',
    ],
    [
      'another scheme than Bearer',
      '/alerts/alertmanager',
      { body: '{}', headers: { authorization: `Basic ${secret}` } },
      401,
      'unknown-sender',
      'Authorization: Bearer',
    ],
    [
      'a wrong secret in the path',
      '/alerts/goalert/wrong-wrong-wrong',
      { body: '{}' },
      401,
      'unknown-sender',
      'secret path',
    ],
    ['an unknown path', '/alert', { body: '{}' }, 404, 'unknown-path', '/alerts/<source>'],
    ['a path that climbs', '/alerts/..%2f..%2fetc', { body: '{}' }, 404, 'unknown-source', 'no such alert source'],
    ['a path that cannot be read', '/alerts/%E0%A4%A', { body: '{}' }, 400, 'bad-request', 'address'],
    [
      'a method that is not taken',
      '/alerts/alertmanager',
      { method: 'GET', body: null },
      405,
      'wrong-method',
      'POST only',
    ],
    [
      'OPTIONS of the webhook',
      '/alerts/alertmanager',
      { method: 'OPTIONS', body: null },
      405,
      'wrong-method',
      'POST only',
    ],
    ['DELETE of a probe', '/healthz', { method: 'DELETE', body: null }, 405, 'wrong-method', 'GET, HEAD only'],
  ])(
    '%s: says what is wrong and what to do, and stands in the journal and the metrics',
    async (_name, path, init, status, kind, words) => {
      const answer = await stage.post(path, init);
      expect(answer.status).toBe(status);
      expect(await errorOf(answer)).toContain(words);
      expect(await stage.kept()).toEqual([]);
      expect(await stage.refusals()).toMatchObject([{ subject: kind, detail: { status, from: '127.0.0.1' } }]);
      expect(await stage.metrics()).toContain(`sre_refusals_total{kind="${kind}"} 1`);
      expect(
        (await stage.post('/alerts/alertmanager', { body: JSON.stringify({ version: '4', alerts: [good()] }) })).status,
      ).toBe(202);
    },
  );

  it('keeps secrets and bodies out of the journal', async () => {
    await stage.post('/alerts/goalert/almost-the-secret', { body: '{"Summary":"my-private-words"}' });
    await stage.post(`/alerts/goalert/${secret}`, { body: '{"Summary": my-private-words' });
    await stage.post('/alerts/alertmanager', { body: '{}', headers: { authorization: 'Bearer almost-the-secret' } });
    const told = JSON.stringify(await stage.refusals());
    for (const word of ['almost-the-secret', secret, 'my-private-words']) expect(told).not.toContain(word);
  });

  it('is refused before its body is read when nobody knows the sender', async () => {
    const { socket, heard } = stage.connect();
    // A body is announced, and never sent.
    socket.write(
      'POST /alerts/alertmanager HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n',
    );
    await once(socket, 'data');
    socket.destroy();
    await heard;
    expect(await stage.refusals()).toMatchObject([{ subject: 'unknown-sender' }]);
  });

  it('answers HEAD of a probe, and tells the methods of an address', async () => {
    expect((await fetch(`${stage.base}/healthz`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${stage.base}/metrics`, { method: 'POST' })).headers.get('allow')).toBe('GET, HEAD');
  });

  it('takes a secret of 300 characters in the path for what it is: a wrong one, not a missing page', async () => {
    expect((await stage.post(`/alerts/goalert/${'x'.repeat(300)}`, { body: '{}' })).status).toBe(401);
  });
});

describe('a flood of refusals', () => {
  const flood = async (count: number) => {
    for (let n = 0; n < count; n += 1) await stage.post('/alerts/alertmanager', { body: 'no' });
  };

  it('is counted, and does not fill the journal; the journal says how many it left out', async () => {
    await flood(limits.refusalsJournalledMax * 2 + 1);
    const told = await stage.refusals();
    expect(told.length).toBe(limits.refusalsJournalledMax + 1);
    expect(told.at(-1)).toMatchObject({ detail: { countedButNotWritten: limits.refusalsJournalledMax } });
    expect(await stage.metrics()).toContain(
      `sre_refusals_total{kind="malformed-json"} ${limits.refusalsJournalledMax * 2 + 1}`,
    );
  });

  it('does not hide refusals of another kind', async () => {
    await flood(limits.refusalsJournalledMax + 5);
    await stage.post('/alerts/alertmanager', { body: '{}' });
    expect((await stage.refusals()).at(-1)).toMatchObject({ subject: 'no-alert-readable', actor: 'am' });
  });

  it('is told again when ten minutes are over, with what was left out meanwhile', async () => {
    await flood(limits.refusalsJournalledMax + 7);
    stage.clock.advance(limits.refusalWindowMs);
    await flood(1);
    expect((await stage.refusals()).at(-1)).toMatchObject({ detail: { countedButNotWritten: 7 } });
  });
});

describe('a batch that is malformed in part', () => {
  it('loses no neighbour, and the answer and the journal say which alert was refused and why', async () => {
    const answer = await stage.deliver([good(), { status: 'on fire', labels: {} }, null, good({ fingerprint: 'f2' })]);
    expect([answer.status, await answer.json()]).toEqual([
      202,
      expect.objectContaining({
        accepted: 2,
        refused: [
          { index: 1, reason: expect.stringContaining('status') },
          { index: 2, reason: expect.stringContaining('expected object') },
        ],
      }),
    ]);
    expect((await stage.kept()).map(({ fingerprint }) => fingerprint)).toEqual(['f1', 'f2']);
    expect(await stage.refusals()).toMatchObject([
      {
        subject: 'some-alerts-unreadable',
        actor: 'am',
        detail: {
          source: 'alertmanager',
          reason: expect.stringMatching(/^2 of 4 refused: alert 1: status.*alert 2: /),
        },
      },
    ]);
  });

  it('loses no neighbour of an alert with a label called __proto__', async () => {
    const text = `{"version":"4","alerts":[${JSON.stringify(good())},{"status":"firing","fingerprint":"f2","startsAt":"2026-01-05T09:59:00Z","labels":{"__proto__":{"x":"y"},"constructor":{"prototype":{}},"alertname":"B"}}]}`;
    expect((await stage.post('/alerts/alertmanager', { body: text })).status).toBe(202);
    expect((await stage.kept()).map(({ name }) => name)).toEqual(['A', 'B']);
    expect(({} as { x?: string }).x).toBeUndefined();
  });

  it('bounds the answer to a batch of thousands of malformed alerts', async () => {
    const answer = await stage.deliver(Array.from({ length: 4_000 }, () => ({})));
    const told = (await answer.json()) as { refused: unknown[]; refusedMore: number };
    expect([answer.status, told.refused.length, told.refusedMore]).toEqual([
      422,
      limits.refusalsToldMax,
      4_000 - limits.refusalsToldMax,
    ]);
  });

  it('tells the sender what is doubtful about what was kept', async () => {
    const answer = await stage.deliver([good({ startsAt: 'never' })]);
    expect(await answer.json()).toMatchObject({
      accepted: 1,
      doubts: [expect.stringContaining('"never" cannot be read')],
    });
  });

  it('stores a replayed delivery once and says that it was a repeat', async () => {
    const odd = good({ startsAt: '0001-01-01T00:00:00Z', fingerprint: 'f2' });
    await stage.deliver([good(), odd]);
    stage.clock.advance(1_000);
    expect(await (await stage.deliver([good(), odd])).json()).toMatchObject({ accepted: 2, repeated: 2 });
    expect((await stage.kept()).length).toBe(2);
  });
});

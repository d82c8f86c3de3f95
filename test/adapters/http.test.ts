import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrometheusMeter } from '../../src/adapters/http/prometheus-meter.ts';
import { createHttpServer, type HttpServer } from '../../src/adapters/http/server.ts';
import type { Alert } from '../../src/domain/alert.ts';
import { sources } from '../../src/sources/index.ts';
import { silentLog, wallClock } from '../fakes/clock.ts';

const secret = 'a-secret-of-enough-characters';
let kept: Alert[];
let full: boolean;
let waiting: number;
let notices: string[];
let missing: string[];
let server: HttpServer;
let base: string;

beforeEach(async () => {
  kept = [];
  full = false;
  waiting = 0;
  notices = [];
  missing = [];
  const { meter, text } = createPrometheusMeter();
  server = createHttpServer({
    host: '127.0.0.1',
    port: 0,
    senders: [{ name: 'am', secret }],
    sources,
    inbox: {
      size: async () => waiting,
      accept: async (alerts) => {
        if (full) throw new Error('database or disk is full');
        kept.push(...alerts);
        return alerts.map((_alert, n) => ({ id: String(n), repeated: false }));
      },
    },
    journal: { append: async (entry) => ({ ...entry, sequence: 1, at: '', previousHash: '', hash: '' }) },
    clock: wallClock,
    log: silentLog,
    meter,
    metricsText: text,
    ready: () => missing,
    notices: { tell: (kind) => notices.push(kind) },
  });
  base = await server.start();
});

afterEach(() => server.stop());

const body = JSON.stringify({
  version: '4',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'A' },
      annotations: {},
      startsAt: '2026-01-05T10:00:00Z',
      fingerprint: 'f',
    },
  ],
});
const post = (path: string, init: RequestInit = {}) =>
  fetch(`${base}${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
    ...init,
  });

describe('the webhook', () => {
  it('answers 202 after the alert is kept, with the verified sender on it', async () => {
    const answer = await post('/alerts/alertmanager');
    expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ accepted: 1, refused: [] })]);
    expect(kept[0]?.sender).toEqual({ name: 'am', via: 'bearer' });
  });

  it('takes the secret as a part of the path too', async () => {
    expect(
      (await post(`/alerts/alertmanager/${secret}`, { headers: { 'content-type': 'application/json' } })).status,
    ).toBe(202);
    expect(kept[0]?.sender.via).toBe('path');
  });

  it.each([
    ['no secret', '/alerts/alertmanager', { headers: { 'content-type': 'application/json' } }, 401],
    ['a wrong secret', '/alerts/alertmanager/wrong-wrong-wrong', {}, 401],
    ['an unknown source', '/alerts/nagios', {}, 404],
    ['malformed JSON', '/alerts/alertmanager', { body: '{"a":' }, 400],
    [
      'another content type',
      '/alerts/alertmanager',
      { body: 'x', headers: { 'content-type': 'text/csv', authorization: `Bearer ${secret}` } },
      415,
    ],
    ['an oversize body', '/alerts/alertmanager', { body: `"${'x'.repeat(1_100_000)}"` }, 413],
    ['a body that is no alert', '/alerts/alertmanager', { body: '{}' }, 422],
  ])('refuses %s clearly and keeps nothing', async (_name, path, init, status) => {
    const answer = await post(path, init);
    expect(answer.status).toBe(status);
    expect(Object.keys((await answer.json()) as object).length).toBeGreaterThan(0);
    expect(kept).toEqual([]);
  });

  it('answers 503 with advice when the alert could not be kept, so that the sender tries again', async () => {
    full = true;
    const answer = await post('/alerts/alertmanager');
    expect([answer.status, await answer.json()]).toEqual([
      503,
      { error: 'the alert could not be kept (has the bot’s disk room?): send it again' },
    ]);
    expect(answer.headers.get('retry-after')).toBe('5');
  });
});

describe('the probes', () => {
  it('is alive, and ready only when nothing is missing', async () => {
    missing = ['Slack'];
    expect((await fetch(`${base}/healthz`)).status).toBe(200);
    expect((await fetch(`${base}/readyz`)).status).toBe(503);
    missing = [];
    expect((await fetch(`${base}/readyz`)).status).toBe(200);
  });

  it('shows the metrics of what happened', async () => {
    await post('/alerts/alertmanager');
    expect(await (await fetch(`${base}/metrics`)).text()).toContain(
      'sre_alerts_total{source="alertmanager",kind="new"} 1',
    );
  });

  it('asks a sender to come again when the inbox is full, and tells people once', async () => {
    waiting = 1_000_000;
    const response = await post('/alerts/alertmanager');
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect({ kept, notices }).toEqual({ kept: [], notices: ['inbox-full'] });
    expect(await (await fetch(`${base}/metrics`)).text()).toContain('sre_refusals_total{kind="inbox-full"} 1');
  });
});

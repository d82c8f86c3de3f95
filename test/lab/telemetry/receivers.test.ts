import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ActiveAlert } from '../../../src/lab/telemetry/alerting/alert-rule.ts';
import { alertFingerprint } from '../../../src/lab/telemetry/notify/alert-fingerprint.ts';
import { retryBounds } from '../../../src/lab/telemetry/notify/notifier.ts';
import { createReceivers, type Receivers } from '../../../src/lab/telemetry/notify/receivers.ts';
import { type ListeningPost, startListeningPost } from './listening-post.ts';

const origins = {
  receiver: 'ai4all-sre',
  externalUrl: 'http://127.0.0.1:9093',
  prometheusUrl: 'http://127.0.0.1:9090',
};
const t0 = 1_790_000_000_000;
const repeatMs = 60_000;

const alert = (labels: Record<string, string>, more: Partial<ActiveAlert> = {}): ActiveAlert => ({
  labels: { alertname: 'EdgeErrorsHigh', namespace: 'online-boutique', workload: 'cartservice', ...labels },
  annotations: { summary: `${labels.caller ?? 'somebody'} sees errors` },
  state: 'firing',
  activeAtMs: t0 - 10_000,
  firedAtMs: t0 - 5_000,
  value: 0.3,
  expr: 'a > 0.05',
  ...more,
});

const resolved = (labels: Record<string, string>): ActiveAlert =>
  alert(labels, { state: 'resolved', resolvedAtMs: t0 + 9_000 });

let post: ListeningPost;
let receivers: Receivers;

beforeEach(async () => {
  post = await startListeningPost();
  receivers = createReceivers({ repeatMs, origins });
});

afterEach(async () => {
  await post.close();
});

describe('fingerprints', () => {
  it('are those of Alertmanager: FNV-1a over sorted names and values', () => {
    expect(alertFingerprint({})).toBe('cbf29ce484222325');
    expect(alertFingerprint({ b: '2', a: '1' })).toBe(alertFingerprint({ a: '1', b: '2' }));
    expect(alertFingerprint({ a: '1' })).not.toBe(alertFingerprint({ a: '2' }));
    expect(alertFingerprint({ alertname: 'X' })).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('an Alertmanager receiver', () => {
  beforeEach(() => {
    receivers.add({ kind: 'alertmanager', url: `${post.url}/alerts`, token: 'lab-token' });
  });

  it('gets one message a group, in the form of version 4, with the bearer token', async () => {
    await receivers.tick(t0, [
      alert({ caller: 'frontend' }),
      alert({ caller: 'checkoutservice' }),
      alert({ workload: 'adservice' }),
    ]);
    expect(post.heard).toHaveLength(2);
    const message = post.heard.find(({ body }) => body.groupLabels.workload === 'cartservice');
    expect(message?.headers).toMatchObject({ authorization: 'Bearer lab-token', 'content-type': 'application/json' });
    expect(message?.body).toEqual({
      receiver: 'ai4all-sre',
      status: 'firing',
      alerts: ['frontend', 'checkoutservice'].map((caller) => ({
        status: 'firing',
        labels: { alertname: 'EdgeErrorsHigh', namespace: 'online-boutique', workload: 'cartservice', caller },
        annotations: { summary: `${caller} sees errors` },
        startsAt: new Date(t0 - 5_000).toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://127.0.0.1:9090/graph?g0.expr=a+%3E+0.05&g0.tab=1',
        fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      })),
      groupLabels: { alertname: 'EdgeErrorsHigh', namespace: 'online-boutique', workload: 'cartservice' },
      commonLabels: { alertname: 'EdgeErrorsHigh', namespace: 'online-boutique', workload: 'cartservice' },
      commonAnnotations: {},
      externalURL: 'http://127.0.0.1:9093',
      version: '4',
      groupKey: '{}:{alertname="EdgeErrorsHigh", namespace="online-boutique", workload="cartservice"}',
      truncatedAlerts: 0,
    });
  });

  it('is told again only when something changes or the repeat interval is over', async () => {
    const firing = [alert({ caller: 'frontend' })];
    await receivers.tick(t0, firing);
    await receivers.tick(t0 + 2_000, firing);
    await receivers.tick(t0 + repeatMs - 1, firing);
    expect(post.heard).toHaveLength(1);
    await receivers.tick(t0 + repeatMs, firing);
    expect(post.heard).toHaveLength(2);
    await receivers.tick(t0 + repeatMs + 2_000, [...firing, alert({ caller: 'checkoutservice' })]);
    expect(post.heard).toHaveLength(3);
  });

  it('hears of the end of one alert while the group fires, and of the end of the group', async () => {
    await receivers.tick(t0, [alert({ caller: 'frontend' }), alert({ caller: 'checkoutservice' })]);
    await receivers.tick(t0 + 2_000, [alert({ caller: 'frontend' }), resolved({ caller: 'checkoutservice' })]);
    expect(post.heard[1]?.body).toMatchObject({
      status: 'firing',
      alerts: [{ status: 'firing' }, { status: 'resolved' }],
    });
    await receivers.tick(t0 + 4_000, [alert({ caller: 'frontend' })]);
    expect(post.heard).toHaveLength(2);
    await receivers.tick(t0 + 6_000, [resolved({ caller: 'frontend' })]);
    expect(post.heard[2]?.body).toMatchObject({
      status: 'resolved',
      alerts: [{ status: 'resolved', endsAt: new Date(t0 + 9_000).toISOString() }],
    });
    await receivers.tick(t0 + repeatMs * 2, []);
    expect(post.heard).toHaveLength(3);
  });

  it('is tried again with back-off while it is in trouble, and then hears the state of that moment', async () => {
    post.status = 503;
    await receivers.tick(t0, [alert({ caller: 'frontend' })]);
    await receivers.tick(t0 + retryBounds.firstMs - 1, []);
    expect(post.heard).toHaveLength(1);
    await receivers.tick(t0 + retryBounds.firstMs, []);
    await receivers.tick(t0 + retryBounds.firstMs * 2, []);
    expect(post.heard).toHaveLength(2);
    post.status = 200;
    await receivers.tick(t0 + 10_000, [resolved({ caller: 'frontend' })]);
    expect(post.heard[2]?.body.status).toBe('resolved');
    await receivers.tick(t0 + 20_000, []);
    expect(post.heard).toHaveLength(3);
  });

  it('is not tried for ever', async () => {
    post.status = 500;
    await receivers.tick(t0, [alert({ caller: 'frontend' })]);
    for (let step = 1; step < retryBounds.triesMax + 20; step += 1)
      await receivers.tick(t0 + step * retryBounds.lastMs, []);
    expect(post.heard).toHaveLength(retryBounds.triesMax);
  });

  it('that refuses is believed', async () => {
    post.status = 401;
    await receivers.tick(t0, [alert({ caller: 'frontend' })]);
    await receivers.tick(t0 + 30_000, []);
    expect(post.heard).toHaveLength(1);
  });

  it('that is away at the start hears everything once it is there', async () => {
    const url = post.url;
    await post.close();
    const late = createReceivers({ repeatMs, origins });
    late.add({ kind: 'alertmanager', url: `${url}/alerts` });
    await late.tick(t0, [alert({ caller: 'frontend' })]);
    post = await startListeningPost();
    late.add({ kind: 'alertmanager', url: `${post.url}/alerts` });
    await late.tick(t0 + 2_000, [alert({ caller: 'frontend' })]);
    expect(post.heard).toHaveLength(1);
    expect(post.heard[0]?.headers.authorization).toBeUndefined();
  });
});

describe('a GoAlert receiver', () => {
  beforeEach(() => {
    receivers.add({ kind: 'goalert', url: `${post.url}/goalert/s3cret` });
  });

  it('gets Alert and AlertStatus messages with one number from start to end', async () => {
    await receivers.tick(t0, [alert({ caller: 'frontend' })]);
    await receivers.tick(t0 + 2_000, [resolved({ caller: 'frontend' })]);
    await receivers.tick(t0 + 4_000, [alert({ caller: 'frontend' })]);
    expect(post.heard.map(({ path }) => path)).toEqual(Array.from({ length: 3 }, () => '/goalert/s3cret'));
    const [opened, closed, again] = post.heard.map(({ body }) => body);
    expect(opened).toEqual({
      AppName: 'GoAlert',
      Type: 'Alert',
      AlertID: 1,
      Summary: 'frontend sees errors',
      Details: expect.stringContaining('## Payload'),
      ServiceID: expect.any(String),
      ServiceName: 'Online Boutique',
      Meta: null,
    });
    expect(closed).toEqual({
      AppName: 'GoAlert',
      Type: 'AlertStatus',
      AlertID: 1,
      LogEntry: expect.stringMatching(/^Closed/),
    });
    expect(again).toMatchObject({ Type: 'Alert', AlertID: 2 });
  });

  it('carries the whole payload of Alertmanager in the details, as long as it fits', async () => {
    await receivers.tick(t0, [alert({ caller: 'frontend' })]);
    const payload = /```json\n([\s\S]*)\n```/.exec(post.heard[0]?.body.Details)?.[1] ?? '';
    expect(JSON.parse(payload)).toMatchObject({ version: '4', commonLabels: { workload: 'cartservice' } });
    await receivers.tick(
      t0 + 2_000,
      Array.from({ length: 40 }, (_, index) => alert({ caller: `caller-${index}` })),
    );
    expect(post.heard[1]?.body.Details).toHaveLength(6_144);
  });

  it('is not asked again for an answer that GoAlert would not look at', async () => {
    post.status = 500;
    await receivers.tick(t0, [alert({ caller: 'frontend' })]);
    await receivers.tick(t0 + 30_000, [alert({ caller: 'frontend' })]);
    expect(post.heard).toHaveLength(1);
  });
});

describe('a test of the road', () => {
  it('uses the words of each system and leaves nothing open', async () => {
    const remove = receivers.add({ kind: 'goalert', url: `${post.url}/goalert/s3cret` });
    await receivers.sendTest(t0);
    expect(post.heard.map(({ body }) => body)).toEqual([{ AppName: 'GoAlert', Type: 'Test' }]);
    remove();
    receivers.add({ kind: 'alertmanager', url: post.url });
    await receivers.sendTest(t0);
    expect(post.heard.slice(1).map(({ body }) => body.status)).toEqual(['firing', 'resolved']);
    await receivers.tick(t0 + repeatMs, []);
    expect(post.heard).toHaveLength(3);
  });
});

import { describe, expect, it } from 'vitest';
import { limits } from '../../src/limits.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { goalert } from '../../src/sources/goalert.ts';

const delivery = { sender: { name: 'alertmanager', via: 'bearer' }, receivedAt: '2026-01-05T10:00:00.000Z' } as const;
const one = (change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'PodsNotReady', namespace: 'online-boutique', severity: 'page' },
  annotations: { summary: 'pods are not ready' },
  startsAt: '2026-01-05T09:59:00.123456789Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus/graph',
  fingerprint: 'c0ffee',
  ...change,
});
const batch = (alerts: readonly unknown[], change: object = {}) => ({
  version: '4',
  status: 'firing',
  receiver: 'sre',
  groupKey: '{}',
  truncatedAlerts: 0,
  groupLabels: {},
  commonLabels: {},
  commonAnnotations: {},
  externalURL: '',
  alerts,
  ...change,
});

describe('Alertmanager, version 4', () => {
  it('reads an alert with its identity, time, severity and sender', () => {
    expect(alertmanager.parse(batch([one()]), delivery).alerts).toEqual([
      expect.objectContaining({
        fingerprint: 'c0ffee',
        status: 'firing',
        name: 'PodsNotReady',
        severity: 'critical',
        startsAt: '2026-01-05T09:59:00.123Z',
        sender: delivery.sender,
      }),
    ]);
  });

  it('keeps the good alerts of a batch and says which one was refused and why', () => {
    const parsed = alertmanager.parse(batch([one(), { status: 'on fire' }, one({ fingerprint: 'b' })]), delivery);
    expect(parsed.alerts.map((alert) => alert.fingerprint)).toEqual(['c0ffee', 'b']);
    expect(parsed.refused).toEqual([{ index: 1, reason: expect.stringContaining('status') }]);
  });

  it('takes the end of a resolved alert only', () => {
    const [firing] = alertmanager.parse(batch([one()]), delivery).alerts;
    const [resolved] = alertmanager.parse(
      batch([one({ status: 'resolved', endsAt: '2026-01-05T10:01:00Z' })]),
      delivery,
    ).alerts;
    expect([firing?.endsAt, resolved?.endsAt]).toEqual([undefined, '2026-01-05T10:01:00.000Z']);
  });

  it('gives alerts without a fingerprint one that depends on the labels alone', () => {
    const fingerprint = (change: object) =>
      alertmanager.parse(batch([one({ fingerprint: undefined, ...change })]), delivery).alerts[0]?.fingerprint;
    const swapped = { severity: 'page', namespace: 'online-boutique', alertname: 'PodsNotReady' };
    expect(fingerprint({ labels: swapped })).toBe(fingerprint({ annotations: {} }));
    expect(fingerprint({ labels: { ...swapped, pod: 'x' } })).not.toBe(fingerprint({}));
  });

  it.each([
    ['another version', batch([one()], { version: '3' })],
    ['an empty batch', batch([])],
  ])('refuses %s as a whole', (_name, body) => {
    expect(alertmanager.parse(body, delivery)).toMatchObject({ alerts: [], refused: [{ index: -1 }] });
  });

  it('removes control characters and bounds values', () => {
    const [alert] = alertmanager.parse(
      batch([one({ annotations: { summary: `a\u0000b${'x'.repeat(10_000)}` } })]),
      delivery,
    ).alerts;
    expect(alert?.annotations.summary?.startsWith('a b')).toBe(true);
    expect(alert?.annotations.summary?.length).toBe(limits.labelCharsMax);
  });
});

describe('GoAlert', () => {
  const alert = {
    AppName: 'GoAlert',
    Type: 'Alert',
    AlertID: 7,
    Summary: 'PodsNotReady cartservice',
    Details: 'namespace: online-boutique\ndeployment = cartservice\n- severity: warning',
    ServiceID: 's',
    ServiceName: 'boutique',
    Meta: null,
  };

  it('reads labels from the details and the meta data', () => {
    const [read] = goalert.parse({ ...alert, Meta: { severity: 'critical' } }, delivery).alerts;
    expect(read).toMatchObject({
      fingerprint: 'goalert-7',
      severity: 'critical',
      labels: { namespace: 'online-boutique', deployment: 'cartservice', goalert_service: 'boutique' },
    });
  });

  it('takes a closing status entry for the end of the alert, and an acknowledgement for a notice', () => {
    const status = { AppName: 'GoAlert', Type: 'AlertStatus', AlertID: 7, LogEntry: 'Closed by alice' };
    expect(goalert.parse(status, delivery).alerts[0]).toMatchObject({ fingerprint: 'goalert-7', status: 'resolved' });
    expect(goalert.parse({ ...status, LogEntry: 'Acknowledged by alice' }, delivery)).toMatchObject({
      alerts: [],
      notice: expect.any(String),
    });
  });

  it('tells a person the verification code and how to unbundle', () => {
    expect(goalert.parse({ Type: 'Verification', Code: '283917' }, delivery).notice).toContain('283917');
    expect(
      goalert.parse({ Type: 'AlertBundle', ServiceID: 's', ServiceName: 'x', Count: 3 }, delivery).notice,
    ).toContain('DisableMessageBundles');
  });
});

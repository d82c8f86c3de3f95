import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/domain/alert.ts';
import { limits } from '../../src/limits.ts';
import { alertmanager } from '../../src/sources/alertmanager.ts';
import { goalert } from '../../src/sources/goalert.ts';
import { sources } from '../../src/sources/index.ts';

const receivedAt = '2026-01-05T10:00:00.000Z';
const delivery = { sender: { name: 'alertmanager', via: 'bearer' }, receivedAt } as const;

const good = (change: object = {}) => ({
  status: 'firing',
  labels: { alertname: 'PodsNotReady', namespace: 'online-boutique', severity: 'critical' },
  annotations: { summary: 'pods are not ready' },
  startsAt: '2026-01-05T09:59:00Z',
  fingerprint: 'c0ffee',
  ...change,
});
const batch = (alerts: readonly unknown[]) => ({ version: '4', alerts });
const read = (change: object): Alert => {
  const [alert] = alertmanager.parse(batch([good(change)]), delivery).alerts;
  if (alert === undefined) throw new Error('the alert was refused');
  return alert;
};
const doubtsOf = (change: object): string => (read(change).doubts ?? []).join(' ');

/** JSON in the shapes that senders use, with anything at all where a value belongs. */
const anything = fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' });
const oddAlert = fc.record(
  {
    status: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('firing', 'resolved') }, anything),
    labels: fc.oneof(
      { weight: 4, arbitrary: fc.dictionary(fc.string({ unit: 'binary' }), anything, { maxKeys: 150 }) },
      anything,
    ),
    annotations: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), anything), anything),
    startsAt: fc.oneof(fc.constantFrom('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '-1'), anything),
    endsAt: fc.oneof(fc.constantFrom('0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z'), anything),
    generatorURL: anything,
    fingerprint: anything,
  },
  { requiredKeys: [] },
);
const oddGoAlert = fc.record(
  {
    Type: fc.constantFrom('Alert', 'AlertStatus', 'AlertBundle', 'Verification', 'Test', 'Other'),
    AlertID: fc.oneof({ weight: 4, arbitrary: fc.integer() }, anything),
    Summary: fc.oneof({ weight: 4, arbitrary: fc.string({ unit: 'binary' }) }, anything),
    Details: fc.oneof({ weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 500 }) }, anything),
    LogEntry: fc.oneof({ weight: 4, arbitrary: fc.string({ unit: 'binary' }) }, anything),
    Meta: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), anything), anything),
    Count: anything,
    Code: anything,
  },
  { requiredKeys: ['Type'] },
);
const bodies = fc.oneof(
  anything,
  oddGoAlert,
  fc.record({ version: fc.constant('4'), alerts: fc.array(oddAlert, { maxLength: 5 }) }),
);

const controls = /(?![\n\t])\p{Cc}/u;
const isWhole = (text: string): boolean => !/\p{Cs}/u.test(text);

const expectWithinBounds = (alert: Alert): void => {
  for (const record of [alert.labels, alert.annotations]) {
    // GoAlert's own service is added to the labels that came.
    expect(Object.keys(record).length).toBeLessThanOrEqual(limits.labelsMax + 1);
    for (const [name, value] of Object.entries(record)) {
      expect(name.length).toBeLessThanOrEqual(limits.labelNameCharsMax);
      expect(value.length).toBeLessThanOrEqual(limits.labelCharsMax);
      expect([isWhole(name + value), controls.test(name + value)]).toEqual([true, false]);
    }
  }
  expect(alert.name).toMatch(/^[^\r\n]{1,200}$/);
  expect(alert.fingerprint).toMatch(/^[\w.:-]{1,100}$/);
  const receivedMs = Date.parse(receivedAt);
  for (const at of [alert.startsAt, alert.endsAt ?? receivedAt].map(Date.parse)) {
    expect(at).toBeGreaterThanOrEqual(receivedMs - limits.alertAgeMsMax);
    expect(at).toBeLessThanOrEqual(receivedMs + limits.clockSkewMsMax);
  }
  for (const doubt of alert.doubts ?? []) expect(doubt).toMatch(/^.{1,200}\.$/);
};

describe.each(sources.map((source) => [source.name, source] as const))('the source contract: %s', (_name, source) => {
  it('answers any body with alerts, refusals or a notice, twice the same, and never throws', () => {
    fc.assert(
      fc.property(bodies, (body) => {
        const parsed = source.parse(body, delivery);
        expect(parsed.alerts.length + parsed.refused.length + (parsed.notice === undefined ? 0 : 1)).toBeGreaterThan(0);
        expect(source.parse(structuredClone(body), delivery)).toEqual(parsed);
        for (const { reason } of parsed.refused) expect(reason.length).toBeLessThanOrEqual(400);
      }),
      { numRuns: 400 },
    );
  });

  it('keeps every alert within bounds, of whole characters and around the time of its arrival', () => {
    fc.assert(
      fc.property(bodies, (body) => source.parse(body, delivery).alerts.forEach(expectWithinBounds)),
      { numRuns: 400 },
    );
  });

  it('does not ask what is nested deeply to turn itself into a text', () => {
    const deep = JSON.parse(`${'['.repeat(200_000)}${']'.repeat(200_000)}`) as unknown;
    const goalertBody = { Type: 'Alert', AlertID: 1, Summary: 's', Meta: { deep } };
    for (const body of [
      deep,
      batch([good({ labels: { deep }, annotations: { deep }, startsAt: deep })]),
      goalertBody,
    ]) {
      expect(() => source.parse(body, delivery)).not.toThrow();
    }
  });
});

describe('a batch from Alertmanager', () => {
  it('accounts for each of its alerts: kept, or refused under its index', () => {
    const members = fc.array(fc.oneof(oddAlert, anything), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(members, (alerts) => {
        const parsed = alertmanager.parse(batch(alerts), delivery);
        const indexes = parsed.refused.map(({ index }) => index);
        expect(new Set(indexes).size).toBe(indexes.length);
        expect(indexes.every((index) => index >= 0 && index < alerts.length)).toBe(true);
        expect(parsed.alerts.length + indexes.length).toBe(alerts.length);
      }),
    );
  });

  it('loses no neighbour of a malformed alert, wherever that stands', () => {
    const malformed = fc.constantFrom(
      null,
      7,
      'alert',
      [],
      {},
      { status: 'on fire', labels: {} },
      { status: 'firing' },
    );
    fc.assert(
      fc.property(fc.nat({ max: 8 }), malformed, (at, bad) => {
        const alerts: unknown[] = Array.from({ length: 8 }, (_, n) => good({ fingerprint: `f${n}` }));
        alerts.splice(at, 0, bad);
        const parsed = alertmanager.parse(batch(alerts), delivery);
        expect(parsed.alerts.map(({ fingerprint }) => fingerprint)).toEqual(
          Array.from({ length: 8 }, (_, n) => `f${n}`),
        );
        expect(parsed.refused).toEqual([{ index: at, reason: expect.stringMatching(/./) }]);
      }),
    );
  });

  it('keeps the first alerts of a batch that is too long, and names each of the others', () => {
    const alerts = Array.from({ length: limits.alertsPerDeliveryMax + 2 }, (_, n) => good({ fingerprint: `f${n}` }));
    const parsed = alertmanager.parse(batch(alerts), delivery);
    expect(parsed.alerts.length).toBe(limits.alertsPerDeliveryMax);
    expect(parsed.refused).toEqual(
      [0, 1].map((n) => ({ index: limits.alertsPerDeliveryMax + n, reason: expect.stringContaining('max_alerts') })),
    );
  });

  it('tells that Alertmanager itself left alerts out', () => {
    const parsed = alertmanager.parse({ ...batch([good()]), truncatedAlerts: 12 }, delivery);
    expect([parsed.alerts.length, parsed.notice]).toEqual([1, expect.stringContaining('12 alerts')]);
  });
});

describe('a doubtful alert is kept, and says so', () => {
  it('an ordinary one has no doubts', () => {
    expect(read({}).doubts).toBeUndefined();
  });

  it.each([
    [
      'a thousand labels',
      { labels: Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`a${n}`, 'x'])) },
      '1,000 labels',
    ],
    ['a label that is too long', { labels: { alertname: 'A', x: 'x'.repeat(9_000) } }, 'One label was too long'],
    ['labels that hold no text', { labels: { alertname: 'A', x: {}, y: null } }, '2 labels held no text'],
    ['control characters', { labels: { alertname: 'A\u0000B' } }, 'Control characters'],
    ['no name', { labels: { severity: 'info' } }, 'no name'],
    ['a name of blanks', { labels: { alertname: ' \n ' } }, 'no name'],
    ['an unknown severity', { labels: { alertname: 'A', severity: 'sev-11' } }, '"sev-11" is no known word'],
    ['a start in year 1', { startsAt: '0001-01-01T00:00:00Z' }, 'far from the time of its arrival'],
    ['a start in year 0', { startsAt: '0000-01-01T00:00:00+14:00' }, 'far from the time of its arrival'],
    ['a start in the far future', { startsAt: '9999-12-31T23:59:59Z' }, 'far from the time of its arrival'],
    ['a start that is no instant', { startsAt: 'yesterday' }, '"yesterday" cannot be read'],
    ['a negative start', { startsAt: -1 }, '"-1" cannot be read'],
    ['a day that does not exist', { startsAt: '2026-13-45T99:99:99Z' }, 'cannot be read'],
    ['no start', { startsAt: undefined }, 'cannot be read'],
    ['an end before its start', { status: 'resolved', endsAt: '2026-01-05T09:00:00Z' }, 'ended before it began'],
    ['an end in the far future', { status: 'resolved', endsAt: '2199-01-01T00:00:00Z' }, 'cannot be right'],
    ['a mistyped end', { status: 'resolved', endsAt: [] }, 'cannot be right'],
  ])('%s', (_name, change, doubt) => {
    expect(doubtsOf(change)).toContain(doubt);
    expectWithinBounds(read(change));
  });

  it('keeps of too many labels those that it is understood by', () => {
    const noise = Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`a${n}`, 'x']));
    const labels = { ...noise, severity: 'critical', namespace: 'online-boutique', deployment: 'cartservice' };
    expect(read({ labels })).toMatchObject({
      severity: 'critical',
      labels: { namespace: 'online-boutique', deployment: 'cartservice' },
    });
  });

  it('takes repeats of a firing with an unbelievable start for one and the same firing', () => {
    const of = (at: string) =>
      alertmanager.parse(batch([good({ startsAt: '0001-01-01T00:00:00Z' })]), { ...delivery, receivedAt: at })
        .alerts[0];
    expect(of(receivedAt)?.occurrence).toBe(of('2026-01-05T10:05:00.000Z')?.occurrence);
  });

  it('neither loses a label called __proto__ in an object nor is changed by it', () => {
    const labels = JSON.parse('{"alertname":"A","__proto__":{"severity":"critical"}}') as object;
    expect(read({ labels })).toMatchObject({
      severity: 'warning',
      doubts: [expect.stringContaining('One label held')],
    });
  });

  it('takes no link but an address of the web', () => {
    expect(read({ generatorURL: 'javascript:alert(1)//http' }).link).toBeUndefined();
    expect(read({ generatorURL: 'https://prometheus/graph?g0.expr=up' }).link).toBe(
      'https://prometheus/graph?g0.expr=up',
    );
  });
});

describe('odd details from GoAlert', () => {
  const body = (Details: string) => ({ Type: 'Alert', AlertID: 7, Summary: 'S', Details });

  it('reads a line of half a million blanks, and says that the details were cut', () => {
    const [alert] = goalert.parse(body(`${' '.repeat(500_000)}x`), delivery).alerts;
    expect(alert?.doubts).toEqual(['Its details were too long and cut.']);
  });

  it('bounds the labels that it finds in thousands of lines', () => {
    const details = Array.from({ length: 2_000 }, (_, n) => `l${n}: x`).join('\n');
    const [alert] = goalert.parse(body(`${details}\nnamespace: online-boutique`), delivery).alerts;
    expect(Object.keys(alert?.labels ?? {}).length).toBeLessThanOrEqual(limits.labelsMax + 1);
    expect(alert?.doubts?.join(' ')).toContain('100 of them are kept');
  });
});

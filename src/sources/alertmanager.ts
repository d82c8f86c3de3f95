import { createHash } from 'node:crypto';
import { z } from 'zod';
import { alertNameOf, type Reading, severityOf, shapeProblem } from '../analysis/alert-reading.ts';
import { alertTimes } from '../analysis/alert-times.ts';
import { foreignLabels } from '../analysis/foreign-labels.ts';
import type { Alert } from '../domain/alert.ts';
import { limits } from '../limits.ts';
import type { Delivery, Parsed, Source } from '../ports/source.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const record = z.custom<Readonly<Record<string, unknown>>>(isRecord, 'expected an object of texts');

/** What an alert cannot do without; everything else is kept as well as it can be, with a doubt. */
const alertShape = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: record,
  annotations: record.nullish().catch(null),
  startsAt: z.unknown().optional(),
  endsAt: z.unknown().optional(),
  generatorURL: z.unknown().optional(),
  fingerprint: z.unknown().optional(),
});

type Sent = z.infer<typeof alertShape>;

const batchShape = z.object({
  version: z.literal('4'),
  alerts: z.array(z.unknown()).min(1),
  truncatedAlerts: z.number().int().positive().optional().catch(undefined),
});

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const labelsHash = (labels: Readonly<Record<string, string>>): string =>
  hashOf(JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))));

/** Alertmanager's fingerprint where it sent one, else a hash of the labels, which is what identifies an alert there. */
const fingerprintOf = (sent: unknown, labels: Readonly<Record<string, string>>): string => {
  if (typeof sent !== 'string' || sent === '') return labelsHash(labels);
  return /^[\w.:-]{1,100}$/.test(sent) ? sent : hashOf(sent);
};

const linkOf = (sent: unknown): string | undefined => {
  if (typeof sent !== 'string' || sent.length > limits.labelCharsMax || !URL.canParse(sent)) return undefined;
  const { protocol, href } = new URL(sent);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
};

const toAlert = (sent: Sent, delivery: Delivery): Alert => {
  const labels = foreignLabels(sent.labels, 'label');
  const annotations: Reading<Alert['annotations']> = foreignLabels(sent.annotations ?? {}, 'annotation');
  const name = alertNameOf(labels.value.alertname);
  const severity = severityOf(labels.value.severity);
  const { doubts: timeDoubts, ...times } = alertTimes(sent, {
    status: sent.status,
    receivedAt: delivery.receivedAt,
  });
  const link = linkOf(sent.generatorURL);
  const doubts = [...name.doubts, ...severity.doubts, ...timeDoubts, ...labels.doubts, ...annotations.doubts];
  return {
    source: 'alertmanager',
    fingerprint: fingerprintOf(sent.fingerprint, labels.value),
    status: sent.status,
    name: name.value,
    severity: severity.value,
    labels: labels.value,
    annotations: annotations.value,
    ...times,
    ...(link === undefined ? {} : { link }),
    sender: delivery.sender,
    receivedAt: delivery.receivedAt,
    ...(doubts.length === 0 ? {} : { doubts }),
  };
};

const noRoom = `more than ${limits.alertsPerDeliveryMax} alerts in one delivery: set max_alerts in Alertmanager's webhook`;

const readBatch = (items: readonly unknown[], delivery: Delivery): Parsed => {
  const read = items.slice(0, limits.alertsPerDeliveryMax).map((item) => alertShape.safeParse(item));
  return {
    alerts: read.flatMap((result) => (result.success ? [toAlert(result.data, delivery)] : [])),
    refused: [
      ...read.flatMap((result, index) => (result.success ? [] : [{ index, reason: shapeProblem(result.error) }])),
      ...items
        .slice(limits.alertsPerDeliveryMax)
        .map((_item, index) => ({ index: index + limits.alertsPerDeliveryMax, reason: noRoom })),
    ],
  };
};

/** Alertmanager's webhook, version 4. One malformed alert does not spoil the others of its batch. */
export const alertmanager: Source = {
  name: 'alertmanager',
  parse: (body, delivery): Parsed => {
    const batch = batchShape.safeParse(body);
    if (!batch.success) {
      return {
        alerts: [],
        refused: [{ index: -1, reason: `not an Alertmanager webhook (version 4): ${shapeProblem(batch.error)}` }],
      };
    }
    const parsed = readBatch(batch.data.alerts, delivery);
    const { truncatedAlerts } = batch.data;
    return truncatedAlerts === undefined
      ? parsed
      : { ...parsed, notice: `Alertmanager left ${truncatedAlerts} alerts of this group out: raise its max_alerts` };
  },
};

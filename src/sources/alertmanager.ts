import { createHash } from 'node:crypto';
import { z } from 'zod';
import { boundedText, severityOf, shapeProblem } from '../analysis/alert-reading.ts';
import type { Alert } from '../domain/alert.ts';
import { limits } from '../limits.ts';
import type { Delivery, Parsed, Source } from '../ports/source.ts';

const labels = z
  .record(z.string(), z.coerce.string())
  .refine((record) => Object.keys(record).length <= limits.labelsMax, `more than ${limits.labelsMax} labels`);

const alertShape = z.object({
  status: z.enum(['firing', 'resolved']),
  labels,
  annotations: labels.default({}),
  startsAt: z.iso.datetime({ offset: true }),
  endsAt: z.iso.datetime({ offset: true }).optional(),
  generatorURL: z.string().optional(),
  fingerprint: z.string().max(200).optional(),
});

const batchShape = z.object({
  version: z.literal('4'),
  alerts: z.array(z.unknown()).min(1).max(limits.alertsPerDeliveryMax),
});

const bounded = (record: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [boundedText(key), boundedText(value)]));

/** Alertmanager's fingerprint where it sent one, else a hash of the labels, which is what identifies an alert there. */
const fingerprintOf = (alert: z.infer<typeof alertShape>): string =>
  alert.fingerprint !== undefined && alert.fingerprint !== ''
    ? alert.fingerprint
    : createHash('sha256')
        .update(JSON.stringify(Object.entries(alert.labels).sort(([a], [b]) => (a < b ? -1 : 1))))
        .digest('hex')
        .slice(0, 16);

const toAlert = (alert: z.infer<typeof alertShape>, delivery: Delivery): Alert => ({
  source: 'alertmanager',
  fingerprint: fingerprintOf(alert),
  status: alert.status,
  name: boundedText(alert.labels.alertname ?? 'unnamed alert'),
  severity: severityOf(alert.labels.severity),
  labels: bounded(alert.labels),
  annotations: bounded(alert.annotations),
  startsAt: new Date(alert.startsAt).toISOString(),
  // Alertmanager fills endsAt of a firing alert with its own guess, or with the year 1.
  ...(alert.status === 'resolved' && alert.endsAt !== undefined
    ? { endsAt: new Date(alert.endsAt).toISOString() }
    : {}),
  ...(alert.generatorURL?.startsWith('http') ? { link: boundedText(alert.generatorURL) } : {}),
  sender: delivery.sender,
  receivedAt: delivery.receivedAt,
});

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
    const read = batch.data.alerts.map((item) => alertShape.safeParse(item));
    return {
      alerts: read.flatMap((result) => (result.success ? [toAlert(result.data, delivery)] : [])),
      refused: read.flatMap((result, index) => (result.success ? [] : [{ index, reason: shapeProblem(result.error) }])),
    };
  },
};

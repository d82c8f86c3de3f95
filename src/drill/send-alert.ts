import { createHash } from 'node:crypto';
import { laboratorySenders } from '../demo/environment.ts';
import type { DrillAlert } from './drill-file.ts';

/** An alert as Alertmanager remembers it while it fires. */
export interface FiringAlert {
  readonly alert: DrillAlert;
  readonly startsAt: string;
}

const sendMsMax = 10_000;

/** What identifies an alert in Alertmanager: its labels. */
const fingerprintOf = (labels: Readonly<Record<string, string>>): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 16);

const notification = ({ alert, startsAt }: FiringAlert, status: 'firing' | 'resolved') => {
  const { labels, annotations } = alert;
  const groupLabels = { alertname: labels.alertname ?? '', namespace: labels.namespace ?? '' };
  return {
    version: '4',
    groupKey: `{}:{alertname="${groupLabels.alertname}", namespace="${groupLabels.namespace}"}`,
    truncatedAlerts: 0,
    status,
    receiver: 'ai4all-sre',
    groupLabels,
    commonLabels: labels,
    commonAnnotations: annotations,
    externalURL: 'http://alertmanager.drill',
    alerts: [
      {
        status,
        labels,
        annotations,
        startsAt,
        endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
        generatorURL: '',
        fingerprint: fingerprintOf(labels),
      },
    ],
  };
};

/** Posts an alert to the bot's webhook as Alertmanager does. Rejects when the webhook does not take it. */
export const sendAlert = async (botUrl: string, firing: FiringAlert, status: 'firing' | 'resolved'): Promise<void> => {
  const response = await fetch(`${botUrl}/alerts/alertmanager`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${laboratorySenders.alertmanager}` },
    body: JSON.stringify(notification(firing, status)),
    signal: AbortSignal.timeout(sendMsMax),
  });
  if (response.status !== 202) throw new Error(`the webhook answered ${response.status}: ${await response.text()}`);
};

import type { ActiveAlert } from '../alerting/alert-rule.ts';
import type { AlertGroup } from './alert-groups.ts';

/** Alertmanager's way to say: not ended. */
const noTime = '0001-01-01T00:00:00Z';

/** Where the messages say that they come from. */
export interface Origins {
  readonly receiver: string;
  readonly externalUrl: string;
  readonly prometheusUrl: string;
}

const common = (sets: readonly Readonly<Record<string, string>>[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(sets[0] ?? {}).filter(([name, value]) => sets.every((labels) => labels[name] === value)),
  );

const wireAlert = (fingerprint: string, alert: ActiveAlert, prometheusUrl: string) => ({
  status: alert.state === 'resolved' ? 'resolved' : 'firing',
  labels: alert.labels,
  annotations: alert.annotations,
  startsAt: new Date(alert.firedAtMs ?? alert.activeAtMs).toISOString(),
  endsAt: alert.resolvedAtMs === undefined ? noTime : new Date(alert.resolvedAtMs).toISOString(),
  generatorURL: `${prometheusUrl}/graph?${new URLSearchParams({ 'g0.expr': alert.expr, 'g0.tab': '1' })}`,
  fingerprint,
});

/** The body of Alertmanager's webhook, version 4, for one group. A group fires while any of its alerts does. */
export const alertmanagerBody = (group: AlertGroup, origins: Origins) => {
  const alerts = [...group.alerts];
  return {
    receiver: origins.receiver,
    status: alerts.some(([, alert]) => alert.state === 'firing') ? 'firing' : 'resolved',
    alerts: alerts.map(([fingerprint, alert]) => wireAlert(fingerprint, alert, origins.prometheusUrl)),
    groupLabels: group.labels,
    commonLabels: common(alerts.map(([, alert]) => alert.labels)),
    commonAnnotations: common(alerts.map(([, alert]) => alert.annotations)),
    externalURL: origins.externalUrl,
    version: '4',
    groupKey: group.key,
    truncatedAlerts: 0,
  };
};

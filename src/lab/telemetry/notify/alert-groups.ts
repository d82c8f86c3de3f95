import type { ActiveAlert } from '../alerting/alert-rule.ts';
import { alertFingerprint } from './alert-fingerprint.ts';

/** Alerts that are told together. */
export interface AlertGroup {
  /** Alertmanager's `groupKey`. */
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Firing alerts, and resolved ones that the receiver has not been told of, by fingerprint. */
  readonly alerts: ReadonlyMap<string, ActiveAlert>;
}

/** A group is one alert name on one workload. */
const groupedBy = ['alertname', 'namespace', 'workload'] as const;

/** The groups of a receiver, fed at each evaluation. */
export interface AlertGroups {
  /** Takes the firing and the newly resolved alerts. A resolved alert that was never known is nothing to tell. */
  take(alerts: readonly ActiveAlert[]): void;
  all(): readonly AlertGroup[];
  /** The receiver knows of these resolved alerts now: they are dropped unless they fire again. */
  forget(key: string, told: ReadonlyMap<string, ActiveAlert>): void;
}

const groupLabels = (alert: ActiveAlert): Readonly<Record<string, string>> =>
  Object.fromEntries(groupedBy.flatMap((name) => (alert.labels[name] ? [[name, alert.labels[name]]] : [])));

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  `{}:{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(', ')}}`;

/** Alerts by group, as Alertmanager keeps them. */
export const createAlertGroups = (): AlertGroups => {
  const groups = new Map<string, { labels: Readonly<Record<string, string>>; alerts: Map<string, ActiveAlert> }>();

  const take = (alerts: readonly ActiveAlert[]): void => {
    for (const alert of alerts) {
      const labels = groupLabels(alert);
      const key = keyOf(labels);
      const fingerprint = alertFingerprint(alert.labels);
      if (alert.state === 'resolved' && !groups.get(key)?.alerts.has(fingerprint)) continue;
      const group = groups.get(key) ?? { labels, alerts: new Map<string, ActiveAlert>() };
      group.alerts.set(fingerprint, alert);
      groups.set(key, group);
    }
  };

  const forget = (key: string, told: ReadonlyMap<string, ActiveAlert>): void => {
    const group = groups.get(key);
    for (const [fingerprint, alert] of told) {
      const current = group?.alerts.get(fingerprint);
      if (alert.state === 'resolved' && current?.state === 'resolved') group?.alerts.delete(fingerprint);
    }
    if (group?.alerts.size === 0) groups.delete(key);
  };

  const all = (): readonly AlertGroup[] =>
    [...groups].map(([key, { labels, alerts }]) => ({ key, labels, alerts: new Map(alerts) }));

  return { take, all, forget };
};

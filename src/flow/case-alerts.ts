import type { CaseFile } from '../domain/case-file.ts';
import type { CaseAlert } from '../domain/incident.ts';
import { limits } from '../limits.ts';
import type { InboxEntry } from '../ports/alert-inbox.ts';
import { fingerprintKey } from './grouping.ts';

type WithAlerts = Pick<CaseFile, 'alerts' | 'alertsMore'>;

/** An entry of the inbox as a case holds it. */
export const caseAlertOf = ({ id, alert }: InboxEntry): CaseAlert => ({ ...alert, inboxId: id, repeats: 0 });

/** Whether a case holds this entry of the inbox. */
export const holds = (file: WithAlerts, inboxId: string): boolean =>
  file.alerts.some((alert) => alert.inboxId === inboxId);

/**
 * The case with one alert more. Of each fingerprint the first word and the last are kept, for a flapping alert would
 * otherwise fill the case; a case that is full only counts.
 */
export const withCaseAlert = <File extends WithAlerts>(file: File, alert: CaseAlert): File => {
  if (holds(file, alert.inboxId)) return file;
  const key = fingerprintKey(alert);
  const same = file.alerts.filter((known) => fingerprintKey(known) === key);
  const last = same.length > 1 ? same.at(-1) : undefined;
  if (last !== undefined) {
    const alerts = file.alerts.filter((known) => known !== last);
    return { ...file, alerts: [...alerts, { ...alert, repeats: last.repeats + 1 }] };
  }
  if (same.length === 0 && file.alerts.length >= limits.alertsPerCaseMax) {
    return { ...file, alertsMore: (file.alertsMore ?? 0) + 1 };
  }
  return { ...file, alerts: [...file.alerts, alert] };
};

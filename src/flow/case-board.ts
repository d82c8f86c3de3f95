import type { CaseSummary } from '../domain/case-file.ts';
import type { InboxEntry } from '../ports/alert-inbox.ts';
import { caseAlertOf, withCaseAlert } from './case-alerts.ts';
import { caseNear, fingerprintKey, type Surroundings } from './grouping.ts';

/** The open cases while a batch of alerts is filed: what an alert joins is seen by the next one, before anything is written. */
export interface CaseBoard {
  /** How many cases are not at their end. */
  size(): number;
  /** The live case that holds this very entry, or was told of the same fingerprint. */
  knows(entry: InboxEntry): string | undefined;
  /** The live case that a firing alert of a new fingerprint belongs to. */
  near(entry: InboxEntry, surroundings: Surroundings): string | undefined;
  add(file: CaseSummary): void;
  join(uid: string, entry: InboxEntry): void;
}

/** A board with these cases on it. */
export const createCaseBoard = (open: readonly CaseSummary[]): CaseBoard => {
  const files = new Map<string, CaseSummary>();
  const byEntry = new Map<string, string>();
  const byFingerprint = new Map<string, string>();

  const put = (file: CaseSummary): void => {
    const { uid } = file.incident;
    files.set(uid, file);
    for (const alert of file.alerts) {
      byEntry.set(alert.inboxId, uid);
      const key = fingerprintKey(alert);
      // The oldest case keeps what two were told of.
      if (!byFingerprint.has(key)) byFingerprint.set(key, uid);
    }
  };
  for (const file of open) if (file.closure === undefined) put(file);

  return {
    size: () => files.size,
    knows: ({ id, alert }) => byEntry.get(id) ?? byFingerprint.get(fingerprintKey(alert)),
    near: ({ alert }, surroundings) => caseNear(alert, [...files.values()], surroundings)?.incident.uid,
    add: put,
    join: (uid, entry) => {
      const file = files.get(uid);
      if (file !== undefined) put(withCaseAlert(file, caseAlertOf(entry)));
    },
  };
};

import type { Alert } from '../../domain/alert.ts';
import { limits } from '../../limits.ts';
import type { AlertInbox, InboxEntry } from '../../ports/alert-inbox.ts';
import type { Ids } from '../../ports/clock.ts';
import { atomically } from './atomically.ts';
import type { Sqlite } from './database.ts';
import { createSharedCommit } from './shared-commit.ts';

const identityOf = (alert: Alert): string =>
  JSON.stringify([alert.source, alert.fingerprint, alert.status, alert.occurrence ?? alert.startsAt]);

/** The durable alert inbox in SQLite. A delivery is in one transaction, with those that arrive at the same time. */
export const createAlertInbox = (deps: { readonly database: Sqlite; readonly ids: Ids }): AlertInbox => {
  const { database, ids } = deps;
  const listeners = new Set<() => void>();
  // A repeat belongs to its case while that is open, and for a while after; later it is news again.
  const known = database.prepare(
    `SELECT alerts.id FROM alerts LEFT JOIN cases ON cases.uid = alerts.uid
     WHERE identity = ? AND (cases.closed_at IS NULL OR cases.closed_at > ?) ORDER BY alerts.id DESC LIMIT 1`,
  );
  const insert = database.prepare('INSERT INTO alerts (id, identity, uid, repeats, body) VALUES (?, ?, NULL, 0, ?)');
  const repeat = database.prepare('UPDATE alerts SET repeats = repeats + 1 WHERE id = ?');
  const waiting = database.prepare('SELECT id, body FROM alerts WHERE uid IS NULL AND id > ? ORDER BY id LIMIT ?');
  const count = database.prepare('SELECT COUNT(*) AS size FROM alerts WHERE uid IS NULL');
  const assign = database.prepare('UPDATE alerts SET uid = ? WHERE id = ?');
  const release = database.prepare('UPDATE alerts SET uid = NULL WHERE id = ? AND uid = ?');

  const acceptOne = (alert: Alert): { readonly id: string; readonly repeated: boolean } => {
    const newsAfter = new Date(Date.parse(alert.receivedAt) - limits.groupingMsMax).toISOString();
    const row = known.get(identityOf(alert), newsAfter) as { id: string } | undefined;
    if (row) {
      repeat.run(row.id);
      return { id: row.id, repeated: true };
    }
    const id = ids.uid();
    insert.run(id, identityOf(alert), JSON.stringify(alert));
    return { id, repeated: false };
  };
  const acceptTogether = createSharedCommit(
    atomically(database, (deliveries: readonly (readonly Alert[])[]) =>
      deliveries.map((alerts) => alerts.map(acceptOne)),
    ),
  );
  const assignAll = atomically(database, (ids: readonly string[], uid: string) => {
    for (const id of ids) assign.run(uid, id);
  });
  const releaseAll = atomically(database, (ids: readonly string[], uid: string) => {
    for (const id of ids) release.run(id, uid);
  });
  const tellAll = (): void => {
    for (const listener of listeners) listener();
  };

  return {
    accept: async (alerts) => {
      const accepted = await acceptTogether(alerts);
      // Repeats are counted and change nothing else.
      if (accepted.some(({ repeated }) => !repeated)) tellAll();
      return accepted;
    },
    pending: async (limit, after = '') =>
      (waiting.all(after, limit) as readonly { id: string; body: string }[]).map(
        (row): InboxEntry => ({ id: row.id, alert: JSON.parse(row.body) as Alert }),
      ),
    size: async () => (count.get() as { size: number }).size,
    assign: async (ids, uid) => {
      assignAll(ids, uid);
    },
    release: async (ids, uid) => {
      releaseAll(ids, uid);
      tellAll();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

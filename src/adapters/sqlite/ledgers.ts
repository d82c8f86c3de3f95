import type { Clock } from '../../ports/clock.ts';
import type { Settings } from '../../ports/settings.ts';
import type { SeenLedger, Shown, ShownLedger } from '../../ports/shown-ledger.ts';
import type { Sqlite } from './database.ts';

/** Slack stops to retry after some five minutes; a day leaves room for an outage of ours. */
const seenMsMax = 86_400_000;

/** The driver adds a field of its own to a single row; a Shown has exactly these. */
const shownOf = (row: unknown): Shown => {
  const { uid, key, channel, ts, hash, at } = row as Shown;
  return { uid, key, channel, ts, hash, at };
};

/** What the threads show, in SQLite. */
export const createShownLedger = (database: Sqlite): ShownLedger => {
  const put = database.prepare(
    `INSERT INTO shown (uid, key, channel, ts, hash, at) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (uid, key) DO UPDATE SET channel = excluded.channel, ts = excluded.ts, hash = excluded.hash`,
  );
  const of = database.prepare('SELECT uid, key, channel, ts, hash, at FROM shown WHERE uid = ?');
  const byMessage = database.prepare('SELECT uid, key, channel, ts, hash, at FROM shown WHERE channel = ? AND ts = ?');
  return {
    put: async (shown) => {
      put.run(shown.uid, shown.key, shown.channel, shown.ts, shown.hash, shown.at);
    },
    of: async (uid) => of.all(uid).map(shownOf),
    byMessage: async (channel, ts) => {
      const row = byMessage.get(channel, ts);
      return row === undefined ? null : shownOf(row);
    },
  };
};

/** Which outside events were handled, in SQLite; entries older than a day are forgotten. */
export const createSeenLedger = (deps: { readonly database: Sqlite; readonly clock: Clock }): SeenLedger => {
  const { database, clock } = deps;
  const insert = database.prepare('INSERT OR IGNORE INTO seen (key, at) VALUES (?, ?)');
  const remove = database.prepare('DELETE FROM seen WHERE key = ?');
  const forget = database.prepare('DELETE FROM seen WHERE at < ?');
  return {
    first: async (key) => {
      forget.run(clock.nowMs() - seenMsMax);
      return insert.run(key, clock.nowMs()).changes === 1;
    },
    release: async (key) => {
      remove.run(key);
    },
  };
};

/** Durable settings, in SQLite. */
export const createSettings = (database: Sqlite): Settings => {
  const listeners = new Set<(key: string) => void>();
  const get = database.prepare('SELECT value FROM settings WHERE key = ?');
  const set = database.prepare(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  return {
    get: async (key) => (get.get(key) as { value: string } | undefined)?.value ?? null,
    set: async (key, value) => {
      set.run(key, value);
      for (const listener of listeners) listener(key);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

import type { ChangeData } from '../../domain/evidence.ts';
import type { Memory } from '../../domain/memory.ts';
import { limits } from '../../limits.ts';
import type { ChangeRecords, Sighting, Sightings } from '../../ports/change-log.ts';
import type { MemoryRecords } from '../../ports/memory-shelf.ts';
import type { Sqlite } from './database.ts';

const bodies = <T>(rows: unknown): readonly T[] =>
  (rows as readonly { body: string }[]).map((row) => JSON.parse(row.body) as T);

/** What closed cases taught, in SQLite. */
export const createMemoryRecords = (database: Sqlite): MemoryRecords => {
  const put = database.prepare(
    'INSERT INTO memories (uid, body) VALUES (?, ?) ON CONFLICT (uid) DO UPDATE SET body = excluded.body',
  );
  const all = database.prepare('SELECT body FROM memories ORDER BY uid');
  const listeners = new Set<(memory: Memory) => void>();
  return {
    put: async (memory) => {
      put.run(memory.uid, JSON.stringify(memory));
      for (const listener of listeners) listener(memory);
    },
    all: async () => bodies<Memory>(all.all()),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

const createSightings = (database: Sqlite): Sightings => {
  const put = database.prepare(
    'INSERT INTO sightings (collection, body) VALUES (?, ?) ON CONFLICT (collection) DO UPDATE SET body = excluded.body',
  );
  const one = database.prepare('SELECT body FROM sightings WHERE collection = ?');
  return {
    get: async (collection) => {
      const row = one.get(collection) as { body: string } | undefined;
      return row === undefined ? null : (JSON.parse(row.body) as Sighting);
    },
    put: async (collection, sighting) => {
      put.run(collection, JSON.stringify(sighting));
    },
  };
};

/** The flight recorder's ring, in SQLite: the oldest rows make room for new ones. */
export const createChangeRecords = (database: Sqlite): ChangeRecords => {
  const insert = database.prepare('INSERT OR IGNORE INTO changes (namespace, at, body, origin) VALUES (?, ?, ?, ?)');
  const trim = database.prepare('DELETE FROM changes WHERE id <= (SELECT MAX(id) FROM changes) - ?');
  const since = database.prepare('SELECT body FROM changes WHERE namespace = ? AND at >= ? ORDER BY at, id');
  return {
    sightings: createSightings(database),
    put: async (data, origin) => {
      const first = data.changes[0];
      if (first === undefined) return;
      insert.run(first.object.namespace ?? '', first.at, JSON.stringify(data), origin ?? null);
      trim.run(limits.changesMax);
    },
    since: async (namespace, at) => bodies<ChangeData>(since.all(namespace, at)),
  };
};

import { setImmediate } from 'node:timers/promises';
import { emptyChain, followChain, linkRecord } from '../../analysis/audit-chain.ts';
import type { AuditRecord } from '../../domain/audit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { BrokenLink, Journal, JournalEntry } from '../../ports/journal.ts';
import { atomically } from './atomically.ts';
import type { Sqlite } from './database.ts';

const bodies = (rows: unknown): readonly AuditRecord[] =>
  (rows as readonly { body: string }[]).map((row) => JSON.parse(row.body) as AuditRecord);

/** What the journal is made from. */
interface JournalDeps {
  readonly database: Sqlite;
  readonly clock: Clock;
}

/** Links a record to the chain's end; to be called inside a transaction, so that it shares the fate of what it tells of. */
export const createChainLink = ({ database, clock }: JournalDeps): ((entry: JournalEntry) => AuditRecord) => {
  const last = database.prepare('SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1');
  const insert = database.prepare('INSERT INTO journal (sequence, uid, body, hash) VALUES (?, ?, ?, ?)');
  return (entry) => {
    const head = last.get() as { sequence: number; hash: string } | undefined;
    const record = linkRecord(head ?? emptyChain, entry, clock.now());
    insert.run(record.sequence, record.uid, JSON.stringify(record), record.hash);
    return record;
  };
};

/** The journal in SQLite: each record holds the hash of the one before (RFC 8785 canonical JSON, SHA-256). */
export const createJournal = (deps: JournalDeps): Journal => {
  const { database } = deps;
  const byUid = database.prepare('SELECT body FROM journal WHERE uid = ? ORDER BY sequence');
  const page = database.prepare('SELECT body, hash FROM journal WHERE sequence > ? ORDER BY sequence LIMIT 50');
  const append = atomically(database, createChainLink(deps));

  // Page by page, with room for everything else in between: a journal may be long, and this is one thread.
  const firstBroken = async (): Promise<BrokenLink | null> => {
    let end = emptyChain;
    for (;;) {
      const records = bodies(page.all(end.sequence));
      if (records.length === 0) return null;
      const followed = followChain(end, records);
      if (typeof followed === 'number') return { chain: 'journal', sequence: followed };
      end = followed;
      await setImmediate();
    }
  };

  return {
    append: async (entry) => append(entry),
    of: async (uid) => bodies(byUid.all(uid)),
    firstBroken,
  };
};

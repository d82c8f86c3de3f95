import { BotError } from '../../domain/bot-error.ts';
import { type CaseFile, type CaseSummary, summaryOf } from '../../domain/case-file.ts';
import { limits } from '../../limits.ts';
import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import { atomically } from './atomically.ts';
import type { Sqlite } from './database.ts';
import { createEvidenceShelf, lightOf } from './evidence-shelf.ts';
import { createChainLink } from './journal.ts';
import { createRecentCache } from './recent-cache.ts';

/** A case's row: its pages without the evidence, and which look's evidence belongs to it. */
interface CaseRow {
  readonly body: string;
  readonly look: number;
}

interface SummaryRow {
  readonly uid: string;
  readonly version: number;
}

/** Lists of cases. What was parsed once is kept: a thousand open cases are listed many times a second in a storm. */
const createSummaries = (database: Sqlite) => {
  const known = createRecentCache<{ readonly version: number; readonly summary: CaseSummary }>(
    limits.summariesCachedMax,
  );
  const body = database.prepare('SELECT summary FROM cases WHERE uid = ?');
  const open = database.prepare('SELECT uid, version FROM cases WHERE done = 0 ORDER BY number');
  const newest = database.prepare('SELECT uid, version FROM cases ORDER BY number DESC LIMIT ?');

  const summaryAt = ({ uid, version }: SummaryRow): CaseSummary => {
    const cached = known.get(uid);
    if (cached?.version === version) return cached.summary;
    const summary = JSON.parse((body.get(uid) as { summary: string }).summary) as CaseSummary;
    known.set(uid, { version, summary });
    return summary;
  };
  const listed = (rows: unknown): readonly CaseSummary[] => (rows as readonly SummaryRow[]).map(summaryAt);

  return { open: () => listed(open.all()), recent: (limit: number) => listed(newest.all(limit)) };
};

/** The pages that SQLite holds of one case, as three columns. */
const columnsOf = (file: CaseFile): readonly [body: string, summary: string] => [
  JSON.stringify(lightOf(file)),
  JSON.stringify(summaryOf(file)),
];

/** Reads and writes whole cases, each write in one transaction. */
const createCaseRows = (database: Sqlite, link: (note: JournalEntry) => unknown) => {
  const shelf = createEvidenceShelf(database);
  const insert = database.prepare(
    'INSERT INTO cases (uid, number, version, done, closed_at, look, body, summary) VALUES (?, ?, 1, 0, NULL, ?, ?, ?)',
  );
  const update = database.prepare(
    'UPDATE cases SET version = ?, done = ?, closed_at = ?, look = ?, body = ?, summary = ? WHERE uid = ?',
  );
  const versionOf = database.prepare('SELECT version FROM cases WHERE uid = ?');
  const nextNumber = database.prepare('SELECT COALESCE(MAX(number), 0) + 1 AS number FROM cases');

  const inserted = atomically(database, (file: CaseFile, note?: JournalEntry) => {
    if (versionOf.get(file.incident.uid)) throw new BotError('exists', `case ${file.incident.uid} exists already`);
    const { number } = nextNumber.get() as { number: number };
    const stored: CaseFile = { ...file, version: 1, incident: { ...file.incident, number } };
    const look = shelf.put(stored);
    insert.run(file.incident.uid, number, look, ...columnsOf(stored));
    if (note !== undefined) link(note);
    return { stored, look };
  });

  const updated = atomically(database, (file: CaseFile, note?: JournalEntry) => {
    const { uid } = file.incident;
    const row = versionOf.get(uid) as { version: number } | undefined;
    if (row?.version !== file.version) return null;
    const stored: CaseFile = { ...file, version: file.version + 1 };
    const look = shelf.put(stored);
    const done = file.rememberedAt === undefined ? 0 : 1;
    update.run(stored.version, done, file.closure?.at ?? null, look, ...columnsOf(stored), uid);
    if (note !== undefined) link(note);
    return { stored, look };
  });

  // Only what is safely written is believed: a transaction may fail at its very end.
  const hold = ({ stored, look }: { readonly stored: CaseFile; readonly look: number }): CaseFile => {
    shelf.hold(stored, look);
    return stored;
  };

  return {
    insert: (file: CaseFile, note?: JournalEntry): CaseFile => hold(inserted(file, note)),
    update: (file: CaseFile, note?: JournalEntry): CaseFile | null => {
      const written = updated(file, note);
      return written === null ? null : hold(written);
    },
    parse: (row: unknown): CaseFile | null => {
      if (!row) return null;
      const { body, look } = row as CaseRow;
      return shelf.join(JSON.parse(body) as CaseFile, look);
    },
  };
};

/** LIKE treats these three as patterns; a handle typed by a person must not. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);

/**
 * The case store in SQLite: one row a case, its evidence beside it, compare-and-swap by the version column; a page and its
 * journal line are one transaction.
 */
export const createCaseStore = (deps: { readonly database: Sqlite; readonly clock: Clock }): CaseStore => {
  const { database } = deps;
  const rows = createCaseRows(database, createChainLink(deps));
  const summaries = createSummaries(database);
  const listeners = new Set<(uid: string) => void>();
  const notify = (uid: string): void => {
    for (const listener of listeners) listener(uid);
  };
  const byUid = database.prepare('SELECT body, look FROM cases WHERE uid = ?');
  const byNumber = database.prepare('SELECT body, look FROM cases WHERE number = ?');
  const byPrefix = database.prepare("SELECT body, look FROM cases WHERE uid LIKE ? ESCAPE '\\' LIMIT 2");

  const find = (handle: string): CaseFile | null => {
    const number = /^(?:inc-)?(\d{1,9})$/i.exec(handle.trim())?.[1];
    if (number !== undefined) return rows.parse(byNumber.get(Number(number)));
    if (handle.trim().length < 4) return null;
    const found = byPrefix.all(`${escapeLike(handle.trim().toLowerCase())}%`);
    return found.length === 1 ? rows.parse(found[0]) : null;
  };

  return {
    create: async (file, note) => {
      const stored = rows.insert(file, note);
      notify(stored.incident.uid);
      return stored;
    },
    read: async (uid) => rows.parse(byUid.get(uid)),
    replace: async (file, note) => {
      const stored = rows.update(file, note);
      if (stored !== null) notify(stored.incident.uid);
      return stored;
    },
    open: async () => summaries.open(),
    recent: async (limit) => summaries.recent(limit),
    find: async (handle) => find(handle),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

import { BotError } from '../../domain/bot-error.ts';
import { type CaseFile, type CaseSummary, summaryOf } from '../../domain/case-file.ts';
import type { CaseStore } from '../../ports/case-store.ts';
import type { Clock } from '../../ports/clock.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import type { Sqlite } from './database.ts';
import { createChainLink } from './journal.ts';

interface CaseRow {
  readonly body: string;
}

const parse = (row: unknown): CaseFile | null => (row ? (JSON.parse((row as CaseRow).body) as CaseFile) : null);
const summaries = (rows: unknown): readonly CaseSummary[] =>
  (rows as readonly { summary: string }[]).map((row) => JSON.parse(row.summary) as CaseSummary);

/** LIKE treats these three as patterns; a handle typed by a person must not. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (sign) => `\\${sign}`);

/** The case store in SQLite: one row a case, compare-and-swap by its version column; a page and its journal line are one transaction. */
export const createCaseStore = (deps: { readonly database: Sqlite; readonly clock: Clock }): CaseStore => {
  const { database } = deps;
  const link = createChainLink(deps);
  const listeners = new Set<(uid: string) => void>();
  const notify = (uid: string): void => {
    for (const listener of listeners) listener(uid);
  };
  const insert = database.prepare(
    'INSERT INTO cases (uid, number, version, done, closed_at, body, summary) VALUES (?, ?, 1, 0, NULL, ?, ?)',
  );
  const update = database.prepare(
    'UPDATE cases SET version = ?, done = ?, closed_at = ?, body = ?, summary = ? WHERE uid = ? AND version = ?',
  );
  const byUid = database.prepare('SELECT body FROM cases WHERE uid = ?');
  const openRows = database.prepare('SELECT summary FROM cases WHERE done = 0 ORDER BY number');
  const newestRows = database.prepare('SELECT summary FROM cases ORDER BY number DESC LIMIT ?');
  const nextNumber = database.prepare('SELECT COALESCE(MAX(number), 0) + 1 AS number FROM cases');

  const create = database.transaction((file: CaseFile, note?: JournalEntry): CaseFile => {
    if (byUid.get(file.incident.uid)) throw new BotError('exists', `case ${file.incident.uid} exists already`);
    const { number } = nextNumber.get() as { number: number };
    const stored: CaseFile = { ...file, version: 1, incident: { ...file.incident, number } };
    insert.run(file.incident.uid, number, JSON.stringify(stored), JSON.stringify(summaryOf(stored)));
    if (note !== undefined) link(note);
    return stored;
  });

  const replace = database.transaction((file: CaseFile, note?: JournalEntry): CaseFile | null => {
    const stored: CaseFile = { ...file, version: file.version + 1 };
    const done = file.rememberedAt === undefined ? 0 : 1;
    const closedAt = file.closure?.at ?? null;
    const { uid } = file.incident;
    const bodies = [JSON.stringify(stored), JSON.stringify(summaryOf(stored))];
    const result = update.run(stored.version, done, closedAt, ...bodies, uid, file.version);
    if (result.changes !== 1) return null;
    if (note !== undefined) link(note);
    return stored;
  });

  const find = (handle: string): CaseFile | null => {
    const number = /^(?:inc-)?(\d{1,9})$/i.exec(handle.trim())?.[1];
    if (number !== undefined)
      return parse(database.prepare('SELECT body FROM cases WHERE number = ?').get(Number(number)));
    if (handle.trim().length < 4) return null;
    const rows = database
      .prepare("SELECT body FROM cases WHERE uid LIKE ? ESCAPE '\\' LIMIT 2")
      .all(`${escapeLike(handle.trim().toLowerCase())}%`);
    return rows.length === 1 ? parse(rows[0]) : null;
  };

  return {
    create: async (file, note) => {
      const stored = create(file, note);
      notify(stored.incident.uid);
      return stored;
    },
    read: async (uid) => parse(byUid.get(uid)),
    replace: async (file, note) => {
      const stored = replace(file, note);
      if (stored !== null) notify(stored.incident.uid);
      return stored;
    },
    open: async () => summaries(openRows.all()),
    recent: async (limit) => summaries(newestRows.all(limit)),
    find: async (handle) => find(handle),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

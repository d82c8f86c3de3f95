import { type CaseFile, summaryOf } from '../../../src/domain/case-file.ts';
import type { AlertInbox, InboxEntry } from '../../../src/ports/alert-inbox.ts';
import type { CaseStore } from '../../../src/ports/case-store.ts';
import type { Journal, JournalEntry } from '../../../src/ports/journal.ts';
import type { Turns } from './turns.ts';

/** One alert in the inbox, and the case that it was filed under. */
export interface Filed extends InboxEntry {
  uid: string | undefined;
}

/** What survives every crash. */
export interface Durable {
  readonly cases: Map<string, CaseFile>;
  readonly journal: JournalEntry[];
  readonly inbox: Filed[];
  readonly settings: Map<string, string>;
}

/** Told of each page that is turned, right when it is. */
export type OnPage = (before: CaseFile | undefined, after: CaseFile) => void;

/** Nothing yet. */
export const createDurable = (): Durable => ({ cases: new Map(), journal: [], inbox: [], settings: new Map() });

/** The case store as one process sees it: compare-and-swap on what is durable, each call at its turn. */
export const createModelStore = (durable: Durable, turns: Turns, onPage: OnPage): CaseStore => {
  const listeners = new Set<(uid: string) => void>();
  const put = (before: CaseFile | undefined, after: CaseFile, note?: JournalEntry): CaseFile => {
    durable.cases.set(after.incident.uid, after);
    if (note !== undefined) durable.journal.push(note);
    onPage(before, after);
    for (const listener of listeners) listener(after.incident.uid);
    return after;
  };
  const newest = (): readonly CaseFile[] =>
    [...durable.cases.values()].sort((a, b) => b.incident.number - a.incident.number);
  return {
    create: (file, note) =>
      turns.take('create', () => {
        const number = durable.cases.size + 1;
        return put(undefined, { ...file, version: 1, incident: { ...file.incident, number } }, note);
      }),
    read: (uid) => turns.take('read', () => durable.cases.get(uid) ?? null),
    replace: (file, note) =>
      turns.take(`replace for ${note?.verb}`, () => {
        const before = durable.cases.get(file.incident.uid);
        if (before?.version !== file.version) return null;
        return put(before, { ...file, version: file.version + 1 }, note);
      }),
    open: () =>
      turns.take('open', () =>
        newest()
          .filter((file) => file.rememberedAt === undefined)
          .toReversed()
          .map(summaryOf),
      ),
    recent: (limit) => turns.take('recent', () => newest().slice(0, limit).map(summaryOf)),
    find: async () => null,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

/** The journal as one process sees it. */
export const createModelJournal = (durable: Durable, turns: Turns, now: () => string): Journal => {
  const record = (entry: JournalEntry, index: number) => ({
    ...entry,
    sequence: index + 1,
    at: now(),
    previousHash: '',
    hash: '',
  });
  return {
    append: (entry) => turns.take('append', () => record(entry, durable.journal.push(entry) - 1)),
    of: (uid) => turns.take('journal of', () => durable.journal.map(record).filter((entry) => entry.uid === uid)),
    firstBroken: async () => null,
  };
};

/** The inbox as one process sees it; what comes from outside is stored at once. */
export const createModelInbox = (durable: Durable, turns: Turns): AlertInbox => {
  const listeners = new Set<() => void>();
  return {
    accept: async (alerts) => {
      const accepted = alerts.map((alert) => {
        const id = `alert-${1_000 + durable.inbox.length}`;
        durable.inbox.push({ id, alert, uid: undefined });
        return { id, repeated: false };
      });
      for (const listener of listeners) listener();
      return accepted;
    },
    pending: (limit, after = '') =>
      turns.take('pending', () =>
        durable.inbox.filter(({ id, uid }) => uid === undefined && id > after).slice(0, limit),
      ),
    size: async () => durable.inbox.filter(({ uid }) => uid === undefined).length,
    assign: (ids, uid) =>
      turns.take('assign', () => {
        for (const entry of durable.inbox) if (ids.includes(entry.id)) entry.uid = uid;
      }),
    release: (ids, uid) =>
      turns.take('release', () => {
        for (const entry of durable.inbox) if (ids.includes(entry.id) && entry.uid === uid) entry.uid = undefined;
      }),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { JournalEntry } from './journal.ts';

/**
 * The only truth. Versions start at 1 and grow by one with each write. A page and its `note`, the line that tells of it in the
 * journal, are one step: however the process ends, there is never one without the other, and the line is never there twice.
 */
export interface CaseStore {
  /** Stores a new case at version 1 and gives it the next incident number. Fails with BotError `exists` when the uid is taken. */
  create(file: CaseFile, note?: JournalEntry): Promise<CaseFile>;
  read(uid: string): Promise<CaseFile | null>;
  /** Compare-and-swap on `file.version`: null when somebody else was faster. */
  replace(file: CaseFile, note?: JournalEntry): Promise<CaseFile | null>;
  /** Every case whose road is not at its end, oldest first. */
  open(): Promise<readonly CaseSummary[]>;
  /** The newest cases, open or not. */
  recent(limit: number): Promise<readonly CaseSummary[]>;
  /** By uid, by a unique prefix of it, or by number (`INC-7`, `7`). */
  find(handle: string): Promise<CaseFile | null>;
  /** Called after each write with the uid. Returns the way to unsubscribe. */
  subscribe(listener: (uid: string) => void): () => void;
}

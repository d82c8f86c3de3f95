import type { AuditRecord } from '../domain/audit.ts';

/** What is to be written into the journal; its place in the chain and its time are the journal's matter. */
export type JournalEntry = Pick<AuditRecord, 'uid' | 'actor' | 'verb' | 'subject' | 'detail'>;

/** The hash-chained audit trail. Appending is durable when it returns. */
export interface Journal {
  append(entry: JournalEntry): Promise<AuditRecord>;
  of(uid: string): Promise<readonly AuditRecord[]>;
  /** Null when the chain is whole, else the sequence of the first broken record. */
  firstBroken(): Promise<number | null>;
}

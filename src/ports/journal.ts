import type { AuditRecord } from '../domain/audit.ts';

/** What is to be written into the journal; its place in the chain and its time are the journal's matter. */
export type JournalEntry = Pick<AuditRecord, 'uid' | 'actor' | 'verb' | 'subject' | 'detail'>;

/** Where a chain is broken. A store may keep one chain (`journal`), or one for each uid. */
export interface BrokenLink {
  readonly chain: string;
  readonly sequence: number;
}

/** The hash-chained audit trail. Appending is durable when it returns. */
export interface Journal {
  append(entry: JournalEntry): Promise<AuditRecord>;
  of(uid: string): Promise<readonly AuditRecord[]>;
  /** Null when every chain is whole, else the place of the first record that does not follow from the one before it. */
  firstBroken(): Promise<BrokenLink | null>;
}

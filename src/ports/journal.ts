import type { AuditRecord } from '../domain/audit.ts';

/** The hash-chained audit trail. Appending is durable when it returns. */
export interface Journal {
  append(entry: Pick<AuditRecord, 'uid' | 'actor' | 'verb' | 'subject' | 'detail'>): Promise<AuditRecord>;
  of(uid: string): Promise<readonly AuditRecord[]>;
  /** Null when the chain is whole, else the sequence of the first broken record. */
  firstBroken(): Promise<number | null>;
}

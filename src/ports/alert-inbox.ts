import type { Alert } from '../domain/alert.ts';

/** An alert that was accepted and is durable. */
export interface InboxEntry {
  readonly id: string;
  readonly alert: Alert;
}

/** Where alerts wait, durably, until intake has put each into a case. */
export interface AlertInbox {
  /** Durable when it returns. The same delivery twice (fingerprint, status, startsAt) is stored once and counted. */
  accept(alerts: readonly Alert[]): Promise<readonly { readonly id: string; readonly repeated: boolean }[]>;
  /** Entries that belong to no case yet, oldest first; those that came after entry `after` where it is given. */
  pending(limit: number, after?: string): Promise<readonly InboxEntry[]>;
  /** How many entries belong to no case yet. */
  size(): Promise<number>;
  /** Marks entries as part of a case, all in one step. Idempotent. */
  assign(ids: readonly string[], uid: string): Promise<void>;
  /** Lets entries wait again that belong to this case: it turned out to be about something else. Idempotent. */
  release(ids: readonly string[], uid: string): Promise<void>;
  /** Called after each acceptance and each release. */
  subscribe(listener: () => void): () => void;
}

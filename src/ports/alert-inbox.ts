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
  pending(limit: number): Promise<readonly InboxEntry[]>;
  /** Marks an entry as part of a case. Idempotent. */
  assign(id: string, uid: string): Promise<void>;
  /** Called after each acceptance. */
  subscribe(listener: () => void): () => void;
}

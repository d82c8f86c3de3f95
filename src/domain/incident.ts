import type { Alert, Severity } from './alert.ts';
import type { Instant } from './json.ts';
import type { WorkloadRef } from './workload.ts';

/** The incident that a case is about. `uid` is the Incident-UID (UUIDv7) that is on everything the bot says or does about it. */
export interface Incident {
  readonly uid: string;
  /** A short handle for people, e.g. `INC-7`. */
  readonly number: number;
  readonly title: string;
  readonly severity: Severity;
  readonly namespace: string;
  /** The workload that the first alert names, where it names one. */
  readonly suspect?: WorkloadRef;
  readonly openedAt: Instant;
}

/** An alert inside a case, with its durable inbox id and how many words on the same fingerprint came before it and are not kept. */
export interface CaseAlert extends Alert {
  readonly inboxId: string;
  readonly repeats: number;
}

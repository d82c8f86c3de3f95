import type { Instant } from './json.ts';

/** The links of an incident's chain, in the order in which they are made. */
export type LinkName =
  | 'alert'
  | 'evidence'
  | 'verdict'
  | 'plan'
  | 'dry run'
  | 'decision'
  | 'write'
  | 'verification'
  | 'undo'
  | 'end';

/** One link of the chain from the alert to the healthy system. `auditId` is set where the API server knows of it too. */
export interface Link {
  readonly name: LinkName;
  readonly at?: Instant;
  readonly text: string;
  readonly auditId?: string;
}

/** What is wrong with the lineage of an incident, and where: a record of the journal, an event of the audit log, a link. */
export interface LineageFault {
  readonly where: string;
  readonly what: string;
}

/** One event of the API server's audit log (audit.k8s.io/v1), as far as a lineage looks. */
export interface AuditEvent {
  readonly auditId: string;
  readonly stage: string;
  readonly verb: string;
  readonly user: string;
  readonly uri: string;
  /** Plural, namespace and name; empty where the request was about no object. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  readonly code: number;
  readonly receivedAt: Instant;
  readonly isDryRun: boolean;
  /** The annotations that the request wrote, where the audit policy keeps request bodies. */
  readonly incidentUid?: string;
  readonly actionId?: string;
}

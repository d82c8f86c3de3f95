import type { Instant, JsonObject } from './json.ts';

/** One link of the journal's hash chain: `hash` = SHA-256 over the canonical JSON of everything else in the record. */
export interface AuditRecord {
  readonly sequence: number;
  readonly at: Instant;
  readonly uid: string;
  readonly actor: string;
  readonly verb: string;
  readonly subject: string;
  readonly detail: JsonObject;
  readonly previousHash: string;
  readonly hash: string;
}

import type { Instant } from '../domain/json.ts';

/** The present, injected so that tests and drills can move it. */
export interface Clock {
  now(): Instant;
  nowMs(): number;
}

/** Fresh identifiers, injected. `uid` is a UUIDv7 (sortable by time). */
export interface Ids {
  uid(): string;
}

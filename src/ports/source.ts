import type { Alert, Sender } from '../domain/alert.ts';
import type { Instant } from '../domain/json.ts';

/** How an alert dialect's body arrived. */
export interface Delivery {
  readonly sender: Sender;
  readonly receivedAt: Instant;
}

/** What a source made of a body: the alerts that it could read, and what it refused and why (index in the batch, or -1 for the whole). */
export interface Parsed {
  readonly alerts: readonly Alert[];
  readonly refused: readonly { readonly index: number; readonly reason: string }[];
  /** Set when the body is well-formed but is no alert (a test, a verification code): one sentence for the answer and the log. */
  readonly notice?: string;
}

/** One alert dialect on the shelf. `name` is the last part of its webhook's path. Pure; never throws. */
export interface Source {
  readonly name: string;
  parse(body: unknown, delivery: Delivery): Parsed;
}

import type { Instant } from '../domain/json.ts';

/** One message as it was last shown. `hash` is of its content; `ts` is the message's address in its channel. */
export interface Shown {
  readonly uid: string;
  readonly key: string;
  readonly channel: string;
  readonly ts: string;
  readonly hash: string;
  readonly at: Instant;
}

/** What the thread shows: so that a message is posted once and edited only when its content differs. */
export interface ShownLedger {
  put(shown: Shown): Promise<void>;
  of(uid: string): Promise<readonly Shown[]>;
  /** Which incident and message a Slack message is: for reactions and buttons. */
  byMessage(channel: string, ts: string): Promise<Shown | null>;
}

/** Remembers outside events (Slack event ids, trigger ids) so that a repeated delivery acts once. */
export interface SeenLedger {
  /** True the first time, false afterwards. */
  first(key: string): Promise<boolean>;
  /** Lets a key be taken again, after its handler failed. */
  release(key: string): Promise<void>;
}

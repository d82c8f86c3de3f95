import type { Instant } from './json.ts';

/** What the bot may do: `autonomous` may auto-approve, `supervised` always asks, `watchtower` watches and never writes. */
export type Mode = 'autonomous' | 'supervised' | 'watchtower';

/** The mode in force. A forced watchtower (slow inference) outranks what people chose and ends by itself. */
export interface ModeState {
  readonly chosen: Mode;
  readonly effective: Mode;
  readonly since: Instant;
  readonly reason: string;
}

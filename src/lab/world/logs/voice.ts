import type { Random } from '../random.ts';

/** What happens in an application and may be worth a line. */
export type AppEvent =
  | { readonly kind: 'started'; readonly port: string }
  /** It exits at start: `variable` cannot be used because of `problem`. */
  | { readonly kind: 'misconfigured'; readonly variable: string; readonly value: string; readonly problem: string }
  | { readonly kind: 'served'; readonly task: string; readonly ms: number; readonly error: string | null }
  | {
      readonly kind: 'call-failed';
      readonly task: string;
      readonly peer: string;
      readonly error: string;
      readonly trouble: string;
      readonly tolerated: boolean;
    }
  /** What applications say without being asked. */
  | { readonly kind: 'chatter' };

/** What a voice writes with: the instant, the speaker, and chance for ids and amounts. */
export interface Pen {
  readonly atMs: number;
  readonly podName: string;
  readonly workload: string;
  readonly random: Random;
}

/** Turns an event into one line in the application's own format; null when the application would not log it. */
export type Voice = (event: AppEvent, pen: Pen) => string | null;

const hexDigits = '0123456789abcdef';
const tokenLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** A random id in the form of a UUID. */
export const drawUuid = ({ random }: Pen): string =>
  [8, 4, 4, 4, 12].map((length) => random.text(hexDigits, length)).join('-');

/** A bearer token of nobody, drawn afresh each time: lines with it show whether readers mask secrets. */
export const drawBearerToken = ({ random }: Pen): string =>
  `Bearer eyJhbGciOiJIUzI1NiJ9.${random.text(tokenLetters, 48)}.${random.text(tokenLetters, 43)}`;

/** An instant as RFC 3339 with nanoseconds, as Go's loggers write it. */
export const rfc3339 = (atMs: number): string =>
  new Date(atMs).toISOString().replace('Z', `${String(Math.floor((atMs * 1_000) % 1_000)).padStart(3, '0')}000Z`);

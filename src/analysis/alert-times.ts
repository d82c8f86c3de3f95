import type { Alert } from '../domain/alert.ts';
import type { Instant } from '../domain/json.ts';
import { limits } from '../limits.ts';
import { boundedLine } from './alert-reading.ts';

/** The times of an alert as they may be believed, and what is doubtful about them. */
export interface AlertTimes extends Pick<Alert, 'startsAt' | 'endsAt' | 'occurrence'> {
  readonly doubts: readonly string[];
}

const isoInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

const msOf = (raw: unknown): number => (typeof raw === 'string' && isoInstant.test(raw) ? Date.parse(raw) : Number.NaN);

const quoted = (raw: unknown): string =>
  typeof raw === 'string' || typeof raw === 'number' ? `"${boundedLine(String(raw), 60)}"` : 'that it names';

const isPlausible = (atMs: number, receivedMs: number): boolean =>
  atMs >= receivedMs - limits.alertAgeMsMax && atMs <= receivedMs + limits.clockSkewMsMax;

/** A start that nobody can believe is replaced, and stays the firing's name: each repeat of the alert carries it again. */
const startOf = (raw: unknown, receivedAt: Instant): AlertTimes => {
  const atMs = msOf(raw);
  if (isPlausible(atMs, Date.parse(receivedAt))) return { startsAt: new Date(atMs).toISOString(), doubts: [] };
  const isInstant = !Number.isNaN(atMs);
  const why = isInstant ? 'is far from the time of its arrival' : 'cannot be read';
  return {
    startsAt: receivedAt,
    occurrence: isInstant ? new Date(atMs).toISOString() : quoted(raw),
    doubts: [`The start ${quoted(raw)} ${why}, so its arrival counts as its start.`],
  };
};

const endOf = (raw: unknown, startsAt: Instant, receivedAt: Instant): Pick<AlertTimes, 'endsAt' | 'doubts'> => {
  const atMs = msOf(raw);
  const instead = 'so its arrival counts as its end.';
  if (Number.isNaN(atMs) || atMs > Date.parse(receivedAt) + limits.clockSkewMsMax)
    return { endsAt: receivedAt, doubts: [`The end ${quoted(raw)} cannot be right, ${instead}`] };
  if (atMs < Date.parse(startsAt))
    return { endsAt: receivedAt, doubts: [`It is said to have ended before it began, ${instead}`] };
  return { endsAt: new Date(atMs).toISOString(), doubts: [] };
};

/** Reads the start, and for a resolved alert the end (absent: none is told). All that is returned lies around its arrival. */
export const alertTimes = (
  raw: { readonly startsAt?: unknown; readonly endsAt?: unknown },
  alert: { readonly status: Alert['status']; readonly receivedAt: Instant },
): AlertTimes => {
  const { status, receivedAt } = alert;
  const start = startOf(raw.startsAt, receivedAt);
  // A firing alert's end is its sender's guess, or the year 1.
  if (status === 'firing' || raw.endsAt === undefined || raw.endsAt === null) return start;
  if (start.doubts.length > 0) return { ...start, endsAt: receivedAt };
  const end = endOf(raw.endsAt, start.startsAt, receivedAt);
  return { ...start, ...end };
};

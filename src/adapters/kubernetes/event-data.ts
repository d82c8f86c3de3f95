import type { EventData } from '../../domain/evidence.ts';
import type { Instant, JsonObject } from '../../domain/json.ts';
import { numberAt, textAt } from '../../domain/json-read.ts';
import { limits } from '../../limits.ts';

/** Distinct events of one namespace; one namespace that has more is in trouble that these show well enough. */
const eventsMax = 200;

/** Old and new reporters put the time in different places; the newest one that is there counts. */
const lastSeen = (event: JsonObject): Instant => {
  const times = [
    textAt(event, 'series', 'lastObservedTime'),
    textAt(event, 'lastTimestamp'),
    textAt(event, 'eventTime'),
    textAt(event, 'firstTimestamp'),
    textAt(event, 'metadata', 'creationTimestamp'),
  ].map((time) => Date.parse(time));
  const newest = Math.max(...times.filter((time) => !Number.isNaN(time)), 0);
  return new Date(newest).toISOString();
};

const eventDataOf = (event: JsonObject): EventData => {
  const namespace = textAt(event, 'involvedObject', 'namespace');
  return {
    kind: 'event',
    type: textAt(event, 'type') === 'Warning' ? 'Warning' : 'Normal',
    reason: textAt(event, 'reason'),
    message: textAt(event, 'message').slice(0, limits.logLineCharsMax),
    count: numberAt(event, 'series', 'count') ?? numberAt(event, 'count') ?? 1,
    lastSeenAt: lastSeen(event),
    object: {
      apiVersion: textAt(event, 'involvedObject', 'apiVersion') || 'v1',
      kind: textAt(event, 'involvedObject', 'kind'),
      ...(namespace === '' ? {} : { namespace }),
      name: textAt(event, 'involvedObject', 'name'),
    },
  };
};

const sameTrouble = ({ type, reason, message, object }: EventData): string =>
  JSON.stringify([type, reason, message, object.kind, object.name]);

/** Events seen since an instant: repeats are merged and counted, newest first, at most 200. */
export const eventsFrom = (objects: readonly JsonObject[], since: Instant): readonly EventData[] => {
  const merged = new Map<string, EventData>();
  for (const event of objects.map(eventDataOf)) {
    if (Date.parse(event.lastSeenAt) < Date.parse(since)) continue;
    const known = merged.get(sameTrouble(event));
    const newer = known !== undefined && known.lastSeenAt > event.lastSeenAt ? known : event;
    merged.set(sameTrouble(event), { ...newer, count: event.count + (known?.count ?? 0) });
  }
  return [...merged.values()].sort((a, b) => b.lastSeenAt.localeCompare(a.lastSeenAt)).slice(0, eventsMax);
};

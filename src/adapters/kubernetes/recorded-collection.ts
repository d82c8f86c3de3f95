import type { Instant, JsonObject } from '../../domain/json.ts';
import { textAt, valueAt } from '../../domain/json-read.ts';
import type { ObjectRef } from '../../domain/workload.ts';
import type { Sighting, Sightings } from '../../ports/change-log.ts';
import type { Log } from '../../ports/log.ts';
import { type ChangeTellerDeps, createChangeTeller, type Held, type Unwatched } from './change-teller.ts';
import { diffFields } from './field-diff.ts';
import { createKeptSighting } from './kept-sighting.ts';
import type { WatchListener } from './object-watch.ts';
import type { RecordedView } from './recorded-view.ts';
import { knownSinceOf, sightingOf } from './sighting.ts';

/** A shorter time without a watch, after which the collection was listed anew, is not worth a word. */
const gapMsMin = 10_000;

/** One watched collection. `trouble` is null while its watch stands, else why it does not (or not yet); `hasListed` once it was seen whole. */
export interface RecordedCollection {
  readonly listener: WatchListener;
  hasListed(): boolean;
  trouble(): string | null;
  /** Since when silence about it says that nothing changed; null before it was seen whole. */
  knownSince(): Instant | null;
  /** Resolves when what was seen last is in the store. */
  settle(): Promise<void>;
}

/** What a collection needs beside what its changes are told with. */
export interface RecordedCollectionDeps extends ChangeTellerDeps {
  readonly view: RecordedView;
  readonly log: Log;
  readonly sightings: Sightings;
}

/** Only what the author is told from is kept beside the view. */
const slim = (object: JsonObject): JsonObject => ({
  metadata: {
    uid: valueAt(object, 'metadata', 'uid') ?? '',
    managedFields: valueAt(object, 'metadata', 'managedFields') ?? [],
  },
});

/**
 * Holds the last state of each object of a collection and records how it changes. The first list is compared with what was seen
 * before the process ended; without that it is the base line and no change.
 */
export const createRecordedCollection = (
  ref: Omit<ObjectRef, 'name'>,
  deps: RecordedCollectionDeps,
): RecordedCollection => {
  const held = new Map<string, Held>();
  const tell = createChangeTeller(ref, deps);
  let knownSince: Instant | null = null;
  let trouble: string | null = 'not listed yet';
  let lostAt: Instant | undefined;

  const present = (): Sighting | null => {
    if (knownSince === null) return null;
    const seen = [...held].map(([name, { view, object }]) => ({ name, uid: textAt(object, 'metadata', 'uid'), view }));
    return sightingOf(seen, { seenAt: lostAt ?? deps.clock.now(), knownSince, hiddenBy: deps.hiddenBy });
  };
  const kept = createKeptSighting({ ...deps, present }, `${ref.apiVersion} ${ref.kind} ${ref.namespace ?? ''}`);

  const hold = (object: JsonObject): Held => {
    const now: Held = { view: deps.view({ ...object, kind: ref.kind }), object: slim(object) };
    held.set(textAt(object, 'metadata', 'name'), now);
    return now;
  };

  const changed = async (object: JsonObject, gap: Unwatched = {}): Promise<void> => {
    const before = held.get(textAt(object, 'metadata', 'name'));
    const now = hold(object);
    const fields = before === undefined ? [{ path: '', after: now.view }] : diffFields(before.view, now.view);
    kept.keep(await tell.written(object, fields, { before, ...gap }));
  };

  const removed = async (object: JsonObject, gap: Unwatched = {}): Promise<void> => {
    const name = textAt(object, 'metadata', 'name');
    const before = held.get(name);
    held.delete(name);
    if (before !== undefined) kept.keep(await tell.deleted(name, before, gap));
  };

  const begin = async (items: readonly JsonObject[]): Promise<void> => {
    const now = items.map((object) => ({ object, view: hold(object).view }));
    const sighting = await kept.read();
    if (sighting !== null) await tell.missed(sighting, now);
    knownSince = knownSinceOf(sighting, deps.clock.now());
    kept.keep(true);
  };

  const compare = async (items: readonly JsonObject[]): Promise<void> => {
    const names = new Set(items.map((item) => textAt(item, 'metadata', 'name')));
    const isLong = lostAt !== undefined && deps.clock.nowMs() - Date.parse(lostAt) >= gapMsMin;
    const gap: Unwatched = isLong && lostAt !== undefined ? { unwatchedSince: lostAt } : {};
    for (const item of items) await changed(item, gap);
    for (const name of [...held.keys()]) if (!names.has(name)) await removed({ metadata: { name } }, gap);
  };

  return {
    listener: {
      listed: (items) => (knownSince === null ? begin(items) : compare(items)),
      changed: (object) => changed(object),
      removed: (object) => removed(object),
      trouble: (reason) => {
        trouble = reason;
        lostAt = reason === null ? undefined : (lostAt ?? deps.clock.now());
        if (reason === null) kept.keep(false);
      },
    },
    hasListed: () => knownSince !== null,
    trouble: () => trouble,
    knownSince: () => knownSince,
    settle: kept.settle,
  };
};

import { createHash } from 'node:crypto';
import { BotError } from '../../../domain/bot-error.ts';
import type { Instant, JsonObject } from '../../../domain/json.ts';
import { objectAt, textAt } from '../../../domain/json-read.ts';
import { wholeText } from '../../../domain/whole-json.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { StoreClient } from './store-client.ts';
import { itemPath, labels, storeVersion } from './store-names.ts';

/** The collections of small values. */
export type CollectionName =
  | 'inbox'
  | 'journal'
  | 'shown'
  | 'message'
  | 'seen'
  | 'setting'
  | 'memory'
  | 'change'
  | 'sighting'
  | 'counter';

/** One small value under a key. */
export interface StoreRecord {
  readonly name: string;
  readonly collection: CollectionName;
  readonly key: string;
  readonly value: string;
  /** When it was last written, by the writer's clock. */
  readonly at: Instant;
}

/** Characters of one value: well under what the API server stores, with room for its metadata. */
export const valueCharsMax = 700_000;

/** How often a lost race over one record is run again: more means a programmer's mistake. */
const racesMax = 60;

/** The name of a record: the key's digest, because a key may hold anything. */
export const recordName = (collection: CollectionName, key: string): string =>
  `${collection}-${createHash('sha256').update(key).digest('hex').slice(0, 40)}`;

/** A record as the API server holds it; undefined when it is none. */
export const readRecord = (object: JsonObject): StoreRecord | undefined => {
  const spec = objectAt(object, 'spec');
  const [name, collection] = [textAt(object, 'metadata', 'name'), textAt(spec, 'collection')];
  if (name === '' || collection === '') return undefined;
  const key = textAt(spec, 'key');
  return { name, collection: collection as CollectionName, key, value: textAt(spec, 'value'), at: textAt(spec, 'at') };
};

/** A record of the collections that every replica watches, its value read once. */
export interface WatchedRecord extends StoreRecord {
  readonly content: unknown;
}

/** The collections that every replica watches. */
export const watchedCollections: readonly CollectionName[] = ['inbox', 'setting', 'memory', 'change'];

/** A watched record as the API server holds it; undefined when it is none, or its value is not what such values are. */
export const readWatched = (object: JsonObject): WatchedRecord | undefined => {
  const record = readRecord(object);
  if (record === undefined) return undefined;
  if (record.collection === 'setting') return { ...record, content: record.value };
  try {
    return { ...record, content: JSON.parse(record.value) };
  } catch {
    return undefined; // somebody wrote into it by hand: it is left alone
  }
};

/** Small values in the API server: created once, or changed by compare-and-swap. */
export interface Records {
  get(collection: CollectionName, key: string): Promise<StoreRecord | null>;
  /** False when the key has a value already. */
  create(collection: CollectionName, key: string, value: string): Promise<boolean>;
  /** Changes a value from what it is now; `next` may be asked again after a lost race, and returns null to leave it. */
  change(
    collection: CollectionName,
    key: string,
    next: (now: StoreRecord | null) => string | null,
  ): Promise<StoreRecord | null>;
  remove(collection: CollectionName, key: string): Promise<void>;
}

/** Creates the access to the records of one namespace. `onWrite` is told each object that this replica wrote. */
export const createRecords = (deps: {
  readonly client: StoreClient;
  readonly path: string;
  readonly namespace: string;
  readonly clock: Clock;
  readonly onWrite: (object: JsonObject) => Promise<void>;
  readonly onRemove: (name: string) => void;
}): Records => {
  const { client, path, namespace, clock } = deps;

  const objectOf = (collection: CollectionName, key: string, value: string): JsonObject => {
    if (value.length > valueCharsMax) {
      throw new BotError(
        'too_large',
        `a value of ${value.length} characters does not fit into the store (${collection})`,
      );
    }
    return {
      apiVersion: storeVersion,
      kind: 'Record',
      metadata: { name: recordName(collection, key), namespace, labels: { [labels.collection]: collection } },
      spec: { collection, key: wholeText(key).slice(0, 1_000), value: wholeText(value), at: clock.now() },
    };
  };

  const load = (collection: CollectionName, key: string): Promise<JsonObject | null> =>
    client.get(itemPath(path, recordName(collection, key)));

  const told = async (stored: JsonObject | null): Promise<StoreRecord | null> => {
    if (stored === null) return null;
    await deps.onWrite(stored);
    return readRecord(stored) ?? null;
  };

  const written = (live: JsonObject | null, collection: CollectionName, next: { key: string; value: string }) =>
    live === null
      ? client.create(path, objectOf(collection, next.key, next.value))
      : client.replace(path, { ...live, spec: objectAt(objectOf(collection, next.key, next.value), 'spec') });

  const change: Records['change'] = async (collection, key, next) => {
    for (let race = 0; race < racesMax; race += 1) {
      const live = await load(collection, key);
      const value = next(live === null ? null : (readRecord(live) ?? null));
      if (value === null) return null;
      const stored = await told(await written(live, collection, { key, value }));
      if (stored !== null) return stored;
    }
    throw new BotError('store_busy', `a record kept changing while it was written (${collection})`, {
      retryable: true,
    });
  };

  return {
    get: async (collection, key) => {
      const object = await load(collection, key);
      return object === null ? null : (readRecord(object) ?? null);
    },
    create: async (collection, key, value) =>
      (await told(await client.create(path, objectOf(collection, key, value)))) !== null,
    change,
    remove: async (collection, key) => {
      const name = recordName(collection, key);
      await client.remove(itemPath(path, name));
      deps.onRemove(name);
    },
  };
};

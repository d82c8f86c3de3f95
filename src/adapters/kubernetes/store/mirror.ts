import { setTimeout as sleep } from 'node:timers/promises';
import { BotError } from '../../../domain/bot-error.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { textAt } from '../../../domain/json-read.ts';
import type { Log } from '../../../ports/log.ts';
import type { ApiServer } from '../api-server.ts';
import { followObjects, type WatchListener, type WatchTimes } from '../object-watch.ts';
import { versionNumber } from './store-names.ts';

/** A collection as it is seen from here: what the watch told, and at once what this replica itself wrote. */
export interface Mirror<T> {
  /** Follows the collection; resolves when it was seen whole once. Rejects with BotError when that takes too long. */
  start(): Promise<void>;
  /** Reads the whole collection anew: afterwards everything is seen that was written before the call, by whomever. */
  refresh(): Promise<void>;
  /** Enters an object that this replica wrote, without waiting for the watch. */
  enter(object: JsonObject): Promise<void>;
  /** Enters that an object is gone. */
  remove(name: string): void;
  get(name: string): T | undefined;
  all(): readonly T[];
  /** Called with what an object became, or with undefined and what it was when it is gone. Returns the way to unsubscribe. */
  subscribe(listener: (now: T | undefined, before: T | undefined) => void): () => void;
  /** Why the picture may be old, or null. */
  trouble(): string | null;
  stop(): void;
}

interface Seen<T> {
  readonly version: number;
  readonly value: T;
}

/** The times of a store: votes travel by its watches, so it tries again soon. */
export const mirrorTimes: WatchTimes = { backoffMsMin: 200, backoffMsMax: 5_000, watchMsMax: 300_000 };

const firstListMsMax = 30_000;

const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');
const versionOf = (object: JsonObject): number => versionNumber(textAt(object, 'metadata', 'resourceVersion'));

const unreadable = (reason: string): BotError =>
  new BotError('store_unreachable', `the store cannot be read: ${reason}`, { retryable: true });

const firstListed = async (whole: Promise<void>): Promise<boolean> => {
  const ended = new AbortController();
  const late = sleep(firstListMsMax, false, { signal: ended.signal }).catch(() => false);
  const inTime = await Promise.race([whole.then(() => true), late]);
  ended.abort();
  return inTime;
};

/** What is seen of a collection, and who wants to hear of it. */
const createSight = <T>(read: (object: JsonObject) => Promise<T | undefined>) => {
  const seen = new Map<string, Seen<T>>();
  const listeners = new Set<(now: T | undefined, before: T | undefined) => void>();

  const tell = (now: T | undefined, before: T | undefined): void => {
    for (const listener of listeners) listener(now, before);
  };

  const enter = async (object: JsonObject): Promise<void> => {
    const [name, version] = [nameOf(object), versionOf(object)];
    const value = await read(object);
    const before = seen.get(name);
    // The watch is behind this replica's own writes: what it tells late must not undo them.
    if (value === undefined || (before !== undefined && before.version >= version)) return;
    seen.set(name, { version, value });
    tell(value, before?.value);
  };

  const remove = (name: string): void => {
    const before = seen.get(name);
    seen.delete(name);
    if (before !== undefined) tell(undefined, before.value);
  };

  const listed = async (items: readonly JsonObject[], resourceVersion: string): Promise<void> => {
    const names = new Set(items.map(nameOf));
    for (const item of items) await enter(item);
    // What is newer than the list was made after it, and is missing in it for that reason.
    const asOf = versionNumber(resourceVersion);
    for (const [name, { version }] of [...seen]) if (!names.has(name) && version <= asOf) remove(name);
  };

  return { seen, listeners, enter, remove, listed };
};

/** Follows one collection. `read` makes of an object what is kept of it, or undefined for what cannot be read. */
export const createMirror = <T>(deps: {
  readonly server: ApiServer;
  readonly path: string;
  readonly selector?: string;
  readonly read: (object: JsonObject) => Promise<T | undefined>;
  readonly random: () => number;
  readonly times: WatchTimes;
  readonly log: Log;
}): Mirror<T> => {
  const { server, path, selector, log } = deps;
  const { seen, listeners, enter, remove, listed } = createSight(deps.read);
  const ending = new AbortController();
  let trouble: string | null = 'not read yet';
  let sawAll: () => void = () => undefined;
  const whole = new Promise<void>((resolve) => {
    sawAll = resolve;
  });

  const listener: WatchListener = {
    listed: async (items, resourceVersion) => {
      await listed(items, resourceVersion);
      sawAll();
    },
    changed: enter,
    removed: async (object) => remove(nameOf(object)),
    trouble: (reason) => {
      if (reason !== null && reason !== trouble) log.warn({ path, reason }, 'the store is not in sight');
      trouble = reason;
    },
  };

  return {
    start: async () => {
      void followObjects({ ...server, ...deps, listener }, path, ending.signal);
      if (await firstListed(whole)) return;
      throw unreadable(
        `${path} cannot be read (${trouble}); are manifests/bot/crds.yaml and store-rbac.yaml installed?`,
      );
    },
    refresh: async () => {
      const answer = await server.reader.collection(path, selector);
      if (answer.outcome === 'found') return listed(answer.value.items, answer.value.resourceVersion);
      throw unreadable(answer.outcome === 'empty' ? 'the server does not know this kind' : answer.reason);
    },
    enter,
    remove,
    get: (name) => seen.get(name)?.value,
    all: () => [...seen.values()].map(({ value }) => value),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    trouble: () => trouble,
    stop: () => ending.abort(),
  };
};

import { BotError } from '../../domain/bot-error.ts';
import type { JsonObject } from '../../domain/json.ts';
import { numberAt, textAt } from '../../domain/json-read.ts';
import type { KubeConnection } from './connection.ts';
import type { Reader } from './reader.ts';
import { silenceReason } from './silence-reason.ts';

/** What a watch tells its owner. */
export interface WatchListener {
  /** The whole collection as it was at a version, after each list: what is missing in it is gone. */
  listed(items: readonly JsonObject[], resourceVersion: string): Promise<void>;
  changed(object: JsonObject): Promise<void>;
  removed(object: JsonObject): Promise<void>;
  /** Null when the picture is whole and the watch stands, else why it is not. */
  trouble(reason: string | null): void;
}

/** How long to wait and to listen, in ms. */
export interface WatchTimes {
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** The server is asked to end each watch after this time, so that a dead connection is noticed soon after. */
  readonly watchMsMax: number;
}

/** The times of production. */
export const watchTimes: WatchTimes = { backoffMsMin: 500, backoffMsMax: 30_000, watchMsMax: 60_000 };

/** How much longer than asked the server may take to end a watch, before the connection counts as dead. */
const graceMs = 10_000;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });

/**
 * Follows one collection until the signal aborts: lists, watches from there, and starts again after any trouble with a jittered
 * back-off. A watch that the server simply ends goes on from the last version; after an error or 410 the collection is listed anew,
 * so no change is missed, only seen late. Never throws, and ends only by the signal.
 */
export const followObjects = async (
  deps: {
    readonly connection: KubeConnection;
    readonly reader: Reader;
    readonly listener: WatchListener;
    readonly random: () => number;
    readonly times: WatchTimes;
    /** Follows only what carries these labels. */
    readonly selector?: string;
  },
  path: string,
  signal: AbortSignal,
): Promise<void> => {
  const { listener, times, selector = '' } = deps;

  const relist = async (): Promise<string> => {
    const answer = await deps.reader.collection(path, selector);
    if (answer.outcome === 'empty') throw new BotError('unknown_kind', 'the server does not know this kind');
    if (answer.outcome === 'unreachable') throw new BotError('no_list', answer.reason);
    await listener.listed(answer.value.items, answer.value.resourceVersion);
    return answer.value.resourceVersion;
  };

  const hear = async (event: { readonly type: string; readonly object: JsonObject }): Promise<void> => {
    if (event.type === 'ADDED' || event.type === 'MODIFIED') await listener.changed(event.object);
    if (event.type === 'DELETED') await listener.removed(event.object);
    if (event.type === 'ERROR') throw new BotError('watch_ended', `${numberAt(event.object, 'code') ?? 'error'}`);
  };

  /** One watch, from a version to the last one that it told of. */
  const listen = async (from: string): Promise<string> => {
    const query = {
      resourceVersion: from,
      allowWatchBookmarks: 'true',
      timeoutSeconds: `${Math.ceil(times.watchMsMax / 1_000)}`,
      ...(selector === '' ? {} : { labelSelector: selector }),
    };
    const timeLimit = AbortSignal.timeout(times.watchMsMax + graceMs);
    let version = from;
    for await (const event of deps.connection.watch(path, query, AbortSignal.any([signal, timeLimit]))) {
      await hear(event);
      version = textAt(event.object, 'metadata', 'resourceVersion') || version;
    }
    return version;
  };

  let version = '';
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (version === '') version = await relist();
      listener.trouble(null);
      version = await listen(version);
      failures = 0;
    } catch (error) {
      if (signal.aborted) return;
      version = '';
      failures += 1;
      listener.trouble(silenceReason(error));
    }
    const ceiling = Math.min(times.backoffMsMax, times.backoffMsMin * 2 ** Math.min(Math.max(failures - 1, 0), 16));
    await pause(ceiling * (0.5 + deps.random() / 2), signal); // also after a quiet end: a server that ends watches at once must not be stormed
  }
};

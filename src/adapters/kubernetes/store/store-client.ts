import { setTimeout as sleep } from 'node:timers/promises';
import { BotError } from '../../../domain/bot-error.ts';
import type { JsonObject } from '../../../domain/json.ts';
import { textAt } from '../../../domain/json-read.ts';
import { limits } from '../../../limits.ts';
import type { Ids } from '../../../ports/clock.ts';
import type { KubeConnection, KubeReply, KubeRequest } from '../connection.ts';
import { serverMessage } from '../server-message.ts';
import { annotated, itemPath, notes } from './store-names.ts';

/** Objects by path, each write a compare-and-swap. Everything throws BotError: `store_unreachable` (retryable) or `store_refused`. */
export interface StoreClient {
  get(path: string): Promise<JsonObject | null>;
  /** The stored object, or null when the name is taken by somebody else. */
  create(collection: string, object: JsonObject): Promise<JsonObject | null>;
  /** The stored object, or null when it has moved on from its resourceVersion, or is gone. */
  replace(collection: string, object: JsonObject): Promise<JsonObject | null>;
  /** Idempotent. */
  remove(path: string): Promise<void>;
}

const triesMax = 3;
const pauseMs = 150;
const actMsMax = limits.queryMsMax;

type Answered = Extract<KubeReply, { kind: 'reply' }>;

/** Silence, overload and a server in trouble: the request may be sent again once it is known what became of it. */
const isAnswer = (reply: KubeReply): reply is Answered =>
  reply.kind === 'reply' && reply.status !== 429 && (reply.status < 500 || /too large/.test(serverMessage(reply)));

const refused = (reply: Answered, path: string): BotError => {
  const advice =
    reply.status === 404
      ? '; are the definitions of manifests/bot/crds.yaml installed, and does the namespace exist?'
      : '';
  return new BotError('store_refused', `the store's API server refused ${path}: ${serverMessage(reply)}${advice}`);
};

const reasonOf = (reply: KubeReply): string => (reply.kind === 'silence' ? reply.reason : serverMessage(reply));

/**
 * Reads and writes through one connection. A write whose reply was lost is looked up by the word that it carries before it is
 * sent again; all tries together end within queryMsMax. They need no lease: each is a compare-and-swap, so that one that comes
 * too late changes nothing.
 */
export const createStoreClient = (deps: { readonly connection: KubeConnection; readonly ids: Ids }): StoreClient => {
  const { connection, ids } = deps;

  /** Tries until there is an answer; `settled` may find one between two tries. */
  const persist = async <T>(
    request: KubeRequest,
    read: (reply: Answered) => T,
    settled: () => Promise<T | undefined>,
  ): Promise<T> => {
    const endsAt = performance.now() + actMsMax;
    let reason = '';
    for (let count = 0; count < triesMax; count += 1) {
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) break;
      const reply = await connection.send({ ...request, timeoutMs: Math.min(leftMs, actMsMax / 2) });
      if (isAnswer(reply)) return read(reply);
      reason = reasonOf(reply);
      await sleep(Math.min(pauseMs * (count + 1), Math.max(endsAt - performance.now(), 0)));
      const found = await settled();
      if (found !== undefined) return found;
    }
    throw new BotError('store_unreachable', `the store's API server cannot be reached: ${reason}`, { retryable: true });
  };

  const get = (path: string): Promise<JsonObject | null> =>
    persist(
      { path },
      (reply) => {
        if (reply.status === 200) return reply.body;
        if (reply.status === 404 && textAt(reply.body, 'reason') === 'NotFound') return null;
        throw refused(reply, path);
      },
      async () => undefined,
    );

  /** The object as a lost write left it, if it was ours. */
  const ownWrite = async (path: string, word: string): Promise<JsonObject | undefined> => {
    const reply = await connection.send({ path, timeoutMs: actMsMax / 4 });
    const isOurs =
      reply.kind === 'reply' &&
      reply.status === 200 &&
      textAt(reply.body, 'metadata', 'annotations', notes.write) === word;
    return isOurs ? reply.body : undefined;
  };

  const write = (collection: string, object: JsonObject, method: 'POST' | 'PUT'): Promise<JsonObject | null> => {
    const word = ids.uid();
    const path = itemPath(collection, textAt(object, 'metadata', 'name'));
    const request: KubeRequest = {
      method,
      path: method === 'POST' ? collection : path,
      query: { fieldManager: 'ai4all-sre' },
      headers: { 'Content-Type': 'application/json' },
      body: annotated(object, { [notes.write]: word }),
    };
    const isGone = ({ status, body }: Answered): boolean =>
      method === 'PUT' && status === 404 && textAt(body, 'reason') === 'NotFound';
    return persist<JsonObject | null>(
      request,
      (reply) => {
        if (reply.status === 200 || reply.status === 201) return reply.body;
        if (reply.status === 409 || isGone(reply)) return null;
        throw refused(reply, path);
      },
      () => ownWrite(path, word),
    );
  };

  return {
    get,
    create: (collection, object) => write(collection, object, 'POST'),
    replace: (collection, object) => write(collection, object, 'PUT'),
    remove: (path) =>
      persist(
        { method: 'DELETE', path },
        (reply) => {
          if (reply.status >= 400 && reply.status !== 404) throw refused(reply, path);
        },
        async () => undefined,
      ),
  };
};

import { BotError } from '../../domain/bot-error.ts';
import type { JsonObject } from '../../domain/json.ts';
import { isJsonObject, listAt, textAt } from '../../domain/json-read.ts';
import { limits } from '../../limits.ts';
import type { Answer } from '../../ports/answer.ts';
import type { KubeConnection, KubeReply } from './connection.ts';
import type { ResourcePaths, ResourceQuery } from './resource-paths.ts';
import { serverMessage } from './server-message.ts';

/** A whole collection and the version of the cluster that it shows, from which a watch can go on. */
export interface Collection {
  readonly items: readonly JsonObject[];
  readonly resourceVersion: string;
}

/** Reads raw objects: nothing is dropped or retyped on the way. Never throws. */
export interface Reader {
  get(query: ResourceQuery): Promise<Answer<JsonObject>>;
  /** `empty` when there are none, also when the server does not know the kind. */
  list(query: ResourceQuery): Promise<Answer<readonly JsonObject[]>>;
  /** By API path, all pages, of a label selector if there is one. `found` even when there are no items; `empty` only when the server does not know the kind. */
  collection(path: string, selector?: string): Promise<Answer<Collection>>;
}

interface Page extends Collection {
  /** Continues the list; empty at its end. */
  readonly next: string;
}

const refusal = (reply: KubeReply, query: string): Answer<never> => {
  if (reply.kind === 'silence') return { outcome: 'unreachable', query, reason: reply.reason };
  if (reply.status === 404) return { outcome: 'empty', query };
  return { outcome: 'unreachable', query, reason: serverMessage(reply) };
};

/** Members of a typed list carry neither apiVersion nor kind; the list says both. */
const membersOf = (page: JsonObject): readonly JsonObject[] => {
  const apiVersion = textAt(page, 'apiVersion');
  const kind = textAt(page, 'kind').replace(/List$/, '');
  return listAt(page, 'items')
    .filter(isJsonObject)
    .map((item) => ({ apiVersion, kind, ...item }));
};

/** Reads through one connection. */
export const createReader = (connection: KubeConnection, paths: ResourcePaths): Reader => {
  const get = async (path: string): Promise<Answer<JsonObject>> => {
    const reply = await connection.send({ path });
    if (reply.kind === 'silence' || reply.status !== 200) return refusal(reply, path);
    return { outcome: 'found', value: reply.body, query: path };
  };

  const readPage = async (path: string, selector: string, token: string): Promise<Page | Answer<never> | 'expired'> => {
    const query = {
      limit: `${limits.listPageMax}`,
      ...(selector === '' ? {} : { labelSelector: selector }),
      ...(token === '' ? {} : { continue: token }),
    };
    const reply = await connection.send({ path, query });
    if (reply.kind === 'reply' && reply.status === 410) return 'expired';
    if (reply.kind === 'silence' || reply.status !== 200) return refusal(reply, path);
    return {
      items: membersOf(reply.body),
      next: textAt(reply.body, 'metadata', 'continue'),
      resourceVersion: textAt(reply.body, 'metadata', 'resourceVersion'),
    };
  };

  const pages = async (path: string, selector: string): Promise<Answer<Collection> | 'expired'> => {
    const items: JsonObject[] = [];
    let token = '';
    for (let count = 0; count < limits.listPagesMax; count += 1) {
      const page = await readPage(path, selector, token);
      if (page === 'expired' || 'outcome' in page) return page;
      items.push(...page.items);
      if (page.next === '') {
        return { outcome: 'found', value: { items, resourceVersion: page.resourceVersion }, query: path };
      }
      token = page.next;
    }
    return {
      outcome: 'unreachable',
      query: path,
      reason: `more than ${limits.listPageMax * limits.listPagesMax} objects`,
    };
  };

  const collection = async (path: string, selector = ''): Promise<Answer<Collection>> => {
    // The token of a slow reader expires; a second pass from the start sees a newer, equally whole picture.
    const first = await pages(path, selector);
    const settled = first === 'expired' ? await pages(path, selector) : first;
    return settled === 'expired' ? { outcome: 'unreachable', query: path, reason: 'the list expired twice' } : settled;
  };

  const withPath = async <T>(query: ResourceQuery, read: (path: string) => Promise<Answer<T>>): Promise<Answer<T>> => {
    try {
      const path = await paths.of(query);
      return path === null ? { outcome: 'empty', query: `${query.apiVersion}/${query.kind}` } : await read(path);
    } catch (error) {
      if (!(error instanceof BotError)) throw error;
      return { outcome: 'unreachable', query: `${query.apiVersion}/${query.kind}`, reason: error.message };
    }
  };

  return {
    collection,
    get: (query) => withPath(query, get),
    list: (query) =>
      withPath(query, async (path) => {
        const answer = await collection(path);
        if (answer.outcome !== 'found') return answer;
        const { items } = answer.value;
        return items.length === 0 ? { outcome: 'empty', query: path } : { outcome: 'found', value: items, query: path };
      }),
  };
};

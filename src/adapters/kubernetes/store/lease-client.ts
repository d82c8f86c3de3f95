import type { JsonObject } from '../../../domain/json.ts';
import { isJsonObject, listAt, textAt } from '../../../domain/json-read.ts';
import type { KubeConnection } from '../connection.ts';
import { readLease, type SeenLease } from './lease-object.ts';
import { itemPath, labels } from './store-names.ts';

/** What became of a write: the stored object, `taken` when somebody else was faster, or `unknown`. */
export type LeaseAnswer = JsonObject | 'taken' | 'unknown';

/** Leases of one namespace. Never throws. */
export interface LeaseClient {
  /** Null when the server gives no list. */
  list(): Promise<readonly SeenLease[] | null>;
  get(name: string): Promise<LeaseAnswer>;
  create(lease: JsonObject): Promise<LeaseAnswer>;
  replace(lease: JsonObject): Promise<LeaseAnswer>;
  remove(name: string): Promise<void>;
}

/** Creates a client whose requests end, one way or another, within `requestMsMax`. */
export const createLeaseClient = (deps: {
  readonly connection: KubeConnection;
  readonly path: string;
  readonly requestMsMax: number;
}): LeaseClient => {
  const { connection, path, requestMsMax: timeoutMs } = deps;
  const write = async (method: 'POST' | 'PUT', lease: JsonObject): Promise<LeaseAnswer> => {
    const place = method === 'POST' ? path : itemPath(path, textAt(lease, 'metadata', 'name'));
    const headers = { 'Content-Type': 'application/json' };
    const reply = await connection.send({ method, path: place, headers, body: lease, timeoutMs });
    if (reply.kind === 'silence') return 'unknown';
    if (reply.status === 200 || reply.status === 201) return reply.body;
    return reply.status === 409 || reply.status === 404 ? 'taken' : 'unknown';
  };
  return {
    list: async () => {
      const reply = await connection.send({ path, query: { labelSelector: labels.lease }, timeoutMs });
      if (reply.kind === 'silence' || reply.status !== 200) return null;
      return listAt(reply.body, 'items').filter(isJsonObject).map(readLease);
    },
    get: async (name) => {
      const reply = await connection.send({ path: itemPath(path, name), timeoutMs });
      if (reply.kind === 'silence') return 'unknown';
      if (reply.status === 200) return reply.body;
      return reply.status === 404 ? 'taken' : 'unknown';
    },
    create: (lease) => write('POST', lease),
    replace: (lease) => write('PUT', lease),
    remove: async (name) => {
      await connection.send({ method: 'DELETE', path: itemPath(path, name), timeoutMs });
    },
  };
};

import { createConnection, type KubeReply, type KubeRequest } from '../adapters/kubernetes/connection.ts';
import { loadKubeconfig } from '../adapters/kubernetes/kubeconfig.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import { isJsonObject, listAt, textAt, valueAt } from '../domain/json-read.ts';
import type { DrillObject } from './drill-file.ts';

/** Who the runner is in managedFields. */
export const drillManager = 'drill';

/** How a patch is to be read. */
export type PatchType = 'strategic' | 'merge' | 'json';

/** The cluster as an administrator: any kind that the server knows. Every call throws an Error in the server's words. */
export interface KubeApi {
  /** Null when there is no such object, or no such kind. */
  get(object: DrillObject): Promise<JsonObject | null>;
  /** All objects of a kind in all namespaces; none when the server does not know the kind. */
  list(apiVersion: string, kind: string): Promise<readonly JsonObject[]>;
  patch(object: DrillObject, patch: { readonly type: PatchType; readonly body: Json }): Promise<JsonObject>;
  create(object: JsonObject): Promise<JsonObject>;
  delete(object: DrillObject): Promise<void>;
  /** Whether a user may do this to Deployments of a namespace. */
  may(user: string, verb: string, namespace: string): Promise<boolean>;
}

const contentTypes: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
};

/** Patience with a busy machine: a rehearsal that gives up on its own cluster has rehearsed nothing. */
const replyMsMax = 60_000;

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

const troubleOf = (request: KubeRequest, reply: KubeReply): Error => {
  const said = reply.kind === 'silence' ? reply.reason : textAt(reply.body, 'message') || `status ${reply.status}`;
  return new Error(`${request.method ?? 'GET'} ${request.path}: ${said}`);
};

const accepted = (request: KubeRequest, reply: KubeReply): JsonObject => {
  if (reply.kind === 'silence' || reply.status >= 300) throw troubleOf(request, reply);
  return reply.body;
};

/** How the API names an object that was read or is to be created. */
export const drillObjectOf = (object: JsonObject): DrillObject => {
  const namespace = textAt(object, 'metadata', 'namespace');
  return {
    apiVersion: textAt(object, 'apiVersion'),
    kind: textAt(object, 'kind'),
    ...(namespace === '' ? {} : { namespace }),
    name: textAt(object, 'metadata', 'name'),
  };
};

/** Asks the server once for each API which kinds it has. */
const createDiscovery = (send: (request: KubeRequest) => Promise<KubeReply>) => {
  const known = new Map<string, Promise<readonly Json[]>>();
  const resourcesOf = async (apiVersion: string): Promise<readonly Json[]> => {
    const request = { path: rootOf(apiVersion) };
    const reply = await send(request);
    if (reply.kind === 'silence') throw troubleOf(request, reply);
    return listAt(reply.body, 'resources');
  };
  return async (apiVersion: string, kind: string): Promise<Resource | null> => {
    const asked = known.get(apiVersion) ?? resourcesOf(apiVersion);
    known.set(apiVersion, asked);
    const found = (await asked).find((entry) => textAt(entry, 'kind') === kind && !textAt(entry, 'name').includes('/'));
    return found === undefined
      ? null
      : { plural: textAt(found, 'name'), namespaced: valueAt(found, 'namespaced') === true };
  };
};

/** Opens the cluster of a kubeconfig (a path, or its text). `namespace` is meant where a namespaced object names none. */
export const createKubeApi = (kubeconfig: string, namespace: string): KubeApi => {
  const connection = createConnection(loadKubeconfig({ kubeconfig }));
  const send = (request: KubeRequest): Promise<KubeReply> => connection.send({ ...request, timeoutMs: replyMsMax });
  const resourceOf = createDiscovery(send);

  const collectionOf = async (ref: Omit<DrillObject, 'name'>): Promise<string | null> => {
    const resource = await resourceOf(ref.apiVersion, ref.kind);
    if (resource === null) return null;
    const scope = resource.namespaced ? `/namespaces/${encodeURIComponent(ref.namespace ?? namespace)}` : '';
    return `${rootOf(ref.apiVersion)}${scope}/${resource.plural}`;
  };

  const pathOf = async (ref: DrillObject): Promise<string> => {
    const collection = await collectionOf(ref);
    if (collection === null) throw new Error(`the API server knows no ${ref.apiVersion} ${ref.kind}`);
    return `${collection}/${encodeURIComponent(ref.name)}`;
  };

  const demand = async (request: KubeRequest): Promise<JsonObject> => accepted(request, await send(request));

  return {
    get: async (ref) => {
      if ((await collectionOf(ref)) === null) return null;
      const request = { path: await pathOf(ref) };
      const reply = await send(request);
      if (reply.kind === 'reply' && reply.status === 404) return null;
      return { apiVersion: ref.apiVersion, kind: ref.kind, ...accepted(request, reply) };
    },
    list: async (apiVersion, kind) => {
      const resource = await resourceOf(apiVersion, kind);
      if (resource === null) return [];
      const body = await demand({ path: `${rootOf(apiVersion)}/${resource.plural}` });
      return listAt(body, 'items')
        .filter(isJsonObject)
        .map((item) => ({ ...item, apiVersion, kind }));
    },
    patch: async (ref, { type, body }) => {
      const path = await pathOf(ref);
      const request = (as: PatchType): KubeRequest => ({
        method: 'PATCH',
        path,
        query: { fieldManager: drillManager },
        headers: { 'Content-Type': contentTypes[as] },
        body,
      });
      const reply = await send(request(type));
      // Custom resources know no strategic merge; for them a merge says the same.
      const isUnknownForm = reply.kind === 'reply' && reply.status === 415 && type === 'strategic';
      return isUnknownForm ? demand(request('merge')) : accepted(request(type), reply);
    },
    create: async (object) => {
      const ref = drillObjectOf(object);
      const path = await collectionOf(ref);
      if (path === null) throw new Error(`the API server knows no ${ref.apiVersion} ${ref.kind}`);
      return demand({
        method: 'POST',
        path,
        query: { fieldManager: drillManager },
        headers: { 'Content-Type': 'application/json' },
        body: object,
      });
    },
    delete: async (ref) => {
      await demand({ method: 'DELETE', path: await pathOf(ref), query: { propagationPolicy: 'Background' } });
    },
    may: async (user, verb, where) => {
      const body = await demand({
        method: 'POST',
        path: '/apis/authorization.k8s.io/v1/subjectaccessreviews',
        headers: { 'Content-Type': 'application/json' },
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SubjectAccessReview',
          spec: { user, resourceAttributes: { group: 'apps', resource: 'deployments', verb, namespace: where } },
        },
      });
      return valueAt(body, 'status', 'allowed') === true;
    },
  };
};

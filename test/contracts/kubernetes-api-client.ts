import { type RequestOptions, request } from 'node:https';
import * as k8s from '@kubernetes/client-node';

/** What the API server says when it refuses. */
export interface Refusal {
  readonly code: number;
  readonly status: {
    readonly kind?: string;
    readonly status?: string;
    readonly reason?: string;
    readonly message: string;
    readonly details?: {
      readonly name?: string;
      readonly group?: string;
      readonly kind?: string;
      readonly causes?: readonly { readonly reason?: string; readonly message: string; readonly field?: string }[];
    };
  };
}

/** The refusal that a call ends in; fails when the call succeeds or ends in another way. */
export const refusalOf = async (call: Promise<unknown>): Promise<Refusal> => {
  try {
    await call;
  } catch (error) {
    if (error instanceof k8s.ApiException) return { code: error.code, status: JSON.parse(String(error.body)) };
    throw error;
  }
  throw new Error('the API server accepted what it should refuse');
};

/** Options that send a patch in one of the four forms. */
export const patchAs = (strategy: string, headers: Readonly<Record<string, string>> = {}) =>
  Object.entries(headers).reduce(
    (options, [name, value]) => k8s.setHeaderOptions(name, value, options),
    k8s.setHeaderOptions('Content-Type', strategy),
  );

const later = <T>(value: T): k8s.Observable<T> => new k8s.Observable(Promise.resolve(value));

/** Options that keep the headers of the answer for the test to look at. */
export const keepHeaders = (into: Record<string, string>, sent: Readonly<Record<string, string>> = {}) => ({
  middlewareMergeStrategy: 'append' as const,
  middleware: [
    {
      pre: (context: k8s.RequestContext) => {
        for (const [name, value] of Object.entries(sent)) context.setHeaderParam(name, value);
        return later(context);
      },
      post: (context: k8s.ResponseContext) => {
        Object.assign(into, context.headers);
        return later(context);
      },
    },
  ],
});

/** The clients of one user. */
export interface Clients {
  readonly config: k8s.KubeConfig;
  readonly core: k8s.CoreV1Api;
  readonly apps: k8s.AppsV1Api;
  readonly rbac: k8s.RbacAuthorizationV1Api;
  readonly access: k8s.AuthorizationV1Api;
  readonly custom: k8s.CustomObjectsApi;
  readonly any: k8s.KubernetesObjectApi;
}

/** Makes the clients of a kubeconfig's user. */
export const clientsOf = (kubeconfig: string): Clients => {
  const config = new k8s.KubeConfig();
  config.loadFromString(kubeconfig);
  return {
    config,
    core: config.makeApiClient(k8s.CoreV1Api),
    apps: config.makeApiClient(k8s.AppsV1Api),
    rbac: config.makeApiClient(k8s.RbacAuthorizationV1Api),
    access: config.makeApiClient(k8s.AuthorizationV1Api),
    custom: config.makeApiClient(k8s.CustomObjectsApi),
    any: k8s.KubernetesObjectApi.makeApiClient(config),
  };
};

/** One line of a watch: what happened, and to whom. */
export interface Seen {
  readonly type: string;
  readonly name: string;
  readonly object: { readonly metadata?: k8s.V1ObjectMeta; readonly code?: number; readonly reason?: string };
}

/** Watches a path into a list that grows; `stop` ends it. */
export const watchInto = async (
  clients: Clients,
  path: string,
  query: Record<string, string | number | boolean>,
): Promise<{ readonly seen: Seen[]; readonly stop: () => void; readonly ended: () => boolean }> => {
  const seen: Seen[] = [];
  let isOver = false;
  const controller = await new k8s.Watch(clients.config).watch(
    path,
    query,
    (type, object) => seen.push({ type, name: object?.metadata?.name ?? '', object }),
    () => {
      isOver = true;
    },
  );
  return { seen, stop: () => controller.abort(), ended: () => isOver };
};

/** A small Deployment. */
export const deploymentOf = (name: string, namespace: string, image = 'shop/web:1'): k8s.V1Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'server',
            image,
            env: [{ name: 'PORT', value: '8080' }],
            resources: { limits: { cpu: '500m', memory: '256Mi' } },
          },
          { name: 'proxy', image: 'shop/proxy:1' },
        ],
      },
    },
  },
});

/** Watches a path with an Accept header of one's own; `reply` is what has come so far. The server or the end of the test ends it. */
export const watchRaw = async (
  clients: Clients,
  path: string,
  accept: string,
): Promise<{ readonly reply: () => string; readonly ended: () => boolean; readonly stop: () => void }> => {
  const options: RequestOptions = {};
  await clients.config.applyToHTTPSOptions(options);
  const url = new URL(`${clients.config.getCurrentCluster()?.server}${path}?watch=true`);
  let text = '';
  let isOver = false;
  const watch = request(url, { ...options, headers: { ...options.headers, accept } }, (response) => {
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      text += piece;
    });
    response.on('close', () => {
      isOver = true;
    });
  });
  watch.on('error', () => {
    isOver = true;
  });
  watch.end();
  return { reply: () => text, ended: () => isOver, stop: () => watch.destroy() };
};

import { BotError } from '../../domain/bot-error.ts';
import { listAt, textAt } from '../../domain/json-read.ts';
import type { KubeConnection } from './connection.ts';

/** Plural names of the kinds that the bot works with every day; others are asked of the server. */
const plurals: Readonly<Record<string, string>> = {
  'v1/ConfigMap': 'configmaps',
  'v1/Endpoints': 'endpoints',
  'v1/Event': 'events',
  'v1/LimitRange': 'limitranges',
  'v1/Namespace': 'namespaces',
  'v1/Node': 'nodes',
  'v1/PersistentVolume': 'persistentvolumes',
  'v1/PersistentVolumeClaim': 'persistentvolumeclaims',
  'v1/Pod': 'pods',
  'v1/ResourceQuota': 'resourcequotas',
  'v1/Secret': 'secrets',
  'v1/Service': 'services',
  'v1/ServiceAccount': 'serviceaccounts',
  'coordination.k8s.io/v1/Lease': 'leases',
  'apps/v1/DaemonSet': 'daemonsets',
  'apps/v1/Deployment': 'deployments',
  'apps/v1/ReplicaSet': 'replicasets',
  'apps/v1/StatefulSet': 'statefulsets',
  'autoscaling/v2/HorizontalPodAutoscaler': 'horizontalpodautoscalers',
  'gateway.networking.k8s.io/v1/GRPCRoute': 'grpcroutes',
  'gateway.networking.k8s.io/v1/HTTPRoute': 'httproutes',
  'networking.k8s.io/v1/Ingress': 'ingresses',
  'networking.k8s.io/v1/NetworkPolicy': 'networkpolicies',
  'policy.linkerd.io/v1alpha1/AuthorizationPolicy': 'authorizationpolicies',
  'policy.linkerd.io/v1beta1/ServerAuthorization': 'serverauthorizations',
  'policy.linkerd.io/v1beta3/Server': 'servers',
  'security.istio.io/v1/AuthorizationPolicy': 'authorizationpolicies',
  'security.istio.io/v1/PeerAuthentication': 'peerauthentications',
};

/** A kind, and where of it. `namespace` is absent for cluster-scoped kinds, `name` for the whole collection. */
export interface ResourceQuery {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Finds the API path of an object or a collection. */
export interface ResourcePaths {
  /** Null when the server knows no such kind. Throws BotError `no_answer` when the server must be asked and is silent. */
  of(query: ResourceQuery): Promise<string | null>;
}

const rootOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;

/** Paths from a table, and from the server's discovery for kinds that it does not list. Discovered names are remembered. */
export const createResourcePaths = (connection: KubeConnection): ResourcePaths => {
  const discovered = new Map<string, string>();

  const discover = async ({ apiVersion, kind }: ResourceQuery): Promise<string | undefined> => {
    const reply = await connection.send({ path: rootOf(apiVersion) });
    if (reply.kind === 'silence') throw new BotError('no_answer', reply.reason, { retryable: true });
    const resource = listAt(reply.body, 'resources').find(
      (entry) => textAt(entry, 'kind') === kind && !textAt(entry, 'name').includes('/'),
    );
    const plural = textAt(resource, 'name');
    if (plural === '') return undefined;
    discovered.set(`${apiVersion}/${kind}`, plural);
    return plural;
  };

  return {
    of: async (query) => {
      const key = `${query.apiVersion}/${query.kind}`;
      const plural = plurals[key] ?? discovered.get(key) ?? (await discover(query));
      if (plural === undefined) return null;
      const scope = query.namespace === undefined ? '' : `/namespaces/${encodeURIComponent(query.namespace)}`;
      const name = query.name === undefined ? '' : `/${encodeURIComponent(query.name)}`;
      return `${rootOf(query.apiVersion)}${scope}/${plural}${name}`;
    },
  };
};

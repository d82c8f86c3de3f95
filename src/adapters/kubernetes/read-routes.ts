import type { Cluster } from '../../ports/cluster.ts';
import { gather, type Kind, listed, type Shelf, workloadKinds, workloadsOn } from './gather.ts';
import { istioPoliciesFrom, linkerdPoliciesFrom } from './mesh-policy-data.ts';
import type { Reader } from './reader.ts';
import { routeDataOf } from './route-data.ts';

const routeKinds: readonly Kind[] = [
  ['networking.k8s.io/v1', 'Ingress'],
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
];

const istioKinds: readonly Kind[] = [
  ['security.istio.io/v1', 'AuthorizationPolicy'],
  ['security.istio.io/v1', 'PeerAuthentication'],
];

const linkerdKinds: readonly Kind[] = [
  ['policy.linkerd.io/v1beta3', 'Server'],
  ['policy.linkerd.io/v1beta1', 'ServerAuthorization'],
  ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
];

const all = (shelf: Shelf, kinds: readonly Kind[]) => kinds.flatMap(([, kind]) => shelf(kind));

/** Reads what leads calls into a namespace and between its workloads. A mesh or a gateway that is not installed is no trouble. */
export const readRoutes = async (reader: Reader, namespace: string): ReturnType<Cluster['routes']> => {
  // Both meshes have an AuthorizationPolicy: each is gathered on a shelf of its own.
  const [routes, istio, linkerd] = await Promise.all([
    gather(reader, namespace, [...routeKinds, ['v1', 'Service'], ...workloadKinds]),
    gather(reader, namespace, istioKinds),
    gather(reader, namespace, linkerdKinds),
  ]);
  if (routes.outcome !== 'found') return routes;
  if (istio.outcome !== 'found') return istio;
  if (linkerd.outcome !== 'found') return linkerd;
  const workloads = workloadsOn(routes.value);
  const [servers = [], ...authorizations] = linkerdKinds.map(([, kind]) => linkerd.value(kind));
  return listed(
    [
      ...all(routes.value, routeKinds).map((route) => routeDataOf(route, routes.value('Service'))),
      ...istioPoliciesFrom(all(istio.value, istioKinds), workloads),
      ...linkerdPoliciesFrom(servers, authorizations.flat(), workloads),
    ],
    routes.query,
  );
};

import { textAt, textsAt } from '../../domain/json-read.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { gather, type Kind, listed, workloadKinds, workloadsOn } from './gather.ts';
import { policyDataOf } from './policy-data.ts';
import { readRoutes } from './read-routes.ts';
import type { Reader } from './reader.ts';
import {
  autoscalerDataOf,
  claimDataOf,
  limitRangeDataOf,
  nodeDataOf,
  quotaDataOf,
  volumeDataOf,
} from './surroundings.ts';

const readNodes = async (reader: Reader): ReturnType<Cluster['nodes']> => {
  const [answer, leases] = await Promise.all([
    reader.list({ apiVersion: 'v1', kind: 'Node' }),
    reader.list({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace: 'kube-node-lease' }),
  ]);
  if (answer.outcome !== 'found') return answer;
  // Without the right to read leases a node is told from its conditions alone, half a minute later.
  const renewed = new Map(
    (leases.outcome === 'found' ? leases.value : []).map((lease) => [
      textAt(lease, 'metadata', 'name'),
      textAt(lease, 'spec', 'renewTime'),
    ]),
  );
  return listed(
    answer.value.map((node) => nodeDataOf(node, renewed.get(textAt(node, 'metadata', 'name')))),
    answer.query,
  );
};

const policyKind: Kind = ['networking.k8s.io/v1', 'NetworkPolicy'];

const readPolicies = async (reader: Reader, namespace: string): ReturnType<Cluster['policies']> => {
  const [gathered, home] = await Promise.all([
    gather(reader, namespace, [policyKind, ...workloadKinds]),
    reader.get({ apiVersion: 'v1', kind: 'Namespace', name: namespace }),
  ]);
  if (gathered.outcome !== 'found') return gathered;
  const namespaceLabels = home.outcome === 'found' ? textsAt(home.value, 'metadata', 'labels') : undefined;
  const world = { workloads: workloadsOn(gathered.value), namespaceLabels };
  return listed(
    gathered.value('NetworkPolicy').map((policy) => policyDataOf(policy, world)),
    gathered.query,
  );
};

const readBounds = async (reader: Reader, namespace: string): ReturnType<Cluster['bounds']> => {
  const gathered = await gather(reader, namespace, [
    ['v1', 'ResourceQuota'],
    ['v1', 'LimitRange'],
  ]);
  if (gathered.outcome !== 'found') return gathered;
  const shelf = gathered.value;
  return listed(
    [...shelf('ResourceQuota').map(quotaDataOf), ...shelf('LimitRange').map(limitRangeDataOf)],
    gathered.query,
  );
};

const readClaims = async (reader: Reader, namespace: string): ReturnType<Cluster['claims']> => {
  const gathered = await gather(reader, namespace, [['v1', 'PersistentVolumeClaim'], ...workloadKinds]);
  if (gathered.outcome !== 'found') return gathered;
  const workloads = workloadsOn(gathered.value);
  const claims = gathered.value('PersistentVolumeClaim').map((claim) => claimDataOf(claim, workloads));
  const isWaiting = claims.some(({ phase }) => phase !== 'Bound');
  const volumes = isWaiting ? await reader.list({ apiVersion: 'v1', kind: 'PersistentVolume' }) : undefined;
  const offered = volumes?.outcome === 'found' ? volumes.value.map(volumeDataOf) : [];
  return listed([...claims, ...offered], gathered.query);
};

const readAutoscalers = async (reader: Reader, namespace: string): ReturnType<Cluster['autoscalers']> => {
  const answer = await reader.list({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace });
  return answer.outcome === 'found' ? listed(answer.value.map(autoscalerDataOf), answer.query) : answer;
};

/** The part of the cluster port that reads what workloads depend on. */
export const createSurroundings = (
  reader: Reader,
): Pick<Cluster, 'nodes' | 'policies' | 'bounds' | 'claims' | 'autoscalers' | 'routes'> => ({
  nodes: () => readNodes(reader),
  policies: (namespace) => readPolicies(reader, namespace),
  bounds: (namespace) => readBounds(reader, namespace),
  claims: (namespace) => readClaims(reader, namespace),
  autoscalers: (namespace) => readAutoscalers(reader, namespace),
  routes: (namespace) => readRoutes(reader, namespace),
});

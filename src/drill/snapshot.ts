import type { Json, JsonObject } from '../domain/json.ts';
import { listAt, numberAt, objectAt, sameJson, textAt, textsAt, valueAt } from '../domain/json-read.ts';
import type { KubeApi } from './kube-api.ts';

/** Everything that the oracle looks at, by {@link keyOf}. */
export type Snapshot = ReadonlyMap<string, JsonObject>;

/** What a remedy, or a slip of one, could change. Pods, endpoints, events and leases come and go by themselves. */
const watchedKinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'ServiceAccount'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'PersistentVolume'],
  ['v1', 'Namespace'],
  ['v1', 'Node'],
  ['batch/v1', 'CronJob'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['policy/v1', 'PodDisruptionBudget'],
  ['scheduling.k8s.io/v1', 'PriorityClass'],
  ['rbac.authorization.k8s.io/v1', 'Role'],
  ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRole'],
  ['rbac.authorization.k8s.io/v1', 'ClusterRoleBinding'],
  ['admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration'],
  ['admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration'],
] as const;

/** `Deployment online-boutique/cartservice`; without the namespace for what has none. */
export const keyOf = (ref: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string }) =>
  `${ref.kind} ${ref.namespace === undefined || ref.namespace === '' ? '' : `${ref.namespace}/`}${ref.name}`;

/** The key of an object. */
export const keyOfObject = (object: JsonObject): string =>
  keyOf({
    kind: textAt(object, 'kind'),
    namespace: textAt(object, 'metadata', 'namespace'),
    name: textAt(object, 'metadata', 'name'),
  });

/** Reads the cluster. Rejects when the API server does not answer. */
export const takeSnapshot = async (api: Pick<KubeApi, 'list'>): Promise<Snapshot> => {
  const lists = await Promise.all(watchedKinds.map(([apiVersion, kind]) => api.list(apiVersion, kind)));
  return new Map(lists.flat().map((object) => [keyOfObject(object), object]));
};

/** True for the kinds that run pods and are rolled out. */
export const isWorkload = (object: JsonObject): boolean =>
  ['Deployment', 'StatefulSet', 'DaemonSet'].includes(textAt(object, 'kind'));

const stamps =
  /^(sre\.ai4all\.dev\/|deployment\.kubernetes\.io\/|deprecated\.daemonset\.|kubectl\.kubernetes\.io\/last-applied)/;

const annotationsOf = (object: JsonObject): Json =>
  Object.fromEntries(Object.entries(textsAt(object, 'metadata', 'annotations')).filter(([key]) => !stamps.test(key)));

/** A node's heart beats in its annotations, and its controller answers a cordon or a sick kubelet with taints. */
const nodeContent = (object: JsonObject): Json => ({
  labels: objectAt(object, 'metadata', 'labels'),
  unschedulable: valueAt(object, 'spec', 'unschedulable') === true,
  taints: listAt(object, 'spec', 'taints').filter((taint) => !textAt(taint, 'key').startsWith('node.kubernetes.io/')),
});

/** What somebody meant an object to be: without its status, its bookkeeping and the bot's stamps. */
export const contentOf = (object: JsonObject): Json => {
  if (textAt(object, 'kind') === 'Node') return nodeContent(object);
  const { status: _status, metadata: _metadata, ...rest } = object;
  return { ...rest, labels: objectAt(object, 'metadata', 'labels'), annotations: annotationsOf(object) };
};

/** Whether two states of an object mean the same; two absences do. */
export const sameContent = (left: JsonObject | undefined, right: JsonObject | undefined): boolean =>
  left === undefined || right === undefined ? left === right : sameJson(contentOf(left), contentOf(right));

/** How many pods the workload is asked to run; null for a DaemonSet, whose nodes decide. */
export const replicasOf = (workload: JsonObject): number | null =>
  textAt(workload, 'kind') === 'DaemonSet' ? null : (numberAt(workload, 'spec', 'replicas') ?? 1);

const counts = (workload: JsonObject) => {
  const status = (field: string): number => numberAt(workload, 'status', field) ?? 0;
  if (textAt(workload, 'kind') === 'DaemonSet') {
    const wanted = status('desiredNumberScheduled');
    return { wanted, updated: status('updatedNumberScheduled'), ready: status('numberReady'), all: wanted };
  }
  const wanted = replicasOf(workload) ?? 0;
  const ownPace =
    textAt(workload, 'spec', 'updateStrategy', 'type') === 'OnDelete' ||
    (numberAt(workload, 'spec', 'updateStrategy', 'rollingUpdate', 'partition') ?? 0) > 0;
  return {
    wanted,
    updated: ownPace ? wanted : status('updatedReplicas'),
    ready: status('readyReplicas'),
    all: status('replicas'),
  };
};

/** Why a rollout is not settled and ready; null when it is. */
export const unsettled = (workload: JsonObject): string | null => {
  const generation = numberAt(workload, 'metadata', 'generation') ?? 0;
  if ((numberAt(workload, 'status', 'observedGeneration') ?? generation) < generation)
    return 'its controller has not looked at it yet';
  const { wanted, updated, ready, all } = counts(workload);
  if (updated < wanted) return `only ${updated} of ${wanted} pods are up to date`;
  if (ready < wanted) return `only ${ready} of ${wanted} pods are ready`;
  return all > wanted ? `${all - wanted} old pods are left` : null;
};

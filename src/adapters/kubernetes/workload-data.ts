import type { ContainerResources, Revision, WorkloadData } from '../../domain/evidence.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from '../../domain/json-read.ts';
import { parseQuantity } from '../../domain/quantity.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import { podStateOf } from './pod-state.ts';

/** The raw objects that workloads are told from. */
export interface WorkloadObjects {
  readonly workloads: readonly JsonObject[];
  readonly replicaSets: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
}

/** The workload's name; null when the object is not a workload. */
export const workloadRefOf = (object: JsonObject): WorkloadRef | null => {
  const kind = textAt(object, 'kind');
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return null;
  return { namespace: textAt(object, 'metadata', 'namespace'), kind, name: textAt(object, 'metadata', 'name') };
};

const isOwnedBy = (object: JsonObject, uids: ReadonlySet<string>): boolean =>
  listAt(object, 'metadata', 'ownerReferences').some((owner) => uids.has(textAt(owner, 'uid')));

const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid');

const resourcesOf = (container: Json): ContainerResources => {
  const pairs = [
    ['cpuRequest', parseQuantity(valueAt(container, 'resources', 'requests', 'cpu'))],
    ['cpuLimit', parseQuantity(valueAt(container, 'resources', 'limits', 'cpu'))],
    ['memoryRequest', parseQuantity(valueAt(container, 'resources', 'requests', 'memory'))],
    ['memoryLimit', parseQuantity(valueAt(container, 'resources', 'limits', 'memory'))],
  ] as const;
  return {
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    ...Object.fromEntries(pairs.filter(([, value]) => value !== undefined)),
  };
};

const revisionOf = (replicaSet: JsonObject): Revision => ({
  revision: Number(textAt(replicaSet, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')) || 0,
  name: textAt(replicaSet, 'metadata', 'name'),
  createdAt: textAt(replicaSet, 'metadata', 'creationTimestamp'),
  replicas: numberAt(replicaSet, 'spec', 'replicas') ?? 1,
  ready: numberAt(replicaSet, 'status', 'readyReplicas') ?? 0,
  images: listAt(replicaSet, 'spec', 'template', 'spec', 'containers').map((container) => textAt(container, 'image')),
});

/** DaemonSets count in other words than the rest. */
const rolloutOf = (object: JsonObject): Pick<WorkloadData, 'replicas' | 'ready' | 'updated' | 'paused'> => {
  const status = objectAt(object, 'status');
  const isDaemonSet = textAt(object, 'kind') === 'DaemonSet';
  return {
    replicas: isDaemonSet
      ? (numberAt(status, 'desiredNumberScheduled') ?? 0)
      : (numberAt(object, 'spec', 'replicas') ?? 1),
    ready: numberAt(status, isDaemonSet ? 'numberReady' : 'readyReplicas') ?? 0,
    updated: numberAt(status, isDaemonSet ? 'updatedNumberScheduled' : 'updatedReplicas') ?? 0,
    paused: valueAt(object, 'spec', 'paused') === true,
  };
};

const workloadDataOf = (object: JsonObject, workload: WorkloadRef, world: WorkloadObjects): WorkloadData => {
  const replicaSets = world.replicaSets.filter((entry) => isOwnedBy(entry, new Set([uidOf(object)])));
  const owners = new Set([uidOf(object), ...replicaSets.map(uidOf)]);
  return {
    kind: 'workload',
    workload,
    ...rolloutOf(object),
    containers: listAt(object, 'spec', 'template', 'spec', 'containers').map(resourcesOf),
    pods: world.pods.filter((pod) => isOwnedBy(pod, owners)).map(podStateOf),
    revisions: replicaSets.map(revisionOf).sort((left, right) => right.revision - left.revision),
  };
};

/** Each workload with its rollout, its pods by ownership, and its revisions, newest first. */
export const workloadsFrom = (world: WorkloadObjects): readonly WorkloadData[] =>
  world.workloads.flatMap((object) => {
    const workload = workloadRefOf(object);
    return workload === null ? [] : [workloadDataOf(object, workload, world)];
  });

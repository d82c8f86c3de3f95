import type { Revision, WorkloadData } from '../../domain/evidence.ts';
import type { JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, objectAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import type { WorkloadRef } from '../../domain/workload.ts';
import { type AddressBook, addressSettingsOf } from './address-settings.ts';
import { conditionsOf } from './conditions.ts';
import { containerSpecOf } from './container-spec.ts';
import { placementOf, strategyOf } from './placement.ts';
import { podStateOf } from './pod-state.ts';
import { type KnownObjects, referencesOf } from './references.ts';

/** The raw objects that workloads are told from. `known` and `addresses` are absent where nobody could look. */
export interface WorkloadObjects {
  readonly workloads: readonly JsonObject[];
  readonly replicaSets: readonly JsonObject[];
  readonly pods: readonly JsonObject[];
  readonly known?: KnownObjects;
  readonly addresses?: AddressBook;
}

/** The workload's name; null when the object is not a workload. */
export const workloadRefOf = (object: JsonObject): WorkloadRef | null => {
  const kind = textAt(object, 'kind');
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return null;
  return { namespace: textAt(object, 'metadata', 'namespace'), kind, name: textAt(object, 'metadata', 'name') };
};

/** Objects by the uid of their owner: thousands of pods are not looked through once a workload. */
type Owned = ReadonlyMap<string, readonly JsonObject[]>;

const byOwner = (objects: readonly JsonObject[]): Owned => {
  const owned = new Map<string, JsonObject[]>();
  for (const object of objects) {
    const owners = new Set(listAt(object, 'metadata', 'ownerReferences').map((owner) => textAt(owner, 'uid')));
    for (const owner of owners) {
      const known = owned.get(owner);
      if (known === undefined) owned.set(owner, [object]);
      else known.push(object);
    }
  }
  return owned;
};

interface OwnedObjects {
  readonly replicaSets: Owned;
  readonly pods: Owned;
}

const uidOf = (object: JsonObject): string => textAt(object, 'metadata', 'uid');

/** The API server's words for why no pod can be created; undefined while pods can. */
const failureOf = (replicaSet: JsonObject): string | undefined =>
  conditionsOf(replicaSet).find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')?.message;

const revisionOf = (replicaSet: JsonObject): Revision => {
  const failure = failureOf(replicaSet);
  return {
    revision: Number(textAt(replicaSet, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')) || 0,
    name: textAt(replicaSet, 'metadata', 'name'),
    createdAt: textAt(replicaSet, 'metadata', 'creationTimestamp'),
    replicas: numberAt(replicaSet, 'spec', 'replicas') ?? 1,
    ready: numberAt(replicaSet, 'status', 'readyReplicas') ?? 0,
    images: listAt(replicaSet, 'spec', 'template', 'spec', 'containers').map((container) => textAt(container, 'image')),
    ...(failure === undefined ? {} : { failure }),
  };
};

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

const workloadDataOf = (
  object: JsonObject,
  workload: WorkloadRef,
  world: WorkloadObjects & { readonly owned: OwnedObjects },
): WorkloadData => {
  const { owned } = world;
  const replicaSets = owned.replicaSets.get(uidOf(object)) ?? [];
  const podSpec = objectAt(object, 'spec', 'template', 'spec');
  const pods = [object, ...replicaSets].flatMap((owner) => owned.pods.get(uidOf(owner)) ?? []);
  return {
    kind: 'workload',
    workload,
    ...rolloutOf(object),
    containers: listAt(podSpec, 'containers').map(containerSpecOf),
    pods: [...new Set(pods)].map(podStateOf),
    revisions: replicaSets.map(revisionOf).sort((left, right) => right.revision - left.revision),
    conditions: conditionsOf(object),
    initContainers: listAt(podSpec, 'initContainers').map(containerSpecOf),
    labels: textsAt(object, 'spec', 'template', 'metadata', 'labels'),
    placement: placementOf(podSpec),
    strategy: strategyOf(object),
    ...(world.known === undefined ? {} : { references: referencesOf(podSpec, world.known) }),
    ...(world.addresses === undefined ? {} : { addresses: addressSettingsOf(podSpec, world.addresses) }),
  };
};

/** Each workload with its rollout, its pods by ownership, and its revisions, newest first. */
export const workloadsFrom = (world: WorkloadObjects): readonly WorkloadData[] => {
  const owned = { replicaSets: byOwner(world.replicaSets), pods: byOwner(world.pods) };
  return world.workloads.flatMap((object) => {
    const workload = workloadRefOf(object);
    return workload === null ? [] : [workloadDataOf(object, workload, { ...world, owned })];
  });
};

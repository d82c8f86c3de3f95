import type { KubeObject } from '../../kube-object.ts';
import { claimOwned } from '../claim-owned.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from '../controller.ts';
import { controllerOf, ownedBy } from '../ownership.ts';
import type { Condition } from '../shapes.ts';
import { type DeploymentSpec, deploymentSpecOf } from './deployment-spec.ts';
import { conditionOf, stateCondition } from './progress.ts';
import {
  annotation,
  bumpRevision,
  findCurrent,
  manager,
  newReplicaSet,
  revisionOf,
  withAnnotations,
} from './revisions.ts';
import { newSetSize, oldSetSizes, proportionalSizes, type SetSize } from './rollout-arithmetic.ts';
import { scaleReplicaSet } from './scale-replica-set.ts';
import { writeDeploymentStatus } from './write-deployment-status.ts';

/** One Deployment at one moment: the object, its ReplicaSets and which of them is meant now. */
interface Rollout {
  readonly deployment: KubeObject;
  readonly spec: DeploymentSpec;
  readonly current: KubeObject | undefined;
  readonly old: readonly KubeObject[];
}

const wantedOf = (set: KubeObject): number => set.spec.replicas ?? 0;
const sizeOf = (set: KubeObject | undefined): SetSize => ({
  wanted: set?.spec.replicas ?? 0,
  available: set?.status?.availableReplicas ?? 0,
});

const readRollout = (deps: ControllerDeps, deployment: KubeObject): Rollout => {
  const sets = claimOwned(deps.store, deployment, 'replicasets');
  const current = findCurrent(deployment, sets);
  const old = sets.filter((set) => set !== current);
  return { deployment, spec: deploymentSpecOf(deployment), current, old };
};

/** Writes the Progressing condition ahead of the counts, as the real controller does when it makes or finds a ReplicaSet. */
const announce = (
  deps: ControllerDeps,
  deployment: KubeObject,
  stated: { readonly status: 'True' | 'Unknown'; readonly reason: string; readonly message: string },
): KubeObject => {
  const progress = { type: 'Progressing', ...stated };
  const conditions = stateCondition(deployment.status?.conditions ?? [], progress, { nowMs: deps.nowMs() });
  return deps.store.updateStatus(
    'deployments',
    { ...deployment, status: { ...deployment.status, conditions } },
    manager,
  );
};

const announcePause = (deps: ControllerDeps, deployment: KubeObject): KubeObject => {
  const { paused } = deploymentSpecOf(deployment);
  const conditions: readonly Condition[] = deployment.status?.conditions ?? [];
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  if (reason === 'ProgressDeadlineExceeded' || paused === (reason === 'DeploymentPaused')) return deployment;
  return paused
    ? announce(deps, deployment, { status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' })
    : announce(deps, deployment, { status: 'Unknown', reason: 'DeploymentResumed', message: 'Deployment is resumed' });
};

/** Finds or makes the ReplicaSet for the template, numbers it, and lets the Deployment bear the same number. */
const withCurrent = (deps: ControllerDeps, rollout: Rollout): Rollout => {
  const { deployment, old } = rollout;
  const newest = Math.max(0, ...old.map(revisionOf)) + 1;
  const isFound = rollout.current !== undefined;
  const current =
    rollout.current === undefined
      ? deps.store.create('replicasets', newReplicaSet(deployment, newest), manager)
      : bumpRevision(deps, deployment, rollout.current, newest);
  const numbered = deps.store.update(
    'deployments',
    withAnnotations(deployment, { [annotation.revision]: String(revisionOf(current)) }),
    manager,
  );
  const name = current.metadata.name;
  if (isFound && conditionOf(numbered.status?.conditions ?? [], 'Progressing') !== undefined) {
    return { ...rollout, deployment: numbered, current };
  }
  const announced = announce(deps, numbered, {
    status: 'True',
    reason: isFound ? 'FoundNewReplicaSet' : 'NewReplicaSetCreated',
    message: `${isFound ? 'Found' : 'Created'} new replica set "${name}"`,
  });
  return { ...rollout, deployment: announced, current };
};

const scaleTo = (
  deps: ControllerDeps,
  rollout: Rollout,
  sets: readonly KubeObject[],
  sizes: readonly number[],
): void => {
  for (const [index, set] of sets.entries()) {
    scaleReplicaSet(deps, rollout.deployment, { set, size: sizes[index] ?? wantedOf(set) });
  }
};

const isScaling = ({ spec, current, old }: Rollout): boolean =>
  [...old, ...(current === undefined ? [] : [current])].some((set) => {
    const desired = set.metadata.annotations?.[annotation.desired];
    return wantedOf(set) > 0 && desired !== undefined && Number(desired) !== spec.replicas;
  });

/** Follows a changed `replicas` without moving the rollout itself. */
const rescale = (deps: ControllerDeps, rollout: Rollout): void => {
  const { spec, current, old } = rollout;
  const all = [...old, ...(current === undefined ? [] : [current])];
  const active = all.filter((set) => wantedOf(set) > 0);
  const latest = active[0] ?? current ?? [...old].sort((left, right) => revisionOf(right) - revisionOf(left))[0];
  if (active.length <= 1) {
    if (latest !== undefined) scaleReplicaSet(deps, rollout.deployment, { set: latest, size: spec.replicas });
    return;
  }
  if (!isScaling(rollout)) return;
  const total = spec.replicas === 0 ? 0 : spec.replicas + spec.maxSurge;
  scaleTo(deps, rollout, active, proportionalSizes(active.map(wantedOf), total));
};

const rollForward = (deps: ControllerDeps, start: Rollout): void => {
  const rollout = withCurrent(deps, start);
  const { spec, current, old } = rollout;
  if (current === undefined) return;
  const size = newSetSize(spec, sizeOf(current), old.map(sizeOf));
  const grown = scaleReplicaSet(deps, rollout.deployment, { set: current, size });
  scaleTo(deps, rollout, old, oldSetSizes(spec, sizeOf(grown), old.map(sizeOf)));
};

/** Recreate: no new pod before the last old one is gone. */
const recreate = (deps: ControllerDeps, rollout: Rollout): void => {
  const { deployment, old } = rollout;
  scaleTo(
    deps,
    rollout,
    old,
    old.map(() => 0),
  );
  const pods = deps.store.list('pods', deployment.metadata.namespace);
  if (old.some((set) => ownedBy(set, pods).length > 0)) return;
  rollForward(deps, rollout);
};

/** Forgets the oldest idle ReplicaSets beyond the history limit. */
const forgetHistory = (deps: ControllerDeps, { deployment, spec, old }: Rollout): void => {
  const idle = old.filter((set) => wantedOf(set) === 0 && (set.status?.replicas ?? 0) === 0);
  const surplus = Math.max(0, idle.length - spec.revisionHistoryLimit);
  const oldest = [...idle].sort((left, right) => revisionOf(left) - revisionOf(right)).slice(0, surplus);
  for (const set of oldest) deps.store.remove('replicasets', deployment.metadata.namespace ?? '', set.metadata.name);
};

const advance = (deps: ControllerDeps, rollout: Rollout): void => {
  if (rollout.spec.paused || isScaling(rollout)) rescale(deps, rollout);
  else if (rollout.spec.recreate) recreate(deps, rollout);
  else rollForward(deps, rollout);
};

const ownerKey = (object: KubeObject | undefined): readonly string[] => {
  const owner = object === undefined ? undefined : controllerOf(object);
  return object === undefined || owner === undefined ? [] : [`${object.metadata.namespace}/${owner.name}`];
};

/** Only Recreate waits for pods themselves; the name of their ReplicaSet leads to the Deployment. */
const rootKey = (deps: ControllerDeps, pod: KubeObject): readonly string[] => {
  const set = controllerOf(pod)?.name ?? '';
  return ownerKey(deps.store.get('replicasets', pod.metadata.namespace ?? '', set));
};

/** Makes the controller that turns Deployments into ReplicaSets and rolls one over into the next. */
export const createDeploymentController = (deps: ControllerDeps): Controller => ({
  name: 'deployment',
  keysFor: ({ resource, object }) => {
    if (resource === 'deployments') return [keyOf(object)];
    if (resource === 'replicasets') return ownerKey(object);
    return resource === 'pods' ? rootKey(deps, object) : [];
  },
  reconcile: (key) => {
    const deployment = deps.store.get('deployments', ...parseKey(key));
    if (deployment === undefined || deployment.metadata.deletionTimestamp !== undefined) return undefined;
    advance(deps, readRollout(deps, announcePause(deps, deployment)));
    const fresh = deps.store.get('deployments', ...parseKey(key));
    if (fresh === undefined) return undefined;
    const after = readRollout(deps, fresh);
    forgetHistory(deps, after);
    return writeDeploymentStatus(deps, fresh, after);
  },
});

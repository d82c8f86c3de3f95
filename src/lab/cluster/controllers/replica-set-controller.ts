import { admitObject } from '../admission/admit-object.ts';
import type { KubeObject } from '../kube-object.ts';
import { timestampOf } from '../stamp-write.ts';
import { claimOwned } from './claim-owned.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from './controller.ts';
import { deletePod } from './delete-pod.ts';
import { inDeletionOrder } from './deletion-preference.ts';
import { controllerOf, ownedBy } from './ownership.ts';
import { isActive, isAvailable, isReady } from './pod-facts.ts';
import { podFromTemplate } from './pod-from-template.ts';
import type { Condition } from './shapes.ts';

const manager = 'kube-controller-manager';
const component = 'replicaset-controller';
/** Pods made or ended in one look, so that a typing error in `replicas` does not stall everybody else. */
const burstMax = 50;
const refusalRetryMs = 2_000;

/** Makes as many pods as are missing, until admission refuses one. Returns why it did, in the API server's words. */
const createPods = (deps: ControllerDeps, replicaSet: KubeObject, count: number): string | undefined => {
  for (let made = 0; made < Math.min(count, burstMax); made += 1) {
    const wanted = podFromTemplate(replicaSet, deps.random.suffix(5));
    const admitted = admitObject(deps.store, 'pods', wanted);
    // A refused account is told before the name is made; all other refusals name the pod.
    if ('refused' in admitted) {
      const name = admitted.refused.includes('service account') ? `${replicaSet.metadata.name}-` : wanted.metadata.name;
      return `pods "${name}" is forbidden: ${admitted.refused}`;
    }
    const pod = deps.store.create('pods', admitted.object, manager);
    const message = `Created pod: ${pod.metadata.name}`;
    deps.events.record(replicaSet, { type: 'Normal', reason: 'SuccessfulCreate', message, component });
  }
  return undefined;
};

const endPods = (deps: ControllerDeps, replicaSet: KubeObject, pods: readonly KubeObject[]): void => {
  for (const pod of pods.slice(0, burstMax)) {
    deletePod(deps.store, pod, { nowMs: deps.nowMs(), manager });
    const message = `Deleted pod: ${pod.metadata.name}`;
    deps.events.record(replicaSet, { type: 'Normal', reason: 'SuccessfulDelete', message, component });
  }
};

/** Makes or ends pods until their number is right. Returns why it could not, if it could not. */
const balance = (deps: ControllerDeps, replicaSet: KubeObject, active: readonly KubeObject[]): string | undefined => {
  const missing = Number(replicaSet.spec.replicas ?? 1) - active.length;
  if (missing < 0) endPods(deps, replicaSet, inDeletionOrder(active).slice(0, -missing));
  const refused = missing > 0 ? createPods(deps, replicaSet, missing) : undefined;
  if (refused !== undefined) {
    const message = `Error creating: ${refused}`;
    deps.events.record(replicaSet, { type: 'Warning', reason: 'FailedCreate', message, component });
  }
  return refused;
};

/** A failure that is stated already keeps its words, as in the real controller, whatever the next attempt says. */
const failureConditions = (deps: ControllerDeps, replicaSet: KubeObject, refused: string | undefined) => {
  if (refused === undefined) return undefined;
  const before: readonly Condition[] | undefined = replicaSet.status?.conditions;
  if (before !== undefined && before.length > 0) return before;
  const lastTransitionTime = timestampOf(deps.nowMs());
  return [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused, lastTransitionTime }];
};

const unlessZero = (count: number): number | undefined => (count === 0 ? undefined : count);

/** Counts the pods. Returns whether one of them still has to prove itself for `minReadySeconds`. */
const writeStatus = (deps: ControllerDeps, replicaSet: KubeObject, refused: string | undefined): boolean => {
  const active = ownedBy(replicaSet, deps.store.list('pods', replicaSet.metadata.namespace)).filter(isActive);
  const ready = active.filter(isReady);
  const available = ready.filter((pod) => isAvailable(pod, replicaSet.spec.minReadySeconds ?? 0, deps.nowMs()));
  const status = {
    replicas: active.length,
    fullyLabeledReplicas: unlessZero(active.length),
    readyReplicas: unlessZero(ready.length),
    availableReplicas: unlessZero(available.length),
    observedGeneration: replicaSet.metadata.generation,
    conditions: failureConditions(deps, replicaSet, refused),
  };
  deps.store.updateStatus('replicasets', { ...replicaSet, status }, manager);
  return available.length < ready.length;
};

/** Makes the controller that keeps as many pods as each ReplicaSet asks for. */
export const createReplicaSetController = (deps: ControllerDeps): Controller => ({
  name: 'replicaset',
  keysFor: ({ resource, object }) => {
    if (resource === 'replicasets') return [keyOf(object)];
    const owner = resource === 'pods' ? controllerOf(object) : undefined;
    return owner?.kind === 'ReplicaSet' ? [`${object.metadata.namespace}/${owner.name}`] : [];
  },
  reconcile: (key) => {
    const replicaSet = deps.store.get('replicasets', ...parseKey(key));
    if (replicaSet === undefined || replicaSet.metadata.deletionTimestamp !== undefined) return undefined;
    const pods = claimOwned(deps.store, replicaSet, 'pods');
    const refused = balance(deps, replicaSet, pods.filter(isActive));
    const isWaiting = writeStatus(deps, replicaSet, refused);
    if (refused !== undefined) return refusalRetryMs;
    return isWaiting ? 1_000 : undefined;
  },
});

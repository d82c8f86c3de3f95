import { type Controller, type ControllerDeps, keyOf, parseKey } from './controller.ts';
import { deletePod } from './delete-pod.ts';
import { controllerOf } from './ownership.ts';

/** Makes the collector of pods: one whose owner is gone gets a graceful end. */
export const createGarbageCollector = (deps: ControllerDeps): Controller => ({
  name: 'garbage-collector',
  keysFor: ({ resource, object }) => (resource === 'pods' && controllerOf(object) !== undefined ? [keyOf(object)] : []),
  reconcile: (key) => {
    const pod = deps.store.get('pods', ...parseKey(key));
    const owner = pod === undefined ? undefined : controllerOf(pod);
    if (pod === undefined || owner?.kind !== 'ReplicaSet') return undefined;
    const found = deps.store.get('replicasets', pod.metadata.namespace ?? '', owner.name);
    if (found?.metadata.uid === owner.uid) return undefined;
    deletePod(deps.store, pod, { nowMs: deps.nowMs(), manager: 'kube-controller-manager' });
    return undefined;
  },
});

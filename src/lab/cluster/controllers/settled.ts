import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';

const isThrough = ({ metadata, spec, status }: KubeObject): boolean => {
  const replicas: number = spec.replicas ?? 1;
  const counts = [status?.replicas, status?.updatedReplicas, status?.readyReplicas, status?.availableReplicas];
  return status?.observedGeneration === metadata.generation && counts.every((count) => (count ?? 0) === replicas);
};

/** Whether every Deployment of a namespace has finished its rollout with all replicas ready, and no pod is on its way out. */
export const settled = (store: KubeStore, namespace: string): boolean =>
  store.list('deployments', namespace).every(isThrough) &&
  store.list('pods', namespace).every((pod) => pod.metadata.deletionTimestamp === undefined);

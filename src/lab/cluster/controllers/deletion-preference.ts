import type { KubeObject } from '../kube-object.ts';
import { isReady, podCondition } from './pod-facts.ts';

const phaseRank: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 };

const deletionCost = (pod: KubeObject): number =>
  Number(pod.metadata.annotations?.['controller.kubernetes.io/pod-deletion-cost'] ?? 0);

const restartsOf = (pod: KubeObject): number => {
  const statuses: readonly { readonly restartCount?: number }[] = pod.status?.containerStatuses ?? [];
  return Math.max(0, ...statuses.map((status) => status.restartCount ?? 0));
};

/** Younger first; what has no time yet is the youngest. */
const byAge = (left: string | undefined, right: string | undefined): number =>
  (right ?? '9999').localeCompare(left ?? '9999');

/** The pods in the order in which a ReplicaSet gives them up: unassigned, not running, not ready, cheap, crowded, young. */
export const inDeletionOrder = (pods: readonly KubeObject[]): readonly KubeObject[] => {
  const crowd = (pod: KubeObject): number => pods.filter((other) => other.spec.nodeName === pod.spec.nodeName).length;
  const rank = (pod: KubeObject): readonly number[] => [
    pod.spec.nodeName === undefined ? 0 : 1,
    phaseRank[pod.status?.phase] ?? 0,
    isReady(pod) ? 1 : 0,
    deletionCost(pod),
    -crowd(pod),
  ];
  return [...pods].sort((left, right) => {
    const [ranksLeft, ranksRight] = [rank(left), rank(right)];
    const difference = ranksLeft.map((value, index) => value - (ranksRight[index] ?? 0)).find((value) => value !== 0);
    return (
      difference ??
      (byAge(podCondition(left, 'Ready')?.lastTransitionTime, podCondition(right, 'Ready')?.lastTransitionTime) ||
        restartsOf(right) - restartsOf(left) ||
        byAge(left.metadata.creationTimestamp, right.metadata.creationTimestamp))
    );
  });
};

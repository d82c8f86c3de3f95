import type { KubeObject } from '../kube-object.ts';
import type { Condition } from './shapes.ts';

/** Whether a pod still counts: neither finished nor on its way out. */
export const isActive = (pod: KubeObject): boolean => pod.metadata.deletionTimestamp === undefined && !isFinished(pod);

/** Whether all containers of a pod have ended for good. */
export const isFinished = (pod: KubeObject): boolean =>
  pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

/** One condition of a pod, if stated. */
export const podCondition = (pod: KubeObject, type: string): Condition | undefined => {
  const conditions: readonly Condition[] = pod.status?.conditions ?? [];
  return conditions.find((condition) => condition.type === type);
};

/** Whether a pod's Ready condition holds. */
export const isReady = (pod: KubeObject): boolean => podCondition(pod, 'Ready')?.status === 'True';

/** Whether a pod has been ready for at least `minReadySeconds`. */
export const isAvailable = (pod: KubeObject, minReadySeconds: number, nowMs: number): boolean => {
  if (!isReady(pod)) return false;
  const since = Date.parse(podCondition(pod, 'Ready')?.lastTransitionTime ?? '');
  return minReadySeconds === 0 || since + minReadySeconds * 1_000 <= nowMs;
};

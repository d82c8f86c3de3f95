import type { KubeObject } from '../../kube-object.ts';
import { parseQuantity } from '../../objects/quantity.ts';
import type { PodSpec, Taint, Toleration } from '../shapes.ts';

/** Why a node cannot take a pod; `isLasting` when evicting other pods would not change that. */
export interface Misfit {
  readonly reasons: readonly string[];
  readonly isLasting: boolean;
}

const tolerates = (toleration: Toleration, taint: Taint): boolean => {
  if (toleration.effect !== undefined && toleration.effect !== taint.effect) return false;
  if (toleration.operator === 'Exists') return toleration.key === undefined || toleration.key === taint.key;
  return toleration.key === taint.key && (toleration.value ?? '') === (taint.value ?? '');
};

const untolerated = (spec: PodSpec, node: KubeObject): Taint | undefined => {
  const taints: readonly Taint[] = node.spec?.taints ?? [];
  return taints.find(
    (taint) =>
      taint.effect !== 'PreferNoSchedule' &&
      !(spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint)),
  );
};

const isSelected = (spec: PodSpec, node: KubeObject): boolean =>
  Object.entries(spec.nodeSelector ?? {}).every(([label, value]) => node.metadata.labels?.[label] === value);

/** What a pod asks of a resource, over all its containers, in cores or bytes. A limit without a request is the request. */
const requestOf = (spec: PodSpec, resource: 'cpu' | 'memory'): number =>
  spec.containers.reduce((total, { resources }) => {
    const asked = resources?.requests?.[resource] ?? resources?.limits?.[resource] ?? 0;
    return total + (parseQuantity(asked) ?? 0);
  }, 0);

const allocatable = (node: KubeObject, resource: string): number =>
  parseQuantity(node.status?.allocatable?.[resource]) ?? 0;

/** What is already promised on a node, as a share of what it has: 0 empty, 1 full. */
export const loadOf = (node: KubeObject, pods: readonly KubeObject[]): number =>
  pods.reduce((total, pod) => total + requestOf(pod.spec, 'cpu'), 0) / allocatable(node, 'cpu') +
  pods.reduce((total, pod) => total + requestOf(pod.spec, 'memory'), 0) / allocatable(node, 'memory');

const shortages = (spec: PodSpec, node: KubeObject, pods: readonly KubeObject[]): readonly string[] => {
  const isShort = (resource: 'cpu' | 'memory'): boolean => {
    const asked = requestOf(spec, resource);
    const promised = pods.reduce((total, pod) => total + requestOf(pod.spec, resource), 0);
    return asked > 0 && promised + asked > allocatable(node, resource);
  };
  return [
    ...(pods.length + 1 > allocatable(node, 'pods') ? ['Too many pods'] : []),
    ...(isShort('cpu') ? ['Insufficient cpu'] : []),
    ...(isShort('memory') ? ['Insufficient memory'] : []),
  ];
};

/** Why this node, with these pods on it, cannot take the pod; null when it can. The first check that fails speaks, as in kube-scheduler. */
export const misfitOf = (spec: PodSpec, node: KubeObject, pods: readonly KubeObject[]): Misfit | null => {
  if (node.spec?.unschedulable === true) return { reasons: ['node(s) were unschedulable'], isLasting: true };
  const taint = untolerated(spec, node);
  if (taint !== undefined) {
    return { reasons: [`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`], isLasting: true };
  }
  if (!isSelected(spec, node)) {
    return { reasons: ["node(s) didn't match Pod's node affinity/selector"], isLasting: true };
  }
  const reasons = shortages(spec, node, pods);
  return reasons.length === 0 ? null : { reasons, isLasting: false };
};

const tally = (reasons: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((left, right) => (left < right ? -1 : 1))
    .join(', ');
};

/** The sentence of a FailedScheduling event, in kube-scheduler's wording. */
export const unschedulableMessage = (misfits: readonly Misfit[]): string => {
  if (misfits.length === 0) return 'no nodes available to schedule pods';
  const nodes = `0/${misfits.length} nodes are available`;
  const preemption = misfits.map(({ isLasting }) =>
    isLasting ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  return `${nodes}: ${tally(misfits.flatMap(({ reasons }) => reasons))}. preemption: ${nodes}: ${tally(preemption)}.`;
};

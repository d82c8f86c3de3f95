import type { KubeObject } from '../../kube-object.ts';
import { parseQuantity } from '../../objects/quantity.ts';
import type { PodSpec, Taint, Toleration } from '../shapes.ts';
import { isSelected } from './node-affinity.ts';
import { type Neighbourhood, neighbourMisfit } from './pod-affinity.ts';

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

/** The taint that the control plane puts on a cordoned node. */
const cordon: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };

const tolerated = (spec: PodSpec, taint: Taint): boolean =>
  (spec.tolerations ?? []).some((toleration) => tolerates(toleration, taint));

const untolerated = (spec: PodSpec, node: KubeObject): Taint | undefined => {
  const taints: readonly Taint[] = node.spec?.taints ?? [];
  return taints.find((taint) => taint.effect !== 'PreferNoSchedule' && !tolerated(spec, taint));
};

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

const hostPorts = (spec: PodSpec): readonly number[] =>
  spec.containers
    .flatMap(({ ports }) => ports ?? [])
    .flatMap(({ hostPort }) => (hostPort === undefined ? [] : [hostPort]));

const lasting = (reason: string): Misfit => ({ reasons: [reason], isLasting: true });
const passing = (reasons: readonly string[]): Misfit => ({ reasons, isLasting: false });

/** Why this node cannot take the pod; null when it can. The first check that fails speaks, as in kube-scheduler. */
export const misfitOf = (pod: KubeObject, node: KubeObject, world: Neighbourhood): Misfit | null => {
  const spec: PodSpec = pod.spec;
  const pods = world.placed.filter((other) => other.spec.nodeName === node.metadata.name);
  if (node.spec?.unschedulable === true && !tolerated(spec, cordon)) return lasting('node(s) were unschedulable');
  const taint = untolerated(spec, node);
  if (taint !== undefined) return lasting(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`);
  if (!isSelected(spec, node)) return lasting("node(s) didn't match Pod's node affinity/selector");
  const taken = pods.flatMap((other) => hostPorts(other.spec));
  if (hostPorts(spec).some((port) => taken.includes(port))) {
    return passing(["node(s) didn't have free ports for the requested pod ports"]);
  }
  const reasons = shortages(spec, node, pods);
  if (reasons.length > 0) return passing(reasons);
  const neighbours = neighbourMisfit(pod, node, world);
  return neighbours === null ? null : passing([neighbours]);
};

const tally = (reasons: readonly string[]): string => {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .map(([reason, count]) => `${count} ${reason}`)
    .sort((left, right) => (left < right ? -1 : 1))
    .join(', ');
};

/** The sentence about a pod that no node is even asked for, because its claims are not to be had. */
export const claimMessage = (trouble: string, nodes: number): string =>
  `0/${nodes} nodes are available: ${trouble}. preemption: 0/${nodes} nodes are available: ${nodes} Preemption is not helpful for scheduling.`;

/** The sentence of a FailedScheduling event, in kube-scheduler's wording. */
export const unschedulableMessage = (misfits: readonly Misfit[]): string => {
  if (misfits.length === 0) return 'no nodes available to schedule pods';
  const nodes = `0/${misfits.length} nodes are available`;
  const preemption = misfits.map(({ isLasting }) =>
    isLasting ? 'Preemption is not helpful for scheduling' : 'No preemption victims found for incoming pod',
  );
  return `${nodes}: ${tally(misfits.flatMap(({ reasons }) => reasons))}. preemption: ${nodes}: ${tally(preemption)}.`;
};

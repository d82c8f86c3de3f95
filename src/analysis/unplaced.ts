import type { ContainerResources, EventData, PodState, WorkloadData } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import type { LabelDemand, Placement, Toleration } from '../domain/pod-template.ts';
import type { NodeData, Taint } from '../domain/surroundings.ts';
import { amountInWords } from './observe-surroundings.ts';
import type { Scene, Seen } from './scene.ts';

/** Why a workload's pods find no node. `evidence` holds ids, the strongest first. */
export interface Unplaced {
  readonly fault: FaultName;
  readonly component?: string;
  readonly why: string;
  readonly evidence: readonly string[];
  /** Whether objects prove it; otherwise only the scheduler's words say so. */
  readonly proven: boolean;
}

/** A pod that no node was found for. */
export const isUnplaced = ({ phase, node }: PodState): boolean => phase === 'Pending' && node === undefined;

const meets = (labels: Readonly<Record<string, string>>, { key, operator, values }: LabelDemand): boolean => {
  const value = labels[key];
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return value !== undefined && Number(value) > Number(values[0]);
    case 'Lt':
      return value !== undefined && Number(value) < Number(values[0]);
    default:
      return true; // an operator of a later Kubernetes is no proof of anything
  }
};

const toleratesOne = (taint: Taint, { key, operator, value, effect }: Toleration): boolean => {
  if (effect !== undefined && effect !== '' && effect !== taint.effect) return false;
  if (key !== undefined && key !== taint.key) return false;
  return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
};

const bars = (taint: Taint, tolerations: readonly Toleration[]): boolean =>
  taint.effect !== 'PreferNoSchedule' && !tolerations.some((toleration) => toleratesOne(taint, toleration));

/** Cordoning taints the node too; the taint says nothing of its own. */
const cordonTaint = 'node.kubernetes.io/unschedulable';

const selected = ({ nodeSelector }: Placement, { labels }: NodeData): boolean =>
  Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);

const liked = ({ nodeAffinity }: Placement, { labels }: NodeData): boolean =>
  nodeAffinity.length === 0 || nodeAffinity.some((term) => term.every((demand) => meets(labels, demand)));

const asked = (containers: readonly ContainerResources[], resource: 'cpu' | 'memory'): number =>
  containers.reduce((sum, one) => sum + ((resource === 'cpu' ? one.cpuRequest : one.memoryRequest) ?? 0), 0);

/** A resource of which the pod asks for more than the whole node has. */
const tooSmall = (state: WorkloadData, { allocatable }: NodeData): 'cpu' | 'memory' | undefined =>
  (['memory', 'cpu'] as const).find(
    (resource) => asked(state.containers, resource) > (allocatable[resource] ?? Number.POSITIVE_INFINITY),
  );

interface Bar {
  readonly fault: FaultName;
  readonly component: string;
  readonly why: string;
}

const barAt = (state: WorkloadData, placement: Placement, node: NodeData): Bar | undefined => {
  const { name } = node;
  const taint = node.taints.find((one) => one.key !== cordonTaint && bars(one, placement.tolerations));
  const { cpu, memory } = node.allocatable;
  const resource = tooSmall(state, node);
  if (taint !== undefined) {
    const words = `${taint.key}${taint.value === undefined ? '' : `=${taint.value}`}:${taint.effect}`;
    return { fault: 'untolerated-taint', component: `taint ${words}`, why: `they do not tolerate the taint ${words}` };
  }
  if (resource !== undefined) {
    const has = amountInWords(resource, (resource === 'cpu' ? cpu : memory) ?? 0);
    const wants = amountInWords(resource, asked(state.containers, resource));
    return {
      fault: 'request-too-large',
      component: resource,
      why: `they ask for ${wants} of ${resource} and no node has more than ${has}`,
    };
  }
  return node.unschedulable
    ? { fault: 'node-cordoned', component: `node ${name}`, why: `the node ${name} is cordoned` }
    : undefined;
};

/**
 * The bar that keeps the pods from most of the nodes that they may use. Nodes that are cordoned for good (a control plane)
 * bar every pod all the time, so a cordon is the cause only where nothing else bars the pods anywhere.
 */
const commonBar = (bars: readonly (Bar | undefined)[]): Bar | undefined => {
  if (bars.some((bar) => bar === undefined)) return undefined;
  const real = bars.filter((bar) => bar?.fault !== 'node-cordoned');
  const counted = real.length > 0 ? real : bars;
  const counts = new Map<FaultName, number>();
  for (const bar of counted) if (bar !== undefined) counts.set(bar.fault, (counts.get(bar.fault) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, left], [, right]) => right - left);
  return counted.find((bar) => bar?.fault === most?.[0]);
};

const demandsInWords = (placement: Placement): string =>
  Object.entries(placement.nodeSelector)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** What the objects prove: by the scheduler's own predicates, one node after the other. */
const byObjects = (state: WorkloadData, placement: Placement, nodes: readonly NodeData[]): Bar | undefined => {
  if (nodes.length === 0) return undefined;
  const chosen = nodes.filter((node) => selected(placement, node));
  if (chosen.length === 0) {
    const words = demandsInWords(placement);
    return { fault: 'node-selector', component: words, why: `no node carries the labels ${words} that they demand` };
  }
  const fitting = chosen.filter((node) => liked(placement, node));
  if (fitting.length === 0) {
    return {
      fault: 'node-affinity',
      component: 'required node affinity',
      why: 'no node satisfies their required node affinity',
    };
  }
  return commonBar(fitting.map((node) => barAt(state, placement, node)));
};

/** What the scheduler says, read from the most telling phrase to the least. */
const phrases: readonly (readonly [RegExp, FaultName, string])[] = [
  [/didn't match pod anti-affinity|anti-affinity rules/i, 'pod-anti-affinity', 'required anti-affinity'],
  [/untolerated taint/i, 'untolerated-taint', 'taint'],
  [/Insufficient memory/i, 'request-too-large', 'memory'],
  [/Insufficient cpu/i, 'request-too-large', 'cpu'],
  [/persistentvolumeclaim|volume node affinity|unbound immediate/i, 'volume-claim', 'claim'],
  [/free ports/i, 'port-conflict', 'host port'],
  [/node affinity\/selector|node selector/i, 'node-affinity', 'required node affinity'],
  [/were unschedulable/i, 'node-cordoned', 'every node'],
];

const sayingOf = (scene: Scene, workload: string, pods: readonly PodState[]): Seen<EventData> | undefined => {
  const names = new Set(pods.map(({ name }) => name));
  return scene
    .events(workload)
    .filter(({ data }) => data.reason === 'FailedScheduling' && names.has(data.object.name))
    .toSorted((left, right) => (left.data.lastSeenAt < right.data.lastSeenAt ? 1 : -1))[0];
};

/** Why the workload's waiting pods have no node; null when none waits, or nobody can tell. */
export const whyUnplaced = (scene: Scene, workload: string): Unplaced | null => {
  const state = scene.state(workload);
  const waiting = state?.data.pods.filter(isUnplaced) ?? [];
  if (state === undefined || waiting.length === 0) return null;
  const saying = sayingOf(scene, workload, waiting);
  const condition = waiting.flatMap(({ conditions }) => conditions ?? []).find(({ type }) => type === 'PodScheduled');
  const words = [saying?.data.message, condition?.message].filter((text) => text !== undefined).join(' ');
  const nodeIds = scene.nodes.filter(({ data }) => data.unschedulable || data.taints.length > 0).map(({ id }) => id);
  const evidence = [state.id, ...(saying === undefined ? [] : [saying.id]), ...nodeIds];
  const { placement } = state.data;
  const proof =
    placement === undefined
      ? undefined
      : byObjects(
          state.data,
          placement,
          scene.nodes.map(({ data }) => data),
        );
  if (proof !== undefined)
    return {
      ...proof,
      why: `${waiting.length} pod(s) of ${workload} find no node: ${proof.why}`,
      evidence,
      proven: true,
    };
  const [first] = phrases.filter(([phrase]) => phrase.test(words));
  if (first === undefined) return null;
  const [, fault, component] = first;
  return {
    fault,
    component,
    why: `${waiting.length} pod(s) of ${workload} find no node; the scheduler says: ${words.slice(0, 200)}`,
    evidence,
    proven: false,
  };
};

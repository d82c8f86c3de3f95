import type { FieldChange, PodState } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import type { Placement } from '../domain/pod-template.ts';
import type { NodeData } from '../domain/surroundings.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';

/** One reason why nodes cannot take a pod, with how many of them it bars. */
interface Bar {
  readonly nodes: number;
  readonly words: string;
}

/** A pod that no node takes, and why, in the scheduler's words. */
export interface Unschedulable {
  readonly pod: PodState;
  readonly message: string;
  readonly bars: readonly Bar[];
}

/** Taints that the control plane sets by itself: of nodes kept for it, and of nodes that are in trouble themselves. */
const everyday = /untolerated taint.*(node-role\.kubernetes\.io\/|node\.kubernetes\.io\/)/;

const barsIn = (message: string): readonly Bar[] => {
  const [told = ''] = message
    .replace(/^0\/\d+ nodes are available:\s*/, '')
    .split(/\.\s+(?:preemption|no new claims)/i);
  return told
    .split(/,\s+(?=\d+ )/)
    .map((part) => /^(\d+)\s+(.*?)\.?$/.exec(part.trim()))
    .flatMap((match) => (match === null ? [] : [{ nodes: Number(match[1]), words: match[2] ?? '' }]))
    .filter(({ words }) => !everyday.test(words));
};

/** The scheduler's words: of the pod's own condition, or where that was read without them, of the newest event about this pod. */
const wordsAbout = (scene: Scene, workload: string, { name, conditions }: PodState): string => {
  const condition = conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  if (condition?.message !== undefined) return condition.message;
  const [newest] = scene
    .events(workload)
    .filter(({ data }) => data.reason === 'FailedScheduling' && data.object.name === name)
    .toSorted((left, right) => (left.data.lastSeenAt < right.data.lastSeenAt ? 1 : -1));
  return newest?.data.message ?? '';
};

/** The first pod of a workload that waits for a node. */
export const unschedulableOf = (scene: Scene, workload: string): Unschedulable | undefined =>
  (scene.state(workload)?.data.pods ?? []).flatMap((pod): readonly Unschedulable[] => {
    if (pod.node !== undefined || pod.phase === 'Terminating') return [];
    const message = wordsAbout(scene, workload, pod);
    return message === '' ? [] : [{ pod, message, bars: barsIn(message) }];
  })[0];

/** What keeps pods from nodes, in the scheduler's words. */
const barriers: readonly { readonly fault: FaultName; readonly words: RegExp }[] = [
  { fault: 'untolerated-taint', words: /untolerated taint/ },
  { fault: 'port-conflict', words: /free ports/ },
  { fault: 'pod-anti-affinity', words: /anti-affinity rules/ },
  { fault: 'request-too-large', words: /^Insufficient (cpu|memory|ephemeral-storage)/ },
  { fault: 'node-affinity', words: /node affinity|node selector/ },
  { fault: 'node-cordoned', words: /were unschedulable/ },
];

const demandsNode = ({ nodeAffinity }: Placement): boolean => nodeAffinity.length > 0;

/** The scheduler says the same of selector and affinity: which of the two the template has, and no node satisfies, decides. */
const selectorOrAffinity = (scene: Scene, workload: string): FaultName => {
  const placement = scene.state(workload)?.data.placement;
  if (placement === undefined || Object.keys(placement.nodeSelector).length === 0) return 'node-affinity';
  if (!demandsNode(placement)) return 'node-selector';
  const isServed = scene.nodes.some(({ data }) =>
    Object.entries(placement.nodeSelector).every(([key, value]) => data.labels[key] === value),
  );
  return isServed ? 'node-affinity' : 'node-selector';
};

const faultOf = (scene: Scene, workload: string, words: string): FaultName | undefined => {
  const fault = barriers.find((barrier) => barrier.words.test(words))?.fault;
  return fault === 'node-affinity' ? selectorOrAffinity(scene, workload) : fault;
};

/** Fields of the template that bring each barrier about. */
const fields: Readonly<Partial<Record<FaultName, RegExp>>> = {
  'request-too-large': /\/resources(\/|$)/,
  'node-selector': /\/nodeSelector(\/|$)/,
  'node-affinity': /\/affinity(\/nodeAffinity|$)/,
  'pod-anti-affinity': /\/affinity(\/podA|$)|^\/spec\/replicas$/,
  'port-conflict': /\/ports(\/|$)|\/hostNetwork$/,
  'untolerated-taint': /\/tolerations(\/|$)/,
};

const changeFor = (scene: Scene, workload: string, fault: FaultName): Seen<FieldChange> | undefined => {
  const field = fields[fault];
  return field === undefined ? undefined : changeOf(scene, workload, ({ path }) => field.test(path));
};

const isSelected = ({ nodeSelector }: Placement, { labels }: NodeData): boolean =>
  Object.entries(nodeSelector).every(([key, value]) => labels[key] === value);

/** A node was cordoned a moment ago, or the one to which the pods are pinned is cordoned. */
const cordonMatters = (scene: Scene, workload: string): boolean => {
  const cordoned = scene.nodes.filter(({ data }) => data.unschedulable);
  const fresh = cordoned.some(({ data }) =>
    scene.changesOf('Node', data.name).some((change) => change.data.path === '/spec/unschedulable'),
  );
  const placement = scene.state(workload)?.data.placement;
  if (fresh || placement === undefined || Object.keys(placement.nodeSelector).length === 0) return fresh;
  const chosen = scene.nodes.filter(({ data }) => isSelected(placement, data));
  return chosen.length > 0 && chosen.every(({ data }) => data.unschedulable);
};

/**
 * How little a barrier is a matter of course: nodes that the pods were never meant for, and nodes that are cordoned for good,
 * are no news; what bars the rest is.
 */
const courseOf = (fault: FaultName): number => {
  if (fault === 'node-cordoned') return 2;
  return fault === 'node-selector' || fault === 'node-affinity' ? 1 : 0;
};

const isNews = (fault: FaultName): boolean => courseOf(fault) === 0;

/** The barrier that explains the waiting pod: one that a change brought about, else the one for most nodes among those that are news. */
const barrierOf = (scene: Scene, workload: string, { bars, message }: Unschedulable): FaultName | undefined => {
  const counts = new Map<FaultName, number>();
  for (const { words, nodes } of bars) {
    const fault = faultOf(scene, workload, words);
    if (fault !== undefined) counts.set(fault, (counts.get(fault) ?? 0) + nodes);
  }
  // Pinned to a node that is down: that is the node's trouble, not the label's.
  if (/node\.kubernetes\.io\/(not-ready|unreachable)/.test(message) && ![...counts.keys()].some(isNews))
    return undefined;
  const found = [...counts.keys()];
  const changed = found.find((fault) => changeFor(scene, workload, fault) !== undefined);
  if (changed !== undefined) return changed;
  if (counts.has('node-cordoned') && cordonMatters(scene, workload)) return 'node-cordoned';
  const nodes = (fault: FaultName): number => counts.get(fault) ?? 0;
  return found.toSorted((left, right) => courseOf(left) - courseOf(right) || nodes(right) - nodes(left))[0];
};

/** Makes a detector of one barrier. `named` says which of the nodes stand for it, for the component and the evidence. */
export const schedulingDetector = (kind: {
  readonly fault: FaultName;
  readonly component?: (scene: Scene, unschedulable: Unschedulable) => string | undefined;
  readonly witnesses?: (scene: Scene) => readonly string[];
}): Detector => ({
  fault: kind.fault,
  detect(scene, workload) {
    const waiting = unschedulableOf(scene, workload);
    const state = scene.state(workload);
    if (waiting === undefined || state === undefined || barrierOf(scene, workload, waiting) !== kind.fault) return null;
    const change = changeFor(scene, workload, kind.fault);
    const component = kind.component?.(scene, waiting);
    return hypothesisOf({
      cause: { workload, fault: kind.fault, ...(component === undefined ? {} : { component }) },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [
        state.id,
        ...(kind.witnesses?.(scene) ?? []),
        change?.id,
        ...eventIds(scene, workload, ['FailedScheduling']),
      ],
      reasoning: `Pod ${waiting.pod.name} of ${workload} finds no node: ${waiting.message.slice(0, 200)}${becauseOf(scene, change)}`,
    });
  },
});

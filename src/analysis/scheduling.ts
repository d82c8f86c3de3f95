import type { FieldChange, PodState } from '../domain/evidence.ts';
import type { FaultName } from '../domain/fault.ts';
import type { Placement } from '../domain/pod-template.ts';
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

/** Taints that every cluster has: they bar ordinary pods from nodes that were never meant for them. */
const everyday = /node-role\.kubernetes\.io\/(control-plane|master)/;

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

/** The first pod of a workload that waits for a node, by its own condition. */
export const unschedulableOf = (scene: Scene, workload: string): Unschedulable | undefined =>
  (scene.state(workload)?.data.pods ?? []).flatMap((pod): readonly Unschedulable[] => {
    const condition = pod.conditions?.find(({ type, status }) => type === 'PodScheduled' && status === 'False');
    const message = condition?.message ?? '';
    if (pod.node !== undefined || pod.phase === 'Terminating' || message === '') return [];
    return [{ pod, message, bars: barsIn(message) }];
  })[0];

/** What keeps pods from nodes, the most unusual first: the root of a mixed picture is what should not be there at all. */
const barriers: readonly { readonly fault: FaultName; readonly words: RegExp }[] = [
  { fault: 'node-cordoned', words: /were unschedulable/ },
  { fault: 'untolerated-taint', words: /untolerated taint/ },
  { fault: 'port-conflict', words: /free ports/ },
  { fault: 'pod-anti-affinity', words: /anti-affinity rules/ },
  { fault: 'request-too-large', words: /^Insufficient (cpu|memory|ephemeral-storage)/ },
  { fault: 'node-affinity', words: /node affinity|node selector/ },
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

/** The barrier that explains the waiting pod: one that a recorded change brought about, else the most unusual one. */
const barrierOf = (scene: Scene, workload: string, { bars }: Unschedulable): FaultName | undefined => {
  const found = [...new Set(bars.flatMap(({ words }) => faultOf(scene, workload, words) ?? []))];
  const changed = found.find((fault) => changeFor(scene, workload, fault) !== undefined);
  const order = (fault: FaultName): number => barriers.findIndex((barrier) => barrier.fault === fault);
  return changed ?? found.toSorted((left, right) => (order(left) + 1 || 99) - (order(right) + 1 || 99))[0];
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

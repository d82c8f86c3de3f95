import type { KubeObject } from '../../kube-object.ts';
import { timestampOf } from '../../stamp-write.ts';
import { podCondition } from '../pod-facts.ts';
import type { Condition, PodSpec } from '../shapes.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { type ContainerStatus, containerStatusOf, hasStarted } from './container-status.ts';

/** What the kubelet knows of one pod. Instants in epoch milliseconds. */
export interface PodRuntime {
  readonly uid: string;
  readonly startedMs: number;
  /** Absent until the volumes are mounted and the sandbox stands. */
  readonly ip?: string;
  readonly containers: ReadonlyMap<string, ContainerRuntime>;
}

/** Names a pod as the kubelet's messages do. */
export const podTitleOf = ({ metadata }: KubeObject): string =>
  `${metadata.name}_${metadata.namespace ?? ''}(${metadata.uid ?? ''})`;

const phaseOf = (spec: PodSpec, runtimes: readonly ContainerRuntime[]): string => {
  if (runtimes.length < spec.containers.length || !runtimes.every(hasStarted)) return 'Pending';
  if (!runtimes.every(({ stage }) => stage.kind === 'finished')) return 'Running';
  return runtimes.every(({ last }) => last?.exitCode === 0) ? 'Succeeded' : 'Failed';
};

/** The conditions that the kubelet states; an unchanged status keeps its transition time. */
const conditionsOf = (
  pod: KubeObject,
  statuses: readonly ContainerStatus[],
  facts: { readonly hasSandbox: boolean; readonly phase: string; readonly nowMs: number },
): readonly Condition[] => {
  const unready = statuses.filter(({ ready }) => !ready).map(({ name }) => name);
  const cause =
    facts.phase === 'Succeeded'
      ? { reason: 'PodCompleted' }
      : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const state = (type: string, holds: boolean, why: object = {}): Condition => {
    const status = holds ? 'True' : 'False';
    const before = podCondition(pod, type);
    const since = before?.status === status ? before.lastTransitionTime : undefined;
    const lastTransitionTime = since ?? timestampOf(facts.nowMs);
    return { type, status, lastProbeTime: null, lastTransitionTime, ...(holds ? {} : why) };
  };
  const scheduled = podCondition(pod, 'PodScheduled');
  return [
    state('PodReadyToStartContainers', facts.hasSandbox),
    state('Initialized', true),
    state('Ready', unready.length === 0, cause),
    state('ContainersReady', unready.length === 0, cause),
    scheduled ?? state('PodScheduled', true),
  ];
};

const waitingStatus = (name: string, image: string): ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: { waiting: { reason: 'ContainerCreating' } },
  lastState: {},
});

const hostAddress = (node: KubeObject | undefined): string | undefined => {
  const addresses: readonly { readonly type: string; readonly address: string }[] = node?.status?.addresses ?? [];
  return addresses.find(({ type }) => type === 'InternalIP')?.address;
};

/** What the kubelet writes about a pod. */
export const podStatusOf = (
  pod: KubeObject,
  runtime: PodRuntime,
  { node, nowMs }: { readonly node: KubeObject | undefined; readonly nowMs: number },
): object => {
  const spec: PodSpec = pod.spec;
  const podUid = pod.metadata.uid ?? '';
  const statuses = spec.containers.map((container) => {
    const own = runtime.containers.get(container.name);
    if (own === undefined) return waitingStatus(container.name, container.image);
    return containerStatusOf({ podUid, spec: container, runtime: own }, podTitleOf(pod));
  });
  const phase = phaseOf(spec, [...runtime.containers.values()]);
  const hostIP = hostAddress(node);
  return {
    ...pod.status,
    phase,
    conditions: conditionsOf(pod, statuses, { hasSandbox: runtime.ip !== undefined, phase, nowMs }),
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(runtime.ip === undefined ? {} : { podIP: runtime.ip, podIPs: [{ ip: runtime.ip }] }),
    startTime: timestampOf(runtime.startedMs),
    containerStatuses: statuses,
  };
};

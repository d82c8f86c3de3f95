import type { KubeObject } from '../../kube-object.ts';
import { timestampOf } from '../../stamp-write.ts';
import { podCondition } from '../pod-facts.ts';
import type { Condition, ContainerSpec, PodSpec } from '../shapes.ts';
import type { ContainerRuntime } from './container-runtime.ts';
import { type ContainerStatus, containerStatusOf, hasStarted, unseenStatusOf } from './container-status.ts';
import { isInitialised, isPassed } from './step-pod.ts';

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

const phaseOf = ({ containers }: PodSpec, { containers: runtimes }: PodRuntime): string => {
  const own = containers.map(({ name }) => runtimes.get(name));
  if (!own.every((runtime) => runtime !== undefined && hasStarted(runtime))) return 'Pending';
  if (!own.every((runtime) => runtime?.stage.kind === 'finished')) return 'Running';
  return own.every((runtime) => runtime?.last?.exitCode === 0) ? 'Succeeded' : 'Failed';
};

const initialisation = (
  spec: PodSpec,
  { containers }: PodRuntime,
): { readonly holds: boolean; readonly why: object } => {
  const open = (spec.initContainers ?? []).filter((init) => !isPassed(init, containers.get(init.name)));
  const names = open.map(({ name }) => name).join(' ');
  const why = { reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${names}]` };
  return { holds: isInitialised(spec, containers), why };
};

/** The conditions that the kubelet states; an unchanged status keeps its transition time. */
const conditionsOf = (
  pod: KubeObject,
  statuses: readonly ContainerStatus[],
  facts: { readonly runtime: PodRuntime; readonly phase: string; readonly nowMs: number },
): readonly Condition[] => {
  const initialised = initialisation(pod.spec, facts.runtime);
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
    state('PodReadyToStartContainers', facts.runtime.ip !== undefined),
    state('Initialized', initialised.holds, initialised.why),
    state('Ready', unready.length === 0, cause),
    state('ContainersReady', unready.length === 0, cause),
    scheduled ?? state('PodScheduled', true),
  ];
};

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
  const unseen = isInitialised(spec, runtime.containers) ? 'ContainerCreating' : 'PodInitializing';
  const statusOf = (container: ContainerSpec): ContainerStatus => {
    const own = runtime.containers.get(container.name);
    if (own === undefined) return unseenStatusOf(container, unseen);
    return containerStatusOf({ podUid: runtime.uid, spec: container, runtime: own }, podTitleOf(pod));
  };
  const statuses = spec.containers.map(statusOf);
  const phase = phaseOf(spec, runtime);
  const hostIP = hostAddress(node);
  return {
    ...pod.status,
    phase,
    conditions: conditionsOf(pod, statuses, { runtime, phase, nowMs }),
    ...(hostIP === undefined ? {} : { hostIP, hostIPs: [{ ip: hostIP }] }),
    ...(runtime.ip === undefined ? {} : { podIP: runtime.ip, podIPs: [{ ip: runtime.ip }] }),
    startTime: timestampOf(runtime.startedMs),
    ...(spec.initContainers === undefined ? {} : { initContainerStatuses: spec.initContainers.map(statusOf) }),
    containerStatuses: statuses,
  };
};

import type { KubeObject } from '../../kube-object.ts';
import type { PodSpec } from '../shapes.ts';
import type { Timings } from '../timings.ts';
import { type ContainerRuntime, freshRuntime } from './container-runtime.ts';
import type { PodRuntime } from './pod-status.ts';

/** A container that already runs, as its status tells; undefined when it does not. */
const runningFrom = (pod: KubeObject, name: string, timings: Timings): ContainerRuntime | undefined => {
  const statuses: readonly KubeObject[] = pod.status?.containerStatuses ?? [];
  const status = statuses.find((entry) => entry.name === name);
  const startedAt: string | undefined = status?.state?.running?.startedAt;
  if (startedAt === undefined) return undefined;
  const ready = status?.ready === true;
  return {
    ...freshRuntime(timings),
    restarts: Number(status?.restartCount ?? 0),
    stage: { kind: 'running', startedMs: Date.parse(startedAt), ready, saidMs: 0, untilMs: 0 },
  };
};

/** Begins to keep house for a pod; one that already runs is taken on where it stands, so that a restart of the controllers goes unnoticed. */
export const adoptPod = (
  pod: KubeObject,
  { nowMs, timings }: { readonly nowMs: () => number; readonly timings: Timings },
): PodRuntime => {
  const spec: PodSpec = pod.spec;
  const startTime: string | undefined = pod.status?.startTime;
  const containers = new Map<string, ContainerRuntime>();
  for (const { name } of spec.containers) {
    const running = runningFrom(pod, name, timings);
    if (running !== undefined) containers.set(name, running);
  }
  const startedMs = startTime === undefined ? nowMs() : Date.parse(startTime);
  return { uid: pod.metadata.uid ?? '', startedMs, containers };
};

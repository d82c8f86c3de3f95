import type { ContainerSpec, PodSpec } from '../shapes.ts';
import { type ContainerRuntime, type ContainerSite, freshRuntime } from './container-runtime.ts';
import { stepContainer } from './step-container.ts';

/** A container of a pod with what its place in the pod means for it. */
export interface PodContainer {
  readonly spec: ContainerSpec;
  readonly restartPolicy: ContainerSite['restartPolicy'];
  /** How events point at it. */
  readonly fieldPath: string;
}

type Runtimes = ReadonlyMap<string, ContainerRuntime>;

/** Steps that one container may take in one look: waiting, pulled, started is the longest way. */
const stepsMax = 4;

const isSidecar = ({ restartPolicy }: ContainerSpec): boolean => restartPolicy === 'Always';

/** An init container restarts until it succeeds, a sidecar for ever, and neither under the policy Never. */
const initContainerOf = (spec: ContainerSpec, pod: PodSpec): PodContainer => {
  const untilDone = pod.restartPolicy === 'Never' ? 'Never' : 'OnFailure';
  const restartPolicy = isSidecar(spec) ? 'Always' : untilDone;
  return { spec, restartPolicy, fieldPath: `spec.initContainers{${spec.name}}` };
};

/** Whether the containers after this init container may start. */
export const isPassed = (init: ContainerSpec, runtime: ContainerRuntime | undefined): boolean =>
  isSidecar(init)
    ? runtime?.stage.kind === 'running'
    : runtime?.stage.kind === 'finished' && runtime.last?.exitCode === 0;

/** Whether the pod has come past its init containers; once it has, it stays so. */
export const isInitialised = (pod: PodSpec, runtimes: Runtimes): boolean =>
  pod.containers.some(({ name }) => runtimes.has(name)) ||
  (pod.initContainers ?? []).every((init) => isPassed(init, runtimes.get(init.name)));

const stepThrough = (start: ContainerRuntime, site: ContainerSite): ContainerRuntime => {
  let runtime = start;
  for (let step = 0; step < stepsMax; step += 1) {
    const next = stepContainer(runtime, site);
    if (next.stage.kind === runtime.stage.kind) return next;
    runtime = next;
  }
  return runtime;
};

/** Takes all containers of a pod one look further: init containers one after the other, then the others together. */
export const stepPod = (
  pod: PodSpec,
  before: Runtimes,
  siteOf: (container: PodContainer) => ContainerSite,
): Runtimes => {
  const after = new Map<string, ContainerRuntime>();
  const step = (container: PodContainer): void => {
    const site = siteOf(container);
    after.set(container.spec.name, stepThrough(before.get(container.spec.name) ?? freshRuntime(site.timings), site));
  };
  const wasInitialised = isInitialised(pod, before);
  for (const init of pod.initContainers ?? []) {
    step(initContainerOf(init, pod));
    if (!wasInitialised && !isPassed(init, after.get(init.name))) return after;
  }
  const restartPolicy = pod.restartPolicy ?? 'Always';
  for (const spec of pod.containers) step({ spec, restartPolicy, fieldPath: `spec.containers{${spec.name}}` });
  return after;
};

import { isDeepStrictEqual } from 'node:util';
import type { ContainerJudge } from '../../../world/world.ts';
import type { KubeObject } from '../../kube-object.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from '../controller.ts';
import type { EventNote } from '../event-recorder.ts';
import { isFinished } from '../pod-facts.ts';
import { adoptPod } from './adopt-pod.ts';
import type { ContainerSite } from './container-runtime.ts';
import { missingFromEnvironment, missingFromVolumes } from './missing-sources.ts';
import { createPodAddresses, type PodAddresses } from './pod-addresses.ts';
import { type PodRuntime, podStatusOf, podTitleOf } from './pod-status.ts';
import { type PodContainer, stepPod } from './step-pod.ts';

/** What the kubelets of all nodes work with. */
export interface KubeletDeps extends ControllerDeps {
  readonly judge: ContainerJudge;
}

/** What the kubelets remember between two looks. */
interface Memory {
  readonly pods: Map<string, PodRuntime>;
  /** When a pod on its way out ends, and when one without its volumes is tried again. */
  readonly endsMs: Map<string, number>;
  readonly mountsMs: Map<string, number>;
  readonly addresses: PodAddresses;
  /** `<node> <image>` for each image that a node has pulled. */
  readonly images: Set<string>;
}

const report = (deps: KubeletDeps, pod: KubeObject, note: Omit<EventNote, 'component' | 'host'>): void =>
  deps.events.record(pod, { ...note, component: 'kubelet', host: pod.spec.nodeName });

const siteOf = (
  deps: KubeletDeps,
  memory: Memory,
  place: { readonly pod: KubeObject; readonly container: PodContainer; readonly ip: string },
): ContainerSite => {
  const { pod } = place;
  const { spec, restartPolicy, fieldPath } = place.container;
  const imageKey = `${pod.spec.nodeName} ${spec.image}`;
  return {
    spec,
    restartPolicy,
    podTitle: podTitleOf(pod),
    podIp: place.ip,
    nowMs: deps.nowMs(),
    timings: deps.timings,
    pullMs: () => Math.round(deps.random.between(deps.timings.imagePullMsMin, deps.timings.imagePullMsMax)),
    imageBytes: () => Math.round(deps.random.between(20_000_000, 120_000_000)),
    hasImage: () => memory.images.has(imageKey),
    keepImage: () => memory.images.add(imageKey),
    judge: (runningForMs) => deps.judge.judge(pod, spec.name, runningForMs),
    ask: (probe) => deps.judge.probe?.(pod, spec.name, probe),
    missing: () => missingFromEnvironment(deps.store, pod.metadata.namespace ?? '', spec),
    say: (note) => report(deps, pod, { ...note, fieldPath }),
  };
};

/** Mounts the volumes and sets up the sandbox. Returns the pod's address, or undefined while a volume's object is missing. */
const prepare = (deps: KubeletDeps, memory: Memory, pod: KubeObject): string | undefined => {
  const key = keyOf(pod);
  const now = deps.nowMs();
  const missing = missingFromVolumes(deps.store, pod.metadata.namespace ?? '', pod.spec);
  if (missing === undefined) {
    memory.mountsMs.delete(key);
    return memory.addresses.take(pod, deps.store.get('nodes', '', pod.spec.nodeName));
  }
  if ((memory.mountsMs.get(key) ?? 0) <= now) {
    report(deps, pod, { type: 'Warning', reason: 'FailedMount', message: missing });
    memory.mountsMs.set(key, now + deps.timings.configRetryMs);
  }
  return undefined;
};

/** Carries a pod one look further. Returns the milliseconds until it wants the next one. */
const run = (deps: KubeletDeps, memory: Memory, pod: KubeObject): number => {
  const key = keyOf(pod);
  const now = deps.nowMs();
  const known = memory.pods.get(key);
  const before = known !== undefined && known.uid === pod.metadata.uid ? known : adoptPod(pod, deps);
  const ip = before.ip ?? prepare(deps, memory, pod);
  const runtime: PodRuntime =
    ip === undefined
      ? before
      : {
          ...before,
          ip,
          containers: stepPod(pod.spec, before.containers, (container) => siteOf(deps, memory, { pod, container, ip })),
        };
  memory.pods.set(key, runtime);
  const node = deps.store.get('nodes', '', pod.spec.nodeName);
  const status = podStatusOf(pod, runtime, { node, nowMs: now });
  // Most looks change nothing: comparing is cheaper than a write that the store finds to be none.
  if (!isDeepStrictEqual(status, pod.status)) deps.store.updateStatus('pods', { ...pod, status }, 'kubelet');
  const looksMs = [...runtime.containers.values()].map(({ stage }) => stage.untilMs);
  const untilMs = Math.min(memory.mountsMs.get(key) ?? Number.POSITIVE_INFINITY, ...looksMs);
  return Math.max(0, untilMs - now);
};

/** Stops a pod's containers and takes it from the store after a moment of grace. */
const end = (deps: KubeletDeps, memory: Memory, pod: KubeObject): number | undefined => {
  const key = keyOf(pod);
  const now = deps.nowMs();
  const known = memory.endsMs.get(key);
  if (known !== undefined && known <= now) {
    deps.store.remove('pods', pod.metadata.namespace ?? '', pod.metadata.name);
    return undefined;
  }
  if (known !== undefined) return known - now;
  for (const [name, { stage }] of memory.pods.get(key)?.containers ?? []) {
    if (stage.kind !== 'running') continue;
    const note = { type: 'Normal', reason: 'Killing', message: `Stopping container ${name}` } as const;
    report(deps, pod, { ...note, fieldPath: `spec.containers{${name}}` });
  }
  const graceMs =
    Number(pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000;
  const waitMs = Math.min(graceMs, deps.timings.terminationMsMax);
  memory.endsMs.set(key, now + waitMs);
  return waitMs;
};

const forget = (memory: Memory, key: string): void => {
  memory.pods.delete(key);
  memory.endsMs.delete(key);
  memory.mountsMs.delete(key);
  memory.addresses.release(key);
};

/** Makes the kubelets of all nodes: they start, watch and end the containers of scheduled pods as the judge decides. */
export const createKubelet = (deps: KubeletDeps): Controller => {
  const memory: Memory = {
    pods: new Map(),
    endsMs: new Map(),
    mountsMs: new Map(),
    addresses: createPodAddresses(keyOf),
    images: new Set(),
  };
  return {
    name: 'kubelet',
    keysFor: ({ resource, object }) => (resource === 'pods' ? [keyOf(object)] : []),
    reconcile: (key) => {
      const pod = deps.store.get('pods', ...parseKey(key));
      if (pod === undefined) {
        forget(memory, key);
        return undefined;
      }
      if (pod.metadata.deletionTimestamp !== undefined) return end(deps, memory, pod);
      if (pod.spec.nodeName === undefined || isFinished(pod)) return undefined;
      const againMs = run(deps, memory, pod);
      return Number.isFinite(againMs) ? againMs : undefined;
    },
  };
};

import type { KubeObject } from '../cluster/kube-object.ts';
import type { KubeStore } from '../cluster/kube-store.ts';
import { type ClusterView, type PodView, viewPod } from './cluster-view.ts';
import { commandFate, type Words } from './commands.ts';
import { findMisconfiguration, findMissingReference } from './configuration.ts';
import { type Environment, envOf, sourcesIn } from './environment.ts';
import { imageExists, pullFailure } from './images.ts';
import type { LogDesk } from './logs/log-desk.ts';
import { memoryNeedBytes, type PodStates } from './pod-states.ts';
import { answerProbe } from './probe-answers.ts';
import { profileOf } from './profiles.ts';
import { hashUnit } from './random.ts';
import type { ContainerFate, ContainerJudge } from './world.ts';

/** Applications read their configuration at start: after this, a Service that vanishes is no reason to exit. */
const startMs = 10_000;
/** Pods remembered before those that are gone are forgotten. */
const seenMax = 200;
const initContainerMs = 400;
const sidecarReadyMs = 300;

/** What the judge looks at. */
export interface JudgeDeps {
  readonly store: KubeStore;
  readonly namespace: string;
  readonly view: () => ClusterView;
  readonly states: PodStates;
  readonly desk: LogDesk;
}

interface RawContainer extends Environment, Words {
  readonly name: string;
}

const exits = (afterMs: number, exitCode: number, reason: 'Error' | 'OOMKilled' | 'Completed'): ContainerFate => ({
  kind: 'exits',
  afterMs: Math.round(afterMs),
  exitCode,
  reason,
});

/** The kernel's verdict: the less memory there is, the sooner it kills. Null while the limit suffices. */
const judgeMemory = (pod: PodView, states: PodStates, runningForMs: number): ContainerFate | null => {
  if (pod.memoryLimitBytes === null) return null;
  const { callsPerSecond, leakedBytes } = states.of(pod.uid);
  const need = memoryNeedBytes(profileOf(pod.workload), callsPerSecond) + leakedBytes;
  if (need <= pod.memoryLimitBytes) return null;
  const startedUnderIt = memoryNeedBytes(profileOf(pod.workload), 0) <= pod.memoryLimitBytes;
  const fillMs = 300 + 1_700 * (pod.memoryLimitBytes / need);
  return exits(startedUnderIt ? Math.max(fillMs, runningForMs) : fillMs, 137, 'OOMKilled');
};

/** An init container of the shop waits until the addresses in its environment answer. */
const judgeWaiting = (init: RawContainer, view: ClusterView, runningForMs: number): ContainerFate => {
  const told = commandFate(init);
  if (told !== null) return told;
  const addresses = Object.entries(envOf(init)).filter(([name]) => name.endsWith('_ADDR'));
  const isWaiting = addresses.some(([, address]) => view.resolve(address).kind === 'fails');
  if (isWaiting) return { kind: 'runs', readyAfterMs: null };
  return exits(Math.max(initContainerMs, runningForMs), 0, 'Completed');
};

const judgeApplication = (deps: JudgeDeps, pod: PodView, runningForMs: number): ContainerFate => {
  const wrong = runningForMs < startMs ? findMisconfiguration(pod) : null;
  if (wrong !== null) return exits(250 + 500 * hashUnit(pod.uid), 1, 'Error');
  const killed = judgeMemory(pod, deps.states, runningForMs);
  if (killed !== null) return killed;
  const readyAfterMs = profileOf(pod.workload).readyMs * (0.85 + 0.3 * hashUnit(pod.uid));
  return { kind: 'runs', readyAfterMs: Math.round(readyAfterMs) };
};

const containersIn = (pod: KubeObject, list: 'containers' | 'initContainers'): readonly RawContainer[] =>
  pod.spec?.[list] ?? [];

/** Judges containers of the shop by image, configuration and memory, and lets the applications speak at their start. */
export const createJudge = (deps: JudgeDeps): ContainerJudge => {
  /** How long each container had run when it was last looked at: less than that means a new start. */
  const seen = new Map<string, number>();

  const forgetGone = (): void => {
    const present = new Set(deps.view().pods.map((pod) => pod.uid));
    for (const uid of seen.keys()) if (!present.has(uid)) seen.delete(uid);
  };

  const isNewStart = (pod: PodView, runningForMs: number): boolean => {
    const before = seen.get(pod.uid);
    seen.set(pod.uid, runningForMs);
    if (seen.size > seenMax) forgetGone();
    return before === undefined || runningForMs < before;
  };

  const announce = (pod: PodView): void => {
    const wrong = findMisconfiguration(pod);
    const port = pod.ports[0]?.port ?? 8080;
    deps.desk.tell(
      pod,
      null,
      wrong === null ? { kind: 'started', port: String(port) } : { kind: 'misconfigured', ...wrong },
    );
  };

  const judgeApp = (pod: PodView, container: RawContainer, runningForMs: number): ContainerFate => {
    const missing = findMissingReference(pod, deps.store);
    if (missing !== null) return { kind: 'cannot-create', message: missing };
    const told = commandFate(container);
    if (told !== null) return told;
    if (isNewStart(pod, runningForMs)) announce(pod);
    return judgeApplication(deps, pod, runningForMs);
  };

  const viewed = (object: KubeObject): PodView =>
    viewPod(object, deps.view().deployments, sourcesIn(deps.store, deps.namespace));

  return {
    judge: (object, containerName, runningForMs) => {
      if (object.metadata.namespace !== deps.namespace) return { kind: 'runs', readyAfterMs: sidecarReadyMs };
      const isNamed = (container: RawContainer): boolean => container.name === containerName;
      const init = containersIn(object, 'initContainers').find(isNamed);
      const container = init ?? containersIn(object, 'containers').find(isNamed);
      const image = container?.image ?? '';
      if (!imageExists(image)) return { kind: 'cannot-pull', message: pullFailure(image) };
      if (init !== undefined) return judgeWaiting(init, deps.view(), runningForMs);
      const pod = viewed(object);
      if (container === undefined || pod.container !== containerName)
        return { kind: 'runs', readyAfterMs: sidecarReadyMs };
      return judgeApp(pod, container, runningForMs);
    },
    probe: (object, containerName, asked) => {
      if (object.metadata.namespace !== deps.namespace) return { kind: 'answered' };
      const container = containersIn(object, 'containers').find(({ name }) => name === containerName);
      const pod = viewed(object);
      if (container === undefined || pod.container !== containerName) return { kind: 'answered' };
      return answerProbe(pod, container.image ?? '', asked);
    },
  };
};

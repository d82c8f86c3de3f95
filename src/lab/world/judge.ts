import type { KubeObject } from '../cluster/kube-object.ts';
import type { KubeStore } from '../cluster/kube-store.ts';
import { type ClusterView, type PodView, viewPod } from './cluster-view.ts';
import { commandFate, type Words } from './commands.ts';
import { findMisconfiguration, findMissingReference } from './configuration.ts';
import { type Environment, envOf, sourcesIn } from './environment.ts';
import { imageExists, pullFailure, tagIsMissing } from './images.ts';
import { exits, judgeApplication } from './judge-application.ts';
import type { LogDesk } from './logs/log-desk.ts';
import type { PodStates } from './pod-states.ts';
import { answerProbe } from './probe-answers.ts';
import type { ContainerFate, ContainerJudge } from './world.ts';

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

/** Of what runs beside the shop only the image is judged. */
const judgeElsewhere = (image: string): ContainerFate =>
  tagIsMissing(image)
    ? { kind: 'cannot-pull', message: pullFailure(image) }
    : { kind: 'runs', readyAfterMs: sidecarReadyMs };

/** An init container of the shop waits until the addresses in its environment answer. */
const judgeWaiting = (init: RawContainer, view: ClusterView, runningForMs: number): ContainerFate => {
  const told = commandFate(init);
  if (told !== null) return told;
  const addresses = Object.entries(envOf(init)).filter(([name]) => name.endsWith('_ADDR'));
  const isWaiting = addresses.some(([, address]) => view.resolve(address).kind === 'fails');
  if (isWaiting) return { kind: 'runs', readyAfterMs: null };
  return exits(Math.max(initContainerMs, runningForMs), 0, 'Completed');
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
    return judgeApplication(deps.states, pod, runningForMs);
  };

  const viewed = (object: KubeObject): PodView =>
    viewPod(object, deps.view().deployments, sourcesIn(deps.store, deps.namespace));

  return {
    judge: (object, containerName, runningForMs) => {
      const isNamed = (container: RawContainer): boolean => container.name === containerName;
      const init = containersIn(object, 'initContainers').find(isNamed);
      const container = init ?? containersIn(object, 'containers').find(isNamed);
      const image = container?.image ?? '';
      if (object.metadata.namespace !== deps.namespace) return judgeElsewhere(image);
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

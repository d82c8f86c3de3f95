import { createHash } from 'node:crypto';
import { timestampOf } from '../../stamp-write.ts';
import type { ContainerSpec } from '../shapes.ts';
import type { ContainerRuntime, Termination } from './container-runtime.ts';

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The form of one entry of `status.containerStatuses`. */
export interface ContainerStatus {
  readonly name: string;
  readonly image: string;
  readonly imageID: string;
  readonly containerID?: string;
  readonly ready: boolean;
  readonly started: boolean;
  readonly restartCount: number;
  readonly state: object;
  readonly lastState: object;
}

/** A container with the pod that it belongs to. */
export interface ContainerInPod {
  readonly podUid: string;
  readonly spec: ContainerSpec;
  readonly runtime: ContainerRuntime;
}

const repositoryOf = (image: string): string => image.replace(/[:@][^/]*$/, '');
const containerId = (podUid: string, name: string, restarts: number): string =>
  `containerd://${digest(`${podUid}/${name}/${restarts}`)}`;

const terminatedState = (end: Termination, id: string) => ({
  terminated: {
    exitCode: end.exitCode,
    reason: end.reason,
    ...(end.message === undefined ? {} : { message: end.message }),
    startedAt: timestampOf(end.startedMs),
    finishedAt: timestampOf(end.finishedMs),
    containerID: id,
  },
});

const waiting = (reason: string, message?: string) => ({
  waiting: message === undefined ? { reason } : { reason, message },
});

const backingOff = (image: string, failure: string) =>
  waiting('ImagePullBackOff', `Back-off pulling image "${image}": ErrImagePull: ${failure}`);

const stateOf = ({ podUid, spec, runtime }: ContainerInPod, podTitle: string): object => {
  const { stage, last, restarts } = runtime;
  switch (stage.kind) {
    case 'waiting':
      return waiting('ContainerCreating');
    case 'pulling':
      // While it pulls again the pod still says why the last pull failed.
      return stage.failedBefore === undefined
        ? waiting('ContainerCreating')
        : backingOff(spec.image, stage.failedBefore);
    case 'pull-failed':
      return waiting('ErrImagePull', stage.message);
    case 'pull-back-off':
      return backingOff(spec.image, stage.message);
    case 'refused':
      return waiting('CreateContainerConfigError', stage.message);
    case 'running':
      return { running: { startedAt: timestampOf(stage.startedMs) } };
    case 'crash-back-off': {
      const backOff = `back-off ${Math.round(stage.backOffMs / 1_000)}s`;
      return waiting('CrashLoopBackOff', `${backOff} restarting failed container=${spec.name} pod=${podTitle}`);
    }
    case 'terminated':
    case 'finished':
      return last === undefined ? {} : terminatedState(last, containerId(podUid, spec.name, restarts));
  }
};

/** What is written about a container that has not been looked at yet. */
export const unseenStatusOf = ({ name, image }: ContainerSpec, reason: string): ContainerStatus => ({
  name,
  image,
  imageID: '',
  ready: false,
  started: false,
  restartCount: 0,
  state: waiting(reason),
  lastState: {},
});

/** Whether a container has been started at least once. */
export const hasStarted = ({ stage, last }: ContainerRuntime): boolean =>
  stage.kind === 'running' || last !== undefined;

/** What the kubelet writes about one container. */
export const containerStatusOf = (container: ContainerInPod, podTitle: string): ContainerStatus => {
  const { podUid, spec, runtime } = container;
  const { stage, restarts } = runtime;
  const isEnded = stage.kind === 'terminated' || stage.kind === 'finished';
  const isOld = isEnded ? runtime.previous : runtime.last;
  // While it runs or has just ended the newest container is meant, while it waits the one before.
  const lastRestarts = stage.kind === 'running' || isEnded ? restarts - 1 : restarts;
  return {
    name: spec.name,
    image: spec.image,
    imageID: hasStarted(runtime) ? `${repositoryOf(spec.image)}@sha256:${digest(spec.image)}` : '',
    ...(hasStarted(runtime) ? { containerID: containerId(podUid, spec.name, restarts) } : {}),
    ready: stage.kind === 'running' && stage.ready,
    started: stage.kind === 'running',
    restartCount: restarts,
    state: stateOf(container, podTitle),
    lastState: isOld === undefined ? {} : terminatedState(isOld, containerId(podUid, spec.name, lastRestarts)),
  };
};

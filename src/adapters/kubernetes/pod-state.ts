import type { ContainerState, PodState } from '../../domain/evidence.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from '../../domain/json-read.ts';
import { limits } from '../../limits.ts';
import { conditionsOf } from './conditions.ts';

const bounded = (text: string): string => text.slice(0, limits.logLineCharsMax);

const presentState = (status: Json): Pick<ContainerState, 'state' | 'reason' | 'message'> => {
  const state = objectAt(status, 'state');
  const kind = 'running' in state ? 'running' : 'terminated' in state ? 'terminated' : 'waiting';
  const reason = textAt(state, kind, 'reason');
  const message = bounded(textAt(state, kind, 'message'));
  return { state: kind, ...(reason === '' ? {} : { reason }), ...(message === '' ? {} : { message }) };
};

const lastTermination = (status: Json): Pick<ContainerState, 'lastTermination'> => {
  const ended = objectAt(status, 'lastState', 'terminated');
  const exitCode = numberAt(ended, 'exitCode');
  if (exitCode === undefined) return {};
  return { lastTermination: { reason: textAt(ended, 'reason'), exitCode, at: textAt(ended, 'finishedAt') } };
};

const containerState = (status: Json, specs: readonly Json[]): ContainerState => ({
  name: textAt(status, 'name'),
  // Before the first pull the kubelet may not name the image: then the spec says which one is wanted.
  image:
    textAt(status, 'image') ||
    textAt(
      specs.find((spec) => textAt(spec, 'name') === textAt(status, 'name')),
      'image',
    ),
  ready: valueAt(status, 'ready') === true,
  restarts: numberAt(status, 'restartCount') ?? 0,
  ...presentState(status),
  ...lastTermination(status),
});

/** A container that the kubelet has not spoken of yet: its pod was not scheduled, or was only just. */
const unseenContainer = (spec: Json): ContainerState => ({
  name: textAt(spec, 'name'),
  image: textAt(spec, 'image'),
  ready: false,
  restarts: 0,
  state: 'waiting',
});

/** A pod as it reports itself. One that is being deleted is in phase `Terminating`, as kubectl shows it. */
export const podStateOf = (pod: JsonObject): PodState => {
  const node = textAt(pod, 'spec', 'nodeName');
  const startedAt = textAt(pod, 'status', 'startTime');
  const specs = [...listAt(pod, 'spec', 'initContainers'), ...listAt(pod, 'spec', 'containers')];
  const statuses = [
    ...listAt(pod, 'status', 'initContainerStatuses').map((status) => ({
      ...containerState(status, specs),
      init: true,
    })),
    ...listAt(pod, 'status', 'containerStatuses').map((status) => containerState(status, specs)),
  ];
  const conditions = conditionsOf(pod);
  return {
    name: textAt(pod, 'metadata', 'name'),
    phase: textAt(pod, 'metadata', 'deletionTimestamp') === '' ? textAt(pod, 'status', 'phase') : 'Terminating',
    ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    ...(node === '' ? {} : { node }),
    ...(startedAt === '' ? {} : { startedAt }),
    containers: statuses.length > 0 ? statuses : listAt(pod, 'spec', 'containers').map(unseenContainer),
    conditions,
  };
};

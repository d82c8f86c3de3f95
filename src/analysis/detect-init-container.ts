import { counted } from '../domain/counted.ts';
import type { ContainerState, PodState } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';

/** An init container that runs for longer than this holds its pod up. */
const patienceMs = 60_000;

const isFailing = ({ state, reason, restarts, lastTermination }: ContainerState): boolean =>
  (state === 'waiting' && reason === 'CrashLoopBackOff') ||
  (state === 'terminated' && reason !== 'Completed') ||
  (restarts > 0 && lastTermination !== undefined && lastTermination.exitCode !== 0);

const hangs = (scene: Scene, pod: PodState, { state, ready }: ContainerState): boolean =>
  state === 'running' &&
  !ready &&
  pod.startedAt !== undefined &&
  Date.parse(scene.context.at) - Date.parse(pod.startedAt) > patienceMs;

/** Pods do not start because an init container fails, or never ends. */
export const initContainer: Detector = {
  fault: 'init-container',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    const change = changeOf(scene, workload, ({ path }) => path.includes('/initContainers'));
    const held = state.data.pods
      .filter(({ ready, phase }) => !ready && phase !== 'Terminating')
      .flatMap((pod) => pod.containers.filter(({ init }) => init === true).map((container) => ({ pod, container })))
      .find(
        ({ pod, container }) =>
          isFailing(container) ||
          hangs(scene, pod, container) ||
          (change !== undefined && container.state === 'running' && !pod.ready && pod.phase === 'Pending'),
      );
    if (held === undefined) return null;
    const { container } = held;
    const now =
      container.state === 'running' ? 'runs and does not end' : `${container.state} (${container.reason ?? 'failing'})`;
    return hypothesisOf({
      cause: { workload, fault: 'init-container', component: `init container ${container.name}` },
      confidence: change === undefined ? confidence.strong : confidence.witnessed,
      evidence: [state.id, change?.id, ...eventIds(scene, workload, ['BackOff', 'Failed'])],
      reasoning: `Pods of ${workload} do not start: their init container ${container.name} ${now}, ${counted(container.restarts, 'restart')}${becauseOf(scene, change)}`,
    });
  },
};

import type { PodState } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';

/** Pods that wait for a node although nobody has tried to find one: the scheduler neither bound them nor said why not. */
const untried = ({ phase, node, conditions }: PodState): boolean =>
  phase === 'Pending' && node === undefined && !(conditions ?? []).some(({ type }) => type === 'PodScheduled');

const forgotten = (scene: Scene) =>
  scene.workloads.flatMap((workload) => {
    const state = scene.state(workload);
    const tried = scene.events(workload).some(({ data }) => data.reason === 'FailedScheduling');
    return state !== undefined && !tried && state.data.pods.some(untried) ? [state] : [];
  });

/** The scheduler does not run: its service has stopped, or pods wait without a single attempt to place them. */
export const schedulerDown: Detector = {
  fault: 'scheduler-down',
  of: 'node',
  detect(scene, name) {
    const stopped = scene.units.find(
      ({ data }) => data.node === name && data.unit === 'kube-scheduler' && !data.active,
    );
    if (stopped === undefined) return null;
    const waiting = forgotten(scene);
    const who = waiting.map(({ data }) => data.workload.name);
    return hypothesisOf({
      cause: { workload: name, on: 'node', fault: 'scheduler-down' },
      confidence: confidence.proven,
      evidence: [stopped.id, ...waiting.map(({ id }) => id)],
      reasoning: `The service kube-scheduler of node ${name} does not run${who.length === 0 ? '' : `: pods of ${who.join(', ')} wait and nobody has tried to place them`}.`,
    });
  },
};

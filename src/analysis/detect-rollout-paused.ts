import type { WorkloadData } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { isTrouble } from './shift.ts';

const serves = ({ replicas, ready, pods }: WorkloadData): boolean =>
  ready >= replicas && pods.every((pod) => pod.ready || pod.phase === 'Succeeded');

/** Signals of its own that are in trouble: old pods that serve badly do so for another reason than that new ones do not come. */
const isUnwell = (scene: Scene, workload: string): boolean =>
  scene.readings.some(
    ({ data, shift }) => data.workload === workload && data.edge === undefined && isTrouble(data.signal, shift),
  );

/** While its old pods serve, a pause harms nobody: it explains an alert about that very rollout, and nothing else. */
const sureness = (scene: Scene, data: WorkloadData, changed: boolean): number => {
  const { name } = data.workload;
  if (!serves(data)) return confidence.likely;
  if (scene.incident.suspect?.name !== name || isUnwell(scene, name)) return confidence.hint;
  if (data.updated >= data.replicas) return confidence.likely;
  return changed ? confidence.witnessed : confidence.proven;
};

/** A person paused a rollout in the middle: what was meant to come does not come, and it is not for the bot to go on. */
export const rolloutPaused: Detector = {
  fault: 'rollout-paused',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined || !state.data.paused || state.data.replicas === 0) return null;
    const { replicas, ready, updated } = state.data;
    const change = changeOf(scene, workload, ({ path, after }) => path === '/spec/paused' && after === true);
    return hypothesisOf({
      cause: { workload, fault: 'rollout-paused' },
      confidence: sureness(scene, state.data, change !== undefined),
      evidence: [state.id, change?.id],
      reasoning: `The rollout of ${workload} is paused with ${updated} of ${replicas} replicas up to date and ${ready} ready${becauseOf(scene, change)}`,
    });
  },
};

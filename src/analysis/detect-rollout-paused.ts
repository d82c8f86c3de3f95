import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';

/** A person paused a rollout in the middle: what was meant to come does not come, and it is not for the bot to go on. */
export const rolloutPaused: Detector = {
  fault: 'rollout-paused',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined || !state.data.paused) return null;
    const { replicas, ready, updated } = state.data;
    // A pause that keeps nobody waiting is not the trouble.
    if (replicas === 0 || (updated >= replicas && ready >= replicas)) return null;
    const change = changeOf(scene, workload, ({ path }) => path === '/spec/paused');
    return hypothesisOf({
      cause: { workload, fault: 'rollout-paused' },
      confidence: change === undefined ? confidence.strong : confidence.corroborated,
      evidence: [state.id, change?.id],
      reasoning: `The rollout of ${workload} is paused with ${updated} of ${replicas} replicas up to date and ${ready} ready${becauseOf(scene, change)}`,
    });
  },
};

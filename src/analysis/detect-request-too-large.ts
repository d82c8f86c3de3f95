import { preemptionOf } from './detect-priority-preempted.ts';
import type { Detector } from './detector.ts';
import { schedulingDetector } from './scheduling.ts';

const noRoom = schedulingDetector({
  fault: 'request-too-large',
  component: (_scene, { message }) => /Insufficient ([\w-]+)/.exec(message)?.[1],
});

/** Pods wait because they ask for more than any node has free, and not because others took their room. */
export const requestTooLarge: Detector = {
  ...noRoom,
  detect: (scene, workload) => (preemptionOf(scene, workload) === undefined ? noRoom.detect(scene, workload) : null),
};

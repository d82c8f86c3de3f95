import { schedulingDetector } from './scheduling.ts';

/** Pods wait because they ask for more than any node has free. */
export const requestTooLarge = schedulingDetector({
  fault: 'request-too-large',
  component: (_scene, { message }) => /Insufficient ([\w-]+)/.exec(message)?.[1],
});

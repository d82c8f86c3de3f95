import { schedulingDetector } from './scheduling.ts';

/** Pods wait because no node satisfies their required node affinity. */
export const nodeAffinity = schedulingDetector({ fault: 'node-affinity' });

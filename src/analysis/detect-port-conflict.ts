import { schedulingDetector } from './scheduling.ts';

/** Pods wait because another pod of every node holds the port that they want of the host. */
export const portConflict = schedulingDetector({ fault: 'port-conflict' });

import { schedulingDetector } from './scheduling.ts';

/** Pods wait because no node carries the labels that their node selector demands. */
export const nodeSelector = schedulingDetector({ fault: 'node-selector' });

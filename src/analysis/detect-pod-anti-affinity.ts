import { schedulingDetector } from './scheduling.ts';

/** Pods wait because their required anti-affinity rules out every node. */
export const podAntiAffinity = schedulingDetector({ fault: 'pod-anti-affinity' });

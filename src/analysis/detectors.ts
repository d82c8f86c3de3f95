import type { Discipline } from '../domain/fault.ts';
import { badImage } from './detect-bad-image.ts';
import { connectionExhaustion } from './detect-connection-exhaustion.ts';
import { cpuSaturation } from './detect-cpu-saturation.ts';
import { crashLoop } from './detect-crash-loop.ts';
import { kubeProxyDown } from './detect-kube-proxy-down.ts';
import { memoryLimit } from './detect-memory-limit.ts';
import { networkDelay } from './detect-network-delay.ts';
import { nodeDown } from './detect-node-down.ts';
import { scaledToZero } from './detect-scaled-to-zero.ts';
import { schedulerDown } from './detect-scheduler-down.ts';
import { selectorDrift } from './detect-selector-drift.ts';
import type { Detector } from './detector.ts';

/** Which detectors each discipline runs. */
export const detectors: Readonly<Record<Discipline, readonly Detector[]>> = {
  network: [networkDelay, selectorDrift, kubeProxyDown],
  database: [connectionExhaustion],
  compute: [badImage, crashLoop, memoryLimit, cpuSaturation, scaledToZero, nodeDown, schedulerDown],
};

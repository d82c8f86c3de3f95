import type { Discipline } from '../domain/fault.ts';
import { badImage } from './detect-bad-image.ts';
import { connectionExhaustion } from './detect-connection-exhaustion.ts';
import { cpuSaturation } from './detect-cpu-saturation.ts';
import { crashLoop } from './detect-crash-loop.ts';
import { memoryLimit } from './detect-memory-limit.ts';
import { networkDelay } from './detect-network-delay.ts';
import { scaledToZero } from './detect-scaled-to-zero.ts';
import { selectorDrift } from './detect-selector-drift.ts';
import type { Detector } from './detector.ts';

/** Which detectors each discipline runs. */
export const detectors: Readonly<Record<Discipline, readonly Detector[]>> = {
  network: [networkDelay, selectorDrift],
  database: [connectionExhaustion],
  compute: [badImage, crashLoop, memoryLimit, cpuSaturation, scaledToZero],
};

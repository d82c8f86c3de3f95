import type { Discipline } from '../domain/fault.ts';
import type { Hypothesis } from '../domain/finding.ts';
import { badImage } from './detect-bad-image.ts';
import { connectionExhaustion } from './detect-connection-exhaustion.ts';
import { cpuSaturation } from './detect-cpu-saturation.ts';
import { crashLoop } from './detect-crash-loop.ts';
import { memoryLimit } from './detect-memory-limit.ts';
import { networkDelay } from './detect-network-delay.ts';
import { scaledToZero } from './detect-scaled-to-zero.ts';
import { selectorDrift } from './detect-selector-drift.ts';
import type { Detector } from './detector.ts';
import { byConfidence } from './rank-hypotheses.ts';
import { relevanceOf } from './relevance.ts';
import type { Scene } from './scene.ts';

/** Which detectors each discipline runs. */
export const detectors: Readonly<Record<Discipline, readonly Detector[]>> = {
  network: [networkDelay, selectorDrift],
  database: [connectionExhaustion],
  compute: [badImage, crashLoop, memoryLimit, cpuSaturation, scaledToZero],
};

/** Runs detectors over every workload of the scene; a trouble far from the incident's subject weighs less. Strongest first. */
export const detect = (scene: Scene, chosen: readonly Detector[]): readonly Hypothesis[] =>
  scene.workloads
    .flatMap((workload) => chosen.flatMap((detector) => detector.detect(scene, workload) ?? []))
    .map((hypothesis) => ({
      ...hypothesis,
      confidence: hypothesis.confidence * relevanceOf(scene, hypothesis.cause.workload),
    }))
    .toSorted(byConfidence);

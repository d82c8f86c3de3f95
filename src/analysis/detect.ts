import type { Hypothesis } from '../domain/finding.ts';
import type { Detector } from './detector.ts';
import { byConfidence } from './rank-hypotheses.ts';
import { relevanceOf } from './relevance.ts';
import type { Scene } from './scene.ts';

/** Runs detectors over every workload of the scene; a trouble far from the incident's subject weighs less. Strongest first. */
export const detect = (scene: Scene, chosen: readonly Detector[]): readonly Hypothesis[] =>
  scene.workloads
    .flatMap((workload) => chosen.flatMap((detector) => detector.detect(scene, workload) ?? []))
    .map((hypothesis) => ({
      ...hypothesis,
      confidence: hypothesis.confidence * relevanceOf(scene, hypothesis.cause.workload),
    }))
    .toSorted(byConfidence);

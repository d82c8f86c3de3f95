import type { Hypothesis } from '../domain/finding.ts';
import { limits } from '../limits.ts';
import type { Detector } from './detector.ts';
import { byConfidence } from './rank-hypotheses.ts';
import { relevanceOf } from './relevance.ts';
import type { Scene } from './scene.ts';

const subjectsOf = (scene: Scene, { of }: Detector): readonly string[] => {
  if (of === 'namespace') return [scene.incident.namespace];
  if (of === undefined) return scene.workloads;
  return [...new Set([...scene.nodes.map(({ data }) => data.name), ...scene.units.map(({ data }) => data.node)])];
};

const weighed = (scene: Scene, hypothesis: Hypothesis): Hypothesis => {
  const { workload, on } = hypothesis.cause;
  const share = on === undefined ? relevanceOf(scene, workload) : 1;
  return { ...hypothesis, confidence: hypothesis.confidence * share };
};

/** Runs detectors over every subject of the scene; a workload's trouble far from the incident's subject weighs less. Strongest first. */
export const detect = (scene: Scene, chosen: readonly Detector[]): readonly Hypothesis[] =>
  chosen
    .flatMap((detector) => subjectsOf(scene, detector).flatMap((subject) => detector.detect(scene, subject) ?? []))
    .map((hypothesis) => weighed(scene, hypothesis))
    .toSorted(byConfidence)
    .slice(0, limits.hypothesesMax);

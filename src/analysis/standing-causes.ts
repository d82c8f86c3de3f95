import type { FaultName } from '../domain/fault.ts';
import type { Cause, Hypothesis } from '../domain/finding.ts';
import { confidence } from './confidence.ts';
import { relevanceOf } from './relevance.ts';
import type { Scene } from './scene.ts';

/** What is no trouble of its own, or nothing that a remedy could mend after another. */
const passive: readonly FaultName[] = ['none', 'rollout-paused', 'pods-killed', 'load-surge'];

/** More would make one incident a tour of the namespace. */
const causesMax = 3;

/** Somebody just changed it, or it is down: what has been so for long, and serves, is meant so. */
const isFresh = (scene: Scene, workload: string): boolean => {
  const state = scene.state(workload)?.data;
  return (
    scene.changes(workload).length > 0 ||
    (state !== undefined && state.ready < state.replicas) ||
    scene.services(workload).some(({ data }) => data.ready === 0 && state?.replicas !== 0)
  );
};

/**
 * Causes that objects prove whatever else is wrong, one a workload, strongest first: they do not compete with each other, because
 * two workloads can be broken at once. How near they are to the incident's subject makes them no less true.
 */
export const standingCauses = (scene: Scene, kept: readonly Hypothesis[]): readonly Cause[] => {
  const standing = new Map<string, Cause>();
  for (const { cause, confidence: weighed } of kept) {
    const proof = weighed / relevanceOf(scene, cause.workload);
    const stands = proof >= confidence.proven - Number.EPSILON * 8 && !passive.includes(cause.fault);
    if (stands && !standing.has(cause.workload) && isFresh(scene, cause.workload)) standing.set(cause.workload, cause);
  }
  return [...standing.values()].slice(0, causesMax);
};

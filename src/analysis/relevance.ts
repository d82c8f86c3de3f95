import type { Scene } from './scene.ts';
import { distancesFrom, downstreamOf, upstreamOf } from './topology.ts';

const perHop = 0.02;
const upstreamShare = 0.8;
const strangerShare = 0.5;

/**
 * How much a trouble at `workload` can have to do with the incident's subject, 0..1: trouble travels from callees to callers,
 * so that what the subject needs counts nearly in full, its callers less, and what is not connected half.
 */
export const relevanceOf = (scene: Scene, workload: string): number => {
  const suspect = scene.incident.suspect?.name;
  if (suspect === undefined || !scene.workloads.includes(suspect)) return 1;
  const down = downstreamOf(scene.topology, suspect).get(workload);
  if (down !== undefined) return Math.max(strangerShare, 1 - perHop * down);
  const up = upstreamOf(scene.topology, suspect).get(workload);
  if (up !== undefined) return upstreamShare;
  return strangerShare;
};

/** The subject and everything within so many hops; everything there is when the incident has no subject. */
export const neighbourhoodOf = (scene: Scene, hops: number): readonly string[] => {
  const suspect = scene.incident.suspect?.name;
  if (suspect === undefined || !scene.workloads.includes(suspect)) return scene.workloads;
  const distances = distancesFrom(scene.topology, suspect);
  return scene.workloads.filter((workload) => (distances.get(workload) ?? Number.POSITIVE_INFINITY) <= hops);
};

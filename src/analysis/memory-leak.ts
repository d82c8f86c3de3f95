import type { ContainerState } from '../domain/evidence.ts';
import { diedOfMemory, isRecent } from './containers.ts';
import type { Reading, Scene } from './scene.ts';
import { median } from './statistics.ts';

/** What speaks for a leak: the memory, the load beside it, and whether a container was killed already. */
export interface Leak {
  readonly memory: Reading;
  readonly load: Reading | undefined;
  readonly killed: ContainerState | undefined;
}

/** A container that needed less than this share of its limit all the time was not given too little. */
const roomyShare = 0.8;
/** From here on the kill is near. */
const brimShare = 0.85;

type Point = readonly [number, number];

/** The series from its last fall on: a restart empties the memory and the climb begins anew. */
const lastClimb = (points: readonly Point[]): readonly Point[] => {
  const fall = points.findLastIndex(([, value], index) => index > 0 && value < 0.8 * (points[index - 1]?.[1] ?? 0));
  return fall === -1 ? points : points.slice(fall);
};

/** Whether a stretch climbs steadily: its last third lies well above its first. */
const climbs = (points: readonly Point[], quiet: number): boolean => {
  const third = Math.floor(points.length / 3);
  if (third < 1) return false;
  const values = points.map(([, value]) => value);
  const first = median(values.slice(0, third)) ?? 0;
  const last = median(values.slice(-third)) ?? 0;
  return last - first > 0.1 * quiet;
};

const killedOf = (scene: Scene, workload: string): ContainerState | undefined =>
  scene
    .state(workload)
    ?.data.pods.flatMap(({ containers }) => containers)
    .find((container) => diedOfMemory(container) && isRecent(scene, container.lastTermination?.at ?? scene.context.at));

const limitOf = (scene: Scene, workload: string, memory: Reading): number | undefined => {
  const limits = scene.state(workload)?.data.containers.flatMap(({ memoryLimit }) => memoryLimit ?? []) ?? [];
  return memory.data.limit ?? (limits.length === 0 ? undefined : Math.max(...limits));
};

/**
 * A leak of the workload's process: it lived well within its limit in the quiet window, nobody changed the limit, its load did not
 * grow, and its memory climbs to the brim or was the death of it. Null when something else explains the memory.
 */
export const leakOf = (scene: Scene, workload: string): Leak | null => {
  const memory = scene.reading(workload, 'memory_working_set');
  const quiet = memory?.shift.quiet;
  if (memory === undefined || quiet === undefined) return null;
  const limit = limitOf(scene, workload, memory);
  if (limit === undefined || quiet > roomyShare * limit) return null;
  if (scene.changes(workload).some(({ data }) => /\/resources(\/|$)/.test(data.path))) return null;
  const load = scene.reading(workload, 'request_rate');
  if (load?.shift.standing === 'high') return null;
  const killed = killedOf(scene, workload);
  const since = Date.parse(scene.context.window.from) / 1_000;
  const recent = memory.data.points.filter(([at]) => at >= since);
  const peak = Math.max(0, ...recent.map(([, value]) => value));
  const climbed = peak > 1.3 * quiet || climbs(lastClimb(recent), quiet);
  if (killed !== undefined) return climbed ? { memory, load, killed } : null;
  return peak >= brimShare * limit && climbs(lastClimb(recent), quiet) ? { memory, load, killed } : null;
};

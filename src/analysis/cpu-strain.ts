import type { WorkloadData } from '../domain/evidence.ts';
import { reachedIn } from './held-level.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { within } from './shift.ts';
import { ordinaryHigh } from './statistics.ts';

/** How a workload stands with the CPU that it may use. */
export interface CpuStrain {
  readonly usage?: Reading;
  /** In cores. */
  readonly limit?: number;
  /** In cores: what it uses, now or for some time in the window. */
  readonly level?: number;
  /** It held nearly all that it may use, and did not before. */
  readonly atLimit: boolean;
  /** It used more than half of what it may, far beyond its quiet use, for some time in the window. */
  readonly strained: boolean;
  /** A single point was at the limit: something only together with another sign. */
  readonly peaked: boolean;
}

/** At this share of the limit a container has no CPU left to wait for. */
const nearLimit = 0.85;

/** A minute's average of half the limit hides bursts that are throttled: the scheduler counts in tenths of a second. */
const halfLimit = 0.5;

/** The cores that the workload's ready pods may use together, where every container has a limit. */
const coresAllowed = (state: Seen<WorkloadData> | undefined): number | undefined => {
  const limits = state?.data.containers.map(({ cpuLimit }) => cpuLimit) ?? [];
  if (state === undefined || limits.length === 0 || limits.includes(undefined)) return undefined;
  return limits.reduce<number>((sum, limit) => sum + (limit ?? 0), 0) * Math.max(1, state.data.ready);
};

/** Reads how a workload stands with its CPU. */
export const cpuStrainOf = (scene: Scene, workload: string): CpuStrain => {
  const none = { atLimit: false, strained: false, peaked: false };
  const usage = scene.reading(workload, 'cpu_usage');
  const limit = usage?.data.limit ?? coresAllowed(scene.state(workload));
  if (usage === undefined) return none;
  if (limit === undefined || limit <= 0) return { ...none, usage, level: usage.shift.now };
  const { held, peak } = reachedIn(scene, usage);
  const quietMost = ordinaryHigh(within(usage.data.points, scene.context.baseline).map(([, value]) => value)) ?? 0;
  const beyond = (level: number): boolean => level > (usage.shift.band?.high ?? Number.POSITIVE_INFINITY);
  return {
    usage,
    limit,
    level: Math.max(usage.shift.now, held),
    atLimit: held >= nearLimit * limit && quietMost < nearLimit * limit,
    strained: held >= halfLimit * limit && beyond(held),
    peaked: peak >= nearLimit * limit && beyond(peak),
  };
};

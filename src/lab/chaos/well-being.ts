import type { KubeObject } from '../cluster/kube-object.ts';
import { callersOf } from '../world/cluster-view.ts';
import type { ShopWorld } from '../world/create-world.ts';
import type { ChaosRoom } from './fault.ts';
import { findObject, podsOf } from './objects.ts';

/** More failed calls than this are no accident; the quiet shop has none. */
const errorRatioMax = 0.01;
/** Twice what the slowest page of the quiet shop takes. */
const p99MsMax = 250;

/** How the shop's visitors fare now. */
export interface WorldHealth {
  /** Failed pages / pages at the front end in the last seconds. */
  readonly errorRatio: number;
  readonly p99Ms: number;
  readonly pages: number;
}

/** Reads how visitors fared in the last seconds. */
export const readWorldHealth = (world: ShopWorld): WorldHealth => {
  const { calls, errorRatio, p99Ms } = world.health('frontend');
  return { errorRatio, p99Ms, pages: calls };
};

const isReady = (pod: KubeObject): boolean =>
  (pod.status?.conditions ?? []).some(
    (condition: { type: string; status: string }) => condition.type === 'Ready' && condition.status === 'True',
  );

const arePodsReady = (room: ChaosRoom, workload: string): boolean => {
  const wanted: number = findObject(room, 'deployments', workload)?.spec.replicas ?? 1;
  const pods = podsOf(room, workload);
  return wanted > 0 && pods.length === wanted && pods.every(isReady);
};

const isTrafficHealthy = (world: ShopWorld, workload: string): boolean => {
  if (callersOf(workload).length === 0) return true;
  const { calls, errorRatio, p99Ms } = world.health(workload);
  return calls > 0 && errorRatio <= errorRatioMax && p99Ms <= p99MsMax;
};

/** As many ready pods as are wanted, none else, and callers that get quick answers. */
export const isWorkloadWell = (room: ChaosRoom, workload: string): boolean =>
  arePodsReady(room, workload) && isTrafficHealthy(room.world, workload);

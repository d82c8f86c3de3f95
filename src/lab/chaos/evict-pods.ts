import { deletePod } from '../cluster/controllers/delete-pod.ts';
import type { ChaosRoom } from './fault.ts';
import { podsOf } from './objects.ts';

/** Asks all pods of a workload to go, as an eviction does: their ReplicaSet has to make and place new ones. */
export const evictPods = (room: ChaosRoom, workload: string): void => {
  for (const pod of podsOf(room, workload)) {
    deletePod(room.store, pod, { nowMs: room.nowMs(), manager: room.managerOf('kubectl-drain') });
  }
};

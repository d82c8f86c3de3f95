import { evictPods } from '../evict-pods.ts';
import type { ChaosRoom, FaultKind } from '../fault.ts';
import { findObject, podsOf } from '../objects.ts';
import { calledApplications } from '../shop-workloads.ts';

const quotaName = 'team-budget';

const podCount = (room: ChaosRoom): number =>
  room.store.list('pods', room.world.namespace).filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .length;

const hardPods = (room: ChaosRoom): number =>
  Number(findObject(room, 'resourcequotas', quotaName)?.spec.hard?.pods ?? Number.POSITIVE_INFINITY);

/** A quota that is one pod too small, and a pod that goes: its place is not given out again. */
export const quotaExceeded: FaultKind = {
  name: 'quota-exceeded',
  description: 'Sets a quota below what the namespace runs, and evicts the pods of a workload, which cannot come back.',
  defaultWorkload: 'paymentservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'quota-exceeded' }),
  remedies: (workload) => [`raise-quota:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const own = podsOf(room, workload).length;
    const needed = podCount(room);
    const hard = { pods: String(needed - own) };
    const metadata = { name: quotaName, namespace: room.world.namespace };
    const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard } };
    const existing = findObject(room, 'resourcequotas', quotaName);
    if (existing === undefined) room.store.create('resourcequotas', quota, room.managerOf('kubectl-create'));
    else room.store.update('resourcequotas', { ...existing, spec: { hard } }, room.managerOf('kubectl-edit'));
    evictPods(room, workload);
    const isMended = (): boolean => hardPods(room) >= needed;
    return {
      done: `The quota ${quotaName} allows ${hard.pods} pods; ${needed} ran, and those of ${workload} were evicted.`,
      isMended,
      mend: () => {
        const namespace = room.world.namespace;
        if (findObject(room, 'resourcequotas', quotaName) !== undefined)
          room.store.remove('resourcequotas', namespace, quotaName);
      },
    };
  },
};

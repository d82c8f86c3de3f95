import type { KubeObject } from '../../cluster/kube-object.ts';
import { evictPods } from '../evict-pods.ts';
import type { ChaosRoom, FaultKind } from '../fault.ts';
import { calledApplications } from '../shop-workloads.ts';

const isCordoned = (node: KubeObject): boolean => node.spec?.unschedulable === true;

/** What `kubectl cordon` and `uncordon` write. */
const setCordon = (room: ChaosRoom, node: KubeObject, cordoned: boolean): void => {
  const { unschedulable: _flag, ...spec } = node.spec ?? {};
  const after = { ...spec, ...(cordoned ? { unschedulable: true } : {}) };
  room.store.update('nodes', { ...node, spec: after }, room.managerOf('kubectl-cordon'));
};

/** A maintenance that went too far: every node is cordoned, and the evicted pods find no other. */
export const nodeCordoned: FaultKind = {
  name: 'node-cordoned',
  description: 'Cordons every node and evicts the pods of a workload, which find no place to come back to.',
  defaultWorkload: 'emailservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'node-cordoned' }),
  remedies: (workload) => [`uncordon-node:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const struck = room.store.list('nodes').filter((node) => !isCordoned(node));
    for (const node of struck) setCordon(room, node, true);
    evictPods(room, workload);
    return {
      done: `${struck.map(({ metadata }) => metadata.name).join(', ')} were cordoned, and the pods of ${workload} were evicted.`,
      isMended: () => room.store.list('nodes').some((node) => !isCordoned(node)),
      mend: () => {
        for (const node of room.store.list('nodes').filter(isCordoned)) setCordon(room, node, false);
      },
    };
  },
};

import { readQuantity } from '../../world/quantity.ts';
import { effectWound } from '../effect-wound.ts';
import type { FaultKind } from '../fault.ts';
import { needContainer, needPodUids } from '../objects.ts';
import { calledApplications } from '../shop-workloads.ts';

/** Busy loops take this many times the CPU limit: enough to starve the application inside it. */
const timesLimit = 3;
const coresWithoutLimit = 1;

/** Busy loops inside the pods of one workload; they end with the pods. */
export const cpuStress: FaultKind = {
  name: 'cpu-stress',
  description: 'Burns CPU inside the pods until their limit throttles them.',
  defaultWorkload: 'currencyservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'cpu-stress' }),
  remedies: (workload) => [`restart-workload:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const podUids = needPodUids(room, workload);
    const limit = readQuantity(needContainer(room, workload).resources?.limits?.cpu) ?? coresWithoutLimit;
    const cores = limit * timesLimit;
    const done = `${podUids.length} pod(s) of ${workload} burn ${cores.toFixed(1)} cores each.`;
    return effectWound(room, { kind: 'cpu-stress', podUids, cores }, done);
  },
};

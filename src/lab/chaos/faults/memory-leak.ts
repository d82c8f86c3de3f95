import { memoryNeedBytes } from '../../world/pod-states.ts';
import { profileOf } from '../../world/profiles.ts';
import { readQuantity } from '../../world/quantity.ts';
import { effectWound } from '../effect-wound.ts';
import { ChaosError, type FaultKind } from '../fault.ts';
import { needContainer, needPodUids } from '../objects.ts';
import { calledApplications } from '../shop-workloads.ts';

/** From a fresh start to the limit in about so many seconds: slow enough to be seen climbing, quick enough to watch. */
const fillSeconds = 18;

/** A leak in the process: its memory climbs without load until the kernel kills it, and climbs again. It dies with its pods. */
export const memoryLeak: FaultKind = {
  name: 'memory-leak',
  description: 'Lets the processes of the workload leak memory until the kernel kills them, again and again.',
  defaultWorkload: 'productcatalogservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'memory-leak' }),
  remedies: (workload) => [`restart-workload:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const limit = readQuantity(needContainer(room, workload).resources?.limits?.memory);
    if (limit === null) throw new ChaosError('not-possible', `${workload} has no memory limit to run into.`);
    const podUids = needPodUids(room, workload);
    const bytesPerSecond = (limit - memoryNeedBytes(profileOf(workload), 0)) / fillSeconds;
    const mebibytes = (bytesPerSecond / 1024 ** 2).toFixed(1);
    const done = `The processes of ${workload} leak ${mebibytes} MiB a second.`;
    return effectWound(room, { kind: 'memory-leak', podUids, bytesPerSecond }, done);
  },
};

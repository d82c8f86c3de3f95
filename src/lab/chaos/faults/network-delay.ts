import { callersOf } from '../../world/cluster-view.ts';
import { effectWound } from '../effect-wound.ts';
import { ChaosError, type FaultKind } from '../fault.ts';
import { needPodUids } from '../objects.ts';
import { delayableApplications } from '../shop-workloads.ts';

/** Enough for callers to wait more than a second now and then, too little for most of them to give up. */
const delayMsMin = 500;
const delayMsMax = 750;

/**
 * Delay on the edge between one caller and the workload. The effect sits on the network of the workload's (the callee's)
 * pods, as a traffic rule in their network namespace would: new pods come without it, so a restart of the workload cures
 * it, and a restart of the caller does not. The callee's proxy sits behind the rule and measures nothing.
 */
export const networkDelay: FaultKind = {
  name: 'network-delay',
  description: 'Delays the calls on one edge into the workload by 500 to 750 ms.',
  defaultWorkload: 'productcatalogservice',
  workloads: delayableApplications,
  truth: (workload) => ({ workload, fault: 'network-delay' }),
  remedies: (workload) => [`restart-workload:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const [peer] = callersOf(workload);
    if (peer === undefined) throw new ChaosError('not-possible', `Nobody calls ${workload}.`);
    const podUids = needPodUids(room, workload);
    const delayMs = Math.round(delayMsMin + room.random() * (delayMsMax - delayMsMin));
    const done = `Calls from ${peer} to ${workload} are delayed by about ${delayMs} ms.`;
    return effectWound(room, { kind: 'network-delay', podUids, peer, delayMs }, done);
  },
};

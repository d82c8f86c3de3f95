import { ChaosError, type FaultKind } from '../fault.ts';
import { editSpec, findObject, needObject } from '../objects.ts';
import { calledWorkloads } from '../shop-workloads.ts';

/** A Deployment scaled to no replicas, as `kubectl scale` would. */
export const scaledToZero: FaultKind = {
  name: 'scaled-to-zero',
  description: 'Scales the workload to zero replicas although others call it.',
  defaultWorkload: 'paymentservice',
  workloads: calledWorkloads,
  truth: (workload) => ({ workload, fault: 'scaled-to-zero' }),
  remedies: (workload) => [`scale:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const before: number = needObject(room, 'deployments', workload).spec.replicas ?? 1;
    if (before === 0) throw new ChaosError('not-possible', `${workload} has no replicas already.`);
    const target = { plural: 'deployments', name: workload, signature: { tool: 'kubectl' } };
    const set = (replicas: number): void => editSpec(room, target, (spec) => ({ ...spec, replicas }));
    set(0);
    const isMended = (): boolean => (findObject(room, 'deployments', workload)?.spec.replicas ?? 0) > 0;
    return {
      done: `${workload} was scaled from ${before} to 0 replicas.`,
      isMended,
      mend: () => {
        if (!isMended()) set(before);
      },
    };
  },
};

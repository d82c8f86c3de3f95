import { memoryNeedBytes } from '../../world/pod-states.ts';
import { profileOf } from '../../world/profiles.ts';
import { readQuantity, writeMebibytes } from '../../world/quantity.ts';
import type { ChaosRoom, FaultKind } from '../fault.ts';
import { type ContainerSpec, editContainer, findObject, mainContainer, needContainer } from '../objects.ts';
import { calledApplications } from '../shop-workloads.ts';

/** The limit is cut to this share of what the application needs at rest. */
const shareOfNeed = 0.4;

const withMemory = (container: ContainerSpec, limit: string): ContainerSpec => {
  const { limits = {}, requests = {} } = container.resources ?? {};
  const isAbove = (readQuantity(requests.memory) ?? 0) > (readQuantity(limit) ?? 0);
  // The API refuses a request above its limit, so whoever cuts the one must cut the other.
  return {
    ...container,
    resources: {
      ...container.resources,
      limits: { ...limits, memory: limit },
      requests: isAbove ? { ...requests, memory: limit } : requests,
    },
  };
};

const limitNow = (room: ChaosRoom, workload: string): number | null => {
  const container = mainContainer(findObject(room, 'deployments', workload));
  if (container === undefined) return null;
  return readQuantity(container.resources?.limits?.memory) ?? Number.POSITIVE_INFINITY;
};

/** A memory limit far below what the application needs. */
export const memoryLimit: FaultKind = {
  name: 'memory-limit',
  description: 'Cuts the memory limit far below what the application needs, so that the kernel kills it.',
  defaultWorkload: 'adservice',
  workloads: calledApplications,
  truth: (workload) => ({ workload, fault: 'memory-limit' }),
  remedies: (workload) => [`set-resources:${workload}`, `roll-back:${workload}`, `revert-change:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const before = needContainer(room, workload).resources;
    const need = memoryNeedBytes(profileOf(workload), 0);
    const limit = writeMebibytes(need * shareOfNeed);
    const cause = `kubectl set resources deployment/${workload} --limits=memory=${limit} --namespace=${room.world.namespace}`;
    const signature = { tool: 'kubectl-set', cause };
    editContainer(room, { workload, signature }, (container) => withMemory(container, limit));
    const isMended = (): boolean => (limitNow(room, workload) ?? 0) >= need;
    return {
      done: `The memory limit of ${workload} was cut to ${limit}.`,
      isMended,
      mend: () => {
        if (isMended()) return;
        editContainer(room, { workload, signature: { tool: 'kubectl-set' } }, ({ resources: _, ...container }) =>
          before === undefined ? container : { ...container, resources: before },
        );
      },
    };
  },
};

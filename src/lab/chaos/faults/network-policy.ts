import type { FaultKind } from '../fault.ts';
import { findObject, needObject } from '../objects.ts';
import { calledWorkloads } from '../shop-workloads.ts';

const policyOf = (workload: string): string => `isolate-${workload}`;

/** A NetworkPolicy that lets nobody in: callers wait until their patience ends, and nothing arrives. */
export const networkPolicy: FaultKind = {
  name: 'network-policy',
  description: 'Creates a NetworkPolicy that selects the workload and lets nobody in.',
  defaultWorkload: 'cartservice',
  workloads: calledWorkloads,
  truth: (workload) => ({ workload, fault: 'network-policy' }),
  remedies: (workload) => [`open-policy:${workload}`],
  witnesses: (workload) => [workload, 'frontend'],
  strike: (room, workload) => {
    const name = policyOf(workload);
    const { namespace } = room.world;
    const matchLabels = needObject(room, 'deployments', workload).spec.selector.matchLabels;
    const closed = { podSelector: { matchLabels }, policyTypes: ['Ingress'] };
    const object = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name, namespace },
      spec: closed,
    };
    const existing = findObject(room, 'networkpolicies', name);
    if (existing === undefined) room.store.create('networkpolicies', object, room.managerOf('kubectl-create'));
    else room.store.update('networkpolicies', { ...existing, spec: closed }, room.managerOf('kubectl-apply'));
    return {
      done: `NetworkPolicy ${name} lets nobody reach ${workload}.`,
      isMended: () => {
        const policy = findObject(room, 'networkpolicies', name);
        return policy === undefined || (policy.spec.ingress ?? []).length > 0;
      },
      mend: () => {
        if (findObject(room, 'networkpolicies', name) !== undefined)
          room.store.remove('networkpolicies', namespace, name);
      },
    };
  },
};

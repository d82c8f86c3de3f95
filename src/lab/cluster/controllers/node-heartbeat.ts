import type { KubeObject } from '../kube-object.ts';
import { timestampOf } from '../stamp-write.ts';
import { leaseNamespace } from './boot-nodes.ts';
import type { Controller, ControllerDeps } from './controller.ts';

/** A node writes its own status far more rarely than its lease, as kubelets do. */
const statusEveryBeats = 30;

const writeStatus = (deps: ControllerDeps, node: KubeObject): void => {
  const time = timestampOf(deps.nowMs());
  const before: readonly KubeObject[] = node.status?.conditions ?? [];
  const conditions = before.map((condition) => ({ ...condition, lastHeartbeatTime: time }));
  deps.store.updateStatus('nodes', { ...node, status: { ...node.status, conditions } }, 'kubelet');
};

/** Makes the part of the kubelets that says "I am here": each node renews its lease. */
export const createNodeHeartbeat = (deps: ControllerDeps): Controller => {
  const beats = new Map<string, number>();
  return {
    name: 'node-heartbeat',
    keysFor: ({ type, resource, object }) => (resource === 'nodes' && type === 'ADDED' ? [object.metadata.name] : []),
    reconcile: (name) => {
      const node = deps.store.get('nodes', '', name);
      const lease = deps.store.get('leases', leaseNamespace, name);
      if (node === undefined) {
        beats.delete(name);
        return undefined;
      }
      const beat = (beats.get(name) ?? 0) + 1;
      beats.set(name, beat);
      // Leases carry microseconds.
      const renewTime = new Date(deps.nowMs()).toISOString().replace('Z', '000Z');
      if (lease !== undefined) deps.store.update('leases', { ...lease, spec: { ...lease.spec, renewTime } }, 'kubelet');
      if (beat % statusEveryBeats === 0) writeStatus(deps, node);
      return deps.timings.nodeHeartbeatMs;
    },
  };
};

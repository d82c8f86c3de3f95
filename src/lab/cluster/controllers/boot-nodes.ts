import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import type { Condition } from './shapes.ts';

/** The namespace of the nodes' heartbeats. */
export const leaseNamespace = 'kube-node-lease';

const nodeCount = 3;
const kubeletVersion = 'v1.36.3';
const capacity = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '60Gi' };
const allocatable = { cpu: '3920m', memory: '7680Mi', pods: '110', 'ephemeral-storage': '55Gi' };

/** The four conditions that a kubelet reports, all well. */
const wellConditions = (time: string): readonly (Condition & { readonly lastHeartbeatTime: string })[] => {
  const stated = [
    ['MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
    ['DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
    ['PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
    ['Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'],
  ] as const;
  return stated.map(([type, status, reason, message]) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  }));
};

const nodeOf = (number: number): KubeObject => {
  const name = `lab-node-${number}`;
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `lab-${'abc'[(number - 1) % 3]}`,
      },
    },
    spec: { podCIDR: `10.244.${number}.0/24`, podCIDRs: [`10.244.${number}.0/24`] },
  };
};

const statusOf = (node: KubeObject, number: number) => ({
  capacity,
  allocatable,
  conditions: wellConditions(node.metadata.creationTimestamp ?? ''),
  addresses: [
    { type: 'InternalIP', address: `10.0.0.${10 + number}` },
    { type: 'Hostname', address: node.metadata.name },
  ],
  daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
  nodeInfo: {
    architecture: 'amd64',
    operatingSystem: 'linux',
    osImage: 'Laboratory Linux',
    kernelVersion: '6.12.0',
    containerRuntimeVersion: 'containerd://2.1.4',
    kubeletVersion,
    kubeProxyVersion: kubeletVersion,
  },
});

const leaseOf = (node: KubeObject): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: node.metadata.name,
    namespace: leaseNamespace,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid ?? '' }],
  },
  spec: { holderIdentity: node.metadata.name, leaseDurationSeconds: 40 },
});

/** Puts three ready nodes of four cores and eight gibibytes into the store, with their heartbeat leases. Does nothing to a node that is there. */
export const bootNodes = (store: KubeStore): void => {
  for (let number = 1; number <= nodeCount; number += 1) {
    const blank = nodeOf(number);
    if (store.get('nodes', '', blank.metadata.name) !== undefined) continue;
    const node = store.create('nodes', blank, 'kubelet');
    store.updateStatus('nodes', { ...node, status: statusOf(node, number) }, 'kubelet');
    store.create('leases', leaseOf(node), 'kubelet');
  }
};

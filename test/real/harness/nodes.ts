import type { KubernetesObject } from '@kubernetes/client-node';
import { stringify } from 'yaml';
import { stages } from '../kubelet/stages.ts';
import { answers } from './answers.ts';
import { builtProgram } from './control-plane.ts';
import type { KubeClients } from './kube-client.ts';
import { podJudgeProgram } from './places.ts';
import { type RunFiles, writePrivate } from './run-files.ts';
import type { ProcessPlan } from './supervisor.ts';
import { until } from './until.ts';

/** Node names, and the zone of each. */
const nodes = { 'node-a': 'zone-1', 'node-b': 'zone-1', 'node-c': 'zone-2' } as const;

const room = { cpu: '8', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };

/** The nodes of the cluster; KWOK takes them for machines of its own. */
export const nodeObjects: readonly KubernetesObject[] = Object.entries(nodes).map(([name, zone]) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { 'kwok.x-k8s.io/node': 'fake', 'node.alpha.kubernetes.io/ttl': '0' },
    labels: {
      'kubernetes.io/hostname': name,
      'kubernetes.io/arch': 'amd64',
      'kubernetes.io/os': 'linux',
      'node.kubernetes.io/instance-type': 'kwok',
      'topology.kubernetes.io/zone': zone,
    },
  },
  status: { capacity: room, allocatable: room },
}));

/** The plan for KWOK, which plays the kubelets by the repository's own stages. */
export const kwokPlan = (port: number, files: RunFiles): ProcessPlan => {
  const configuration = stages.map((document) => stringify(document)).join('---\n');
  return {
    ...builtProgram('kwok', 'kwok'),
    args: [
      `--kubeconfig=${files.kubeconfigs.kwok}`,
      `--config=${writePrivate('kwok.yaml', configuration)}`,
      '--manage-all-nodes=false',
      '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
      '--node-ip=127.0.0.1',
      '--cidr=10.244.0.0/16',
      '--node-lease-duration-seconds=40',
      `--server-address=127.0.0.1:${port}`,
    ],
    ready: () => answers(`http://127.0.0.1:${port}/healthz`),
  };
};

/** The plan for the judge, which says of each pod what its spec comes to: KWOK's stages cannot look beyond the pod. */
export const podJudgePlan = (port: number, files: RunFiles): ProcessPlan => ({
  name: 'pod-judge',
  version: 'of this repository',
  command: process.execPath,
  args: ['--import', import.meta.resolve('tsx'), podJudgeProgram, files.kubeconfigs.judge, String(port)],
  env: { NODE_EXTRA_CA_CERTS: files.ca },
  ready: () => answers(`http://127.0.0.1:${port}/`),
});

/** Resolves when KWOK has taken every node. */
export const untilNodesReady = (clients: KubeClients): Promise<void> =>
  until('every node is ready', async () => {
    const { items } = await clients.core.listNode();
    return items.every(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
  });

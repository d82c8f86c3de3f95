import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { startCluster } from '../../../src/lab/cluster/cluster.ts';
import { type KubernetesUnderTest, kubernetesApiContract } from '../../contracts/kubernetes-api.ts';

const manifest = (path: string): string => fileURLToPath(new URL(`../../../manifests/${path}`, import.meta.url));

const historyMax = 60;

const open = async (): Promise<KubernetesUnderTest> => {
  const cluster = await startCluster({
    nowMs: Date.now,
    manifests: [manifest('bot/rbac.yaml'), manifest('kyverno')],
    historyMax,
  });
  return {
    admin: cluster.kubeconfig('admin'),
    bot: cluster.kubeconfig('bot'),
    auditEvents: cluster.auditEvents,
    setKyverno: cluster.setKyverno,
    forgetHistory: async (namespace) => {
      const busy = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'busy', namespace } };
      cluster.store.create('configmaps', busy, 'test');
      for (let turn = 0; turn < historyMax * 2; turn += 1) {
        cluster.store.update('configmaps', { ...busy, data: { turn: String(turn) } }, 'test');
      }
    },
    close: cluster.close,
  };
};

describe('the small cluster keeps the promises of the Kubernetes API', () => kubernetesApiContract(open));

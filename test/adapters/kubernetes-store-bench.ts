import { fileURLToPath } from 'node:url';
import { type KubernetesStores, openKubernetesStores } from '../../src/adapters/kubernetes/store/open-stores.ts';
import type { KubernetesStoresOptions } from '../../src/adapters/kubernetes/store/store-options.ts';
import { type Cluster, startCluster } from '../../src/lab/cluster/cluster.ts';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';
import { quickTimes } from './kubernetes-parts.ts';

const manifests = fileURLToPath(new URL('../../manifests/bot', import.meta.url));

/** The laboratory's API server with the store's definitions and the bot's rights, and as many replicas of the store as are opened. */
export const startStoreCluster = async (options: { readonly historyMax?: number } = {}) => {
  const cluster = await startCluster({ nowMs: Date.now, manifests: [manifests], ...options });
  const clock = createStillClock();
  const opened: KubernetesStores[] = [];
  return {
    cluster,
    clock,
    open: async (change: Partial<KubernetesStoresOptions> = {}): Promise<KubernetesStores> => {
      const stores = await openKubernetesStores({
        kubeconfig: cluster.kubeconfig('bot'),
        namespace: 'sre',
        leaseMs: 60_000,
        ...{ clock, ids: realIds, log: silentLog, times: quickTimes },
        ...change,
      });
      opened.push(stores);
      return stores;
    },
    close: async () => {
      for (const stores of opened) stores.close();
      await cluster.close();
    },
  };
};

/** One object of the store as the API server holds it. */
export const storedObject = (cluster: Cluster, plural: string, name: string): KubeObject => {
  const object = cluster.store.get(plural, 'sre', name);
  if (object === undefined) throw new Error(`${plural} "${name}" is not there`);
  return object;
};

import { gunzipSync, gzipSync } from 'node:zlib';
import { type KubernetesStores, openKubernetesStores } from '../../../src/adapters/kubernetes/store/open-stores.ts';
import type { AuditRecord } from '../../../src/domain/audit.ts';
import { quickTimes } from '../../adapters/kubernetes-parts.ts';
import { describeStores, type StoresBench } from '../../contracts/stores.ts';
import { createStillClock, realIds, silentLog } from '../../fakes/clock.ts';
import { adminKubeconfig } from '../harness/cluster-state.ts';
import { openClients } from '../harness/kube-client.ts';
import { realKubeconfigs } from './real-cluster.ts';

const stored = { group: 'sre.ai4all.dev', version: 'v1', namespace: 'sre' };

interface StoredIncident {
  readonly spec: { readonly journal: string };
}

/** Each bench begins with an empty store. */
const openBench = async (): Promise<StoresBench> => {
  const { bot } = realKubeconfigs();
  const { custom } = openClients(adminKubeconfig);
  for (const plural of ['incidents', 'records']) {
    await custom.deleteCollectionNamespacedCustomObject({ ...stored, plural });
  }
  const clock = createStillClock();
  const opened: KubernetesStores[] = [];
  return {
    clock,
    open: async () => {
      const stores = await openKubernetesStores({
        kubeconfig: bot,
        namespace: 'sre',
        leaseMs: 60_000,
        ...{ clock, ids: realIds, log: silentLog, times: quickTimes },
      });
      opened.push(stores);
      return stores;
    },
    tamper: async (uid, sequence, how) => {
      const at = { ...stored, plural: 'incidents', name: uid };
      const incident = (await custom.getNamespacedCustomObject(at)) as StoredIncident;
      const records = JSON.parse(gunzipSync(Buffer.from(incident.spec.journal, 'base64')).toString()) as AuditRecord[];
      const forged = records
        .filter((record) => how !== 'cut' || record.sequence !== sequence)
        .map((record) => (record.sequence === sequence ? { ...record, verb: 'forged' } : record));
      const journal = gzipSync(JSON.stringify(forged)).toString('base64');
      await custom.replaceNamespacedCustomObject({
        ...at,
        body: { ...incident, spec: { ...incident.spec, journal } },
      });
    },
    close: async () => {
      for (const stores of opened) stores.close();
    },
  };
};

describeStores('the distributed store on a real API server', openBench);

import { gunzipSync, gzipSync } from 'node:zlib';
import type { AuditRecord } from '../../src/domain/audit.ts';
import { describeStores, type StoresBench } from '../contracts/stores.ts';
import { startStoreCluster, storedObject } from './kubernetes-store-bench.ts';

const openBench = async (): Promise<StoresBench> => {
  const { cluster, clock, open, close } = await startStoreCluster();
  return {
    clock,
    open: () => open(),
    tamper: async (uid, sequence, how) => {
      const incident = storedObject(cluster, 'incidents', uid);
      const records = JSON.parse(gunzipSync(Buffer.from(incident.spec.journal, 'base64')).toString()) as AuditRecord[];
      const forged = records
        .filter((record) => how !== 'cut' || record.sequence !== sequence)
        .map((record) => (record.sequence === sequence ? { ...record, verb: 'forged' } : record));
      const journal = gzipSync(JSON.stringify(forged)).toString('base64');
      cluster.store.update('incidents', { ...incident, spec: { ...incident.spec, journal } }, 'forger');
    },
    close,
  };
};

describeStores('the distributed store', openBench);

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type KubernetesStores, openKubernetesStores } from '../../src/adapters/kubernetes/store/open-stores.ts';
import { environmentBeside } from '../../src/demo/environment.ts';
import { type Laboratory, shopNamespace, startLaboratory } from '../../src/lab/laboratory.ts';
import { startWire, type Wire } from '../adapters/kubernetes-proxy.ts';
import { bundleBot } from '../crash/bundle-bot.ts';
import { realIds, silentLog, wallClock } from '../fakes/clock.ts';
import { type Replica, startReplica } from './replica.ts';

const manifestsFolder = fileURLToPath(new URL('../../manifests', import.meta.url));

/** Seconds of a lease on this stage: short, and a third of it is enough for a busy machine to answer in. */
const leaseSeconds = 12;

/** A replica and the wire by which it reaches the API server. */
export interface StagedReplica extends Replica {
  readonly wire: Wire;
}

/** A laboratory with several replicas of the bot on the store in its API server. */
export interface ReplicaStage {
  readonly lab: Laboratory;
  readonly replicas: readonly StagedReplica[];
  /** The stores as somebody sees them who holds no lease. */
  readonly stores: KubernetesStores;
  readonly leaseMs: number;
  close(): Promise<void>;
}

const startMember = async (
  lab: Laboratory,
  place: { readonly folder: string; readonly bundle: string; readonly config: Readonly<Record<string, string>> },
): Promise<StagedReplica> => {
  const dataDir = mkdtempSync(join(place.folder, 'replica-'));
  const wire = await startWire(lab.cluster.kubeconfig('bot'));
  const kubeconfigPath = join(dataDir, 'kubeconfig.yaml');
  writeFileSync(kubeconfigPath, wire.through(lab.cluster.kubeconfig('bot')), { mode: 0o600 });
  const { prometheusUrl, lokiUrl } = lab.telemetry;
  const { slack, chaosUrl } = lab;
  const address = { slack, kubeconfigPath, namespace: shopNamespace, prometheusUrl, lokiUrl, chaosUrl };
  const environment = environmentBeside(address, dataDir, {
    STORE: 'kubernetes',
    LEASE_SECONDS: String(leaseSeconds),
    INFERENCE: 'none',
    VERIFY_STABLE_SECONDS: '1',
    CRASH_LOG: join(dataDir, 'bot.log'),
    ...place.config,
  });
  return { ...startReplica(place.bundle, environment), wire };
};

/** Starts the laboratory and `count` replicas; resolves when all are ready. */
export const startReplicaStage = async (
  count: number,
  config: Readonly<Record<string, string>>,
): Promise<ReplicaStage> => {
  const folder = mkdtempSync(join(tmpdir(), 'ai4all-sre-replicas-'));
  const [lab, bundle] = await Promise.all([
    startLaboratory({ manifestsFolder, slack: { rateLimits: false } }),
    bundleBot(),
  ]);
  const replicas: StagedReplica[] = [];
  const startOne = async (): Promise<StagedReplica> => {
    const replica = await startMember(lab, { folder, bundle, config });
    replicas.push(replica);
    await replica.url;
    return replica;
  };
  const stores = await openKubernetesStores({
    kubeconfig: lab.cluster.kubeconfig('bot'),
    namespace: 'sre',
    leaseMs: 60_000,
    ...{ clock: wallClock, ids: realIds, log: silentLog },
  });
  await Promise.all(Array.from({ length: count }, startOne));
  return {
    lab,
    replicas,
    stores,
    leaseMs: leaseSeconds * 1_000,
    close: async () => {
      for (const replica of replicas) replica.thaw();
      await Promise.all(replicas.map((replica) => replica.kill()));
      await Promise.all(replicas.map(({ wire }) => wire.close()));
      stores.close();
      await lab.close();
      rmSync(dirname(bundle), { recursive: true, force: true });
      if (process.env.CRASH_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
};

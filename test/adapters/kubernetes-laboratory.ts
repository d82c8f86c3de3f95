import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';
import { startCluster } from '../../src/lab/cluster/cluster.ts';
import { bootNodes } from '../../src/lab/cluster/controllers/boot-nodes.ts';
import { settled } from '../../src/lab/cluster/controllers/settled.ts';
import { startControllers } from '../../src/lab/cluster/controllers/start-controllers.ts';

const runs = { kind: 'runs', readyAfterMs: 20 } as const;
const ends = { kind: 'exits', afterMs: 0, exitCode: 0, reason: 'Completed' } as const;

const manifest = (name: string): string => fileURLToPath(new URL(`../../manifests/${name}`, import.meta.url));

/** The shop, the bot's rights and the policies on its writes. */
export const laboratoryManifests = ['online-boutique', 'bot/rbac.yaml', 'bot/crds.yaml', 'kyverno']
  .map(manifest)
  .filter((path) => existsSync(path));

/** The laboratory's cluster with the shop, the bot's rights and its policies, all containers well, in the wall clock's time. */
export const startLaboratory = async () => {
  const nowMs = () => Date.now();
  const cluster = await startCluster({
    nowMs,
    manifests: laboratoryManifests,
  });
  bootNodes(cluster.store);
  const controllers = startControllers({
    store: cluster.store,
    judge: { judge: (_pod, container) => (container === 'frontend-check' ? ends : runs) },
    nowMs,
  });
  await vi.waitUntil(() => settled(cluster.store, 'online-boutique'), { timeout: 25_000 });
  return {
    cluster,
    bot: cluster.kubeconfig('bot'),
    admin: cluster.kubeconfig('admin'),
    close: async () => {
      controllers.stop();
      await cluster.close();
    },
  };
};

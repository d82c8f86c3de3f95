import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { adminKubeconfig, botKubeconfig } from './cluster-state.ts';
import { applyInOrder, type KubeClients, objectsOfFile, objectsOfKustomization } from './kube-client.ts';
import { manifestsFolder } from './places.ts';
import { until } from './until.ts';
import { kubeconfigText, type Server } from './users.ts';

/** The application's namespace. */
export const shopNamespace = 'online-boutique';

const tokenSeconds = 24 * 3_600;

/** The shop, and of the bot its namespace, its rights and its kinds: it runs beside the cluster. */
export const installShop = async (clients: KubeClients): Promise<void> => {
  const bot = ['namespace', 'crds', 'rbac', 'store-rbac'].map((name) => join(manifestsFolder, 'bot', `${name}.yaml`));
  await applyInOrder(clients, objectsOfKustomization(join(manifestsFolder, shopNamespace)));
  await applyInOrder(clients, bot.flatMap(objectsOfFile));
};

/** Asks the API server for a token of the bot's service account, and writes its kubeconfig. */
export const writeBotKubeconfig = async (clients: KubeClients, server: Server): Promise<void> => {
  const { status } = await clients.core.createNamespacedServiceAccountToken({
    name: 'ai4all-sre',
    namespace: 'sre',
    body: { spec: { audiences: [], expirationSeconds: tokenSeconds } },
  });
  writeFileSync(botKubeconfig, kubeconfigText(server, status?.token ?? ''), { mode: 0o600 });
};

/** Resolves when every Deployment of the shop has all its replicas, up to date and ready. */
export const untilShopSettled = (clients: KubeClients): Promise<void> =>
  until(
    `every Deployment of ${shopNamespace} is ready (kubectl --kubeconfig ${adminKubeconfig} get pods -A)`,
    async () => {
      const { items } = await clients.apps.listNamespacedDeployment({ namespace: shopNamespace });
      return items.every(({ metadata, spec, status }) => {
        const wanted = spec?.replicas ?? 1;
        return (
          status?.observedGeneration === metadata?.generation &&
          status?.updatedReplicas === wanted &&
          status?.readyReplicas === wanted &&
          status?.replicas === wanted
        );
      });
    },
  );

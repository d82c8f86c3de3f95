import { readFileSync } from 'node:fs';
import { type Addresses, adminKubeconfig, botKubeconfig, readState } from '../harness/cluster-state.ts';
import { openClients } from '../harness/kube-client.ts';
import { installShop, shopNamespace, untilShopSettled } from '../harness/shop.ts';
import { until } from '../harness/until.ts';

/** Where the running cluster answers. Throws when there is none. */
export const realAddresses = (): Addresses => {
  const addresses = readState()?.addresses ?? null;
  if (addresses === null) throw new Error('there is no cluster to test against: npm run real:up');
  return addresses;
};

/** Kubeconfigs of the administrator and of the bot, as text. */
export const realKubeconfigs = () => {
  realAddresses();
  return { admin: readFileSync(adminKubeconfig, 'utf8'), bot: readFileSync(botKubeconfig, 'utf8') };
};

/** Makes the shop anew, whatever has become of it, and resolves when all of it is ready. */
export const freshShop = async (): Promise<void> => {
  const clients = openClients(adminKubeconfig);
  await clients.core.deleteNamespace({ name: shopNamespace }).catch(() => undefined);
  await until('the old shop is gone', async () => {
    const { items } = await clients.core.listNamespace();
    return items.every(({ metadata }) => metadata?.name !== shopNamespace);
  });
  await installShop(clients);
  await untilShopSettled(clients);
};

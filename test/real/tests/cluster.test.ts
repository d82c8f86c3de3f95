import { clusterContract } from '../../contracts/cluster.ts';
import { freshShop, realKubeconfigs } from './real-cluster.ts';

clusterContract('a real API server', async () => {
  await freshShop();
  return { ...realKubeconfigs(), close: async () => undefined };
});

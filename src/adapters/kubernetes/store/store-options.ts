import type { Clock, Ids } from '../../../ports/clock.ts';
import type { Log } from '../../../ports/log.ts';
import type { KubeconfigChoice } from '../kubeconfig.ts';
import type { WatchTimes } from '../object-watch.ts';

/** What the store in the API server is opened with. */
export type KubernetesStoresOptions = KubeconfigChoice & {
  /** Where the store's objects and Leases are. */
  readonly namespace: string;
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** From 0 to below 1, spreads back-offs; a steady clock in ms; how long watches wait and last. Their defaults are those of production. */
  readonly random?: () => number;
  readonly steadyMs?: () => number;
  readonly times?: WatchTimes;
  readonly incidentsKeptMax?: number;
};

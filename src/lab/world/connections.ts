import type { ClusterView, PodView } from './cluster-view.ts';
import type { EffectsNow } from './effects.ts';
import { profiles } from './profiles.ts';
import type { Random } from './random.ts';
import type { Sample } from './world.ts';

/** The data store whose connections are counted. */
export const redisWorkload = 'redis-cart';

/** Without `--maxclients` in its arguments, the laboratory's Redis admits this many clients. */
const defaultMaxClients = 200;
const poolPerClientPod = 12;
/** The exporter's own connection. */
const exporterConnections = 1;
/** Share of calls that need a connection which their pool does not hold. */
const freshConnectionShare = 0.85;

interface Ledger {
  /** Connections by client pod's uid that nobody gives back. */
  readonly leaked: Map<string, number>;
  clients: number;
  rejected: number;
}

/** Who holds connections to each Redis pod. */
export interface Connections {
  /** Whether a call gets a connection; a refusal is counted as Redis counts it. */
  admits(redis: PodView, weight: number): boolean;
  /** Lets pools fill and leaks run for `seconds`; connections end with either pod. */
  settle(view: ClusterView, effects: EffectsNow, seconds: number): void;
  /** What redis_exporter shows of each Redis pod. */
  samples(view: ClusterView, namespace: string): readonly Sample[];
}

const maxClientsOf = (redis: PodView): number => {
  const place = redis.args.findIndex((argument) => argument.startsWith('--maxclients'));
  const inline = redis.args[place]?.split('=')[1] ?? redis.args[place + 1];
  const given = place === -1 ? Number.NaN : Number(inline);
  return Number.isInteger(given) && given > 0 ? given : defaultMaxClients;
};

const isClient = (pod: PodView): boolean =>
  pod.running && profiles[pod.workload]?.dependencies[redisWorkload] !== undefined;

const runLeaks = (ledger: Ledger, clients: readonly PodView[], gains: ReadonlyMap<string, number>): void => {
  const present = new Set(clients.map((client) => client.uid));
  for (const uid of ledger.leaked.keys()) if (!present.has(uid)) ledger.leaked.delete(uid);
  for (const [uid, gain] of gains) ledger.leaked.set(uid, (ledger.leaked.get(uid) ?? 0) + gain);
};

const settleLedger = (ledger: Ledger, redis: PodView, wanted: number): void => {
  const max = maxClientsOf(redis);
  ledger.clients = Math.min(max, Math.floor(wanted));
  // What did not fit was refused at the door, and the leak starts over from what is held.
  const leaked = [...ledger.leaked.values()].reduce((sum, count) => sum + count, 0);
  const surplus = wanted - max;
  if (surplus <= 0 || leaked <= 0) return;
  ledger.rejected += surplus;
  const kept = Math.max(0, (leaked - surplus) / leaked);
  for (const [uid, count] of ledger.leaked) ledger.leaked.set(uid, count * kept);
};

/** Counts Redis connections: a pool for each client pod, plus what its leak has taken. */
export const createConnections = (random: Random): Connections => {
  const ledgers = new Map<string, Ledger>();
  const ledgerOf = (redis: PodView): Ledger => {
    const ledger = ledgers.get(redis.uid) ?? { leaked: new Map(), clients: 0, rejected: 0 };
    ledgers.set(redis.uid, ledger);
    return ledger;
  };
  return {
    admits: (redis, weight) => {
      const ledger = ledgerOf(redis);
      if (ledger.clients < maxClientsOf(redis) || !random.chance(freshConnectionShare)) return true;
      ledger.rejected += weight;
      return false;
    },
    settle: (view, effects, seconds) => {
      const servers = view.podsOf(redisWorkload).filter((pod) => pod.running);
      const clients = view.pods.filter(isClient);
      const uids = new Set(servers.map((server) => server.uid));
      for (const uid of ledgers.keys()) if (!uids.has(uid)) ledgers.delete(uid);
      const gains = new Map(clients.map(({ uid }) => [uid, effects.leaksPerSecond(uid, redisWorkload) * seconds]));
      for (const redis of servers) {
        const ledger = ledgerOf(redis);
        runLeaks(ledger, clients, gains);
        const leaked = [...ledger.leaked.values()].reduce((sum, count) => sum + count, 0);
        const pools = clients.length * (poolPerClientPod + Math.round(random.between(-2, 2)));
        settleLedger(ledger, redis, exporterConnections + pools + leaked);
      }
    },
    samples: (view, namespace) =>
      view
        .podsOf(redisWorkload)
        .filter((pod) => pod.running)
        .flatMap((pod) => {
          const ledger = ledgerOf(pod);
          const labels = { namespace, pod: pod.name };
          return [
            { name: 'redis_connected_clients', labels, value: ledger.clients },
            { name: 'redis_config_maxclients', labels, value: maxClientsOf(pod) },
            { name: 'redis_rejected_connections_total', labels, value: Math.floor(ledger.rejected) },
          ];
        }),
  };
};

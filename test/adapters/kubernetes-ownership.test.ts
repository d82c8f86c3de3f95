import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createApiServer } from '../../src/adapters/kubernetes/api-server.ts';
import { createClusterWriter } from '../../src/adapters/kubernetes/cluster-writer.ts';
import type { KubernetesStores } from '../../src/adapters/kubernetes/store/open-stores.ts';
import { fairShare, shardNames, shardOf, shardsMax } from '../../src/adapters/kubernetes/store/shards.ts';
import { wallClock } from '../fakes/clock.ts';
import { startWire, type Wire } from './kubernetes-proxy.ts';
import { startStoreCluster } from './kubernetes-store-bench.ts';

/** Short, and long enough for a busy machine to answer in a third of it. */
const leaseMs = 3_600;

/** A key of each shard. */
const keys: readonly string[] = shardNames.map((name) => {
  for (let n = 0; ; n += 1) if (shardOf(`key-${n}`) === name) return `key-${n}`;
});

let bench: Awaited<ReturnType<typeof startStoreCluster>>;
let wires: Wire[];
let running: KubernetesStores[];

beforeEach(async () => {
  bench = await startStoreCluster();
  wires = [];
  running = [];
});

afterEach(async () => {
  for (const wire of wires) wire.plug();
  await Promise.all(running.map(({ ownership }) => ownership.stop()));
  await bench.close();
  await Promise.all(wires.map((wire) => wire.close()));
});

const startReplica = async (change: { readonly steadyMs?: () => number } = {}) => {
  const wire = await startWire(bench.cluster.kubeconfig('bot'));
  wires.push(wire);
  const stores = await bench.open({
    kubeconfig: wire.through(bench.cluster.kubeconfig('bot')),
    leaseMs,
    clock: wallClock,
    ...change,
  });
  running.push(stores);
  await stores.ownership.start();
  return { wire, stores, owned: () => keys.filter((key) => stores.ownership.owns(key)) };
};

type Replica = Awaited<ReturnType<typeof startReplica>>;

const untilShared = (replicas: readonly Replica[]): Promise<void> =>
  vi.waitFor(
    () => {
      const counts = replicas.map(({ owned }) => owned().length);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(shardsMax);
      for (const count of counts) expect(count).toBeGreaterThanOrEqual(Math.floor(shardsMax / replicas.length));
    },
    { timeout: 90_000, interval: 20 },
  );

/** Looks again and again whether any key has two owners, until the returned function is called. */
const watchForTwoOwners = (replicas: readonly Replica[]) => {
  const found: string[] = [];
  const look = (): void => {
    for (const key of keys) if (replicas.filter(({ stores }) => stores.ownership.owns(key)).length > 1) found.push(key);
  };
  const timer = setInterval(look, 1);
  return (): readonly string[] => {
    clearInterval(timer);
    return found;
  };
};

describe('the shards', () => {
  it('are dealt fairly, by the same rule in every replica, and every key has one', () => {
    expect(fairShare('a', ['a'])).toBe(shardsMax);
    const members = ['c', 'a', 'b'];
    const shares = members.map((one) => fairShare(one, members));
    expect(shares.reduce((sum, share) => sum + share, 0)).toBe(shardsMax);
    expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    expect(fairShare('stranger', members)).toBe(0);
    expect(new Set(keys.map(shardOf)).size).toBe(shardsMax);
  });
});

describe('ownership by Leases', { timeout: 300_000 }, () => {
  it('shares fairly with newcomers, goes on without those who left or were cut off, and never has two owners', async () => {
    const first = await startReplica();
    await untilShared([first]);
    const [second, third] = [await startReplica(), await startReplica()];
    const twice = watchForTwoOwners([first, second, third]);
    await untilShared([first, second, third]);

    await third.stores.ownership.stop();
    expect(third.owned()).toEqual([]);
    await untilShared([first, second]);

    first.wire.unplug();
    await vi.waitFor(() => expect(first.owned()).toEqual([]), { timeout: 60_000, interval: 5 });
    expect(second.owned().length).toBeLessThan(shardsMax);
    await untilShared([second]);
    first.wire.plug();
    await untilShared([first, second]);
    expect(twice()).toEqual([]);
  });

  it('tells of what was gained, and when it was', async () => {
    const first = await startReplica();
    let told = 0;
    first.stores.ownership.subscribe(() => {
      told += 1;
    });
    expect(first.stores.ownership.ownedSinceMs('x')).toBeNull();
    await untilShared([first]);
    expect(told).toBeGreaterThan(0);
    expect(first.stores.ownership.ownedSinceMs('x')).toBeLessThanOrEqual(Date.now());
  });

  it('owns nothing after its machine stood still for longer than the deadline, until it has asked again', async () => {
    let skipMs = 0;
    const first = await startReplica({ steadyMs: () => performance.now() + skipMs });
    await untilShared([first]);
    first.wire.unplug();
    skipMs = leaseMs;
    expect(first.owned()).toEqual([]);
    first.wire.plug();
    await untilShared([first]);
  });

  it('has everything in sight that the last owner did, before it begins', async () => {
    const [first, second] = [await startReplica(), await startReplica()];
    await untilShared([first, second]);
    const own = first.owned();
    await first.stores.inbox.accept([
      {
        ...{ source: 'alertmanager', fingerprint: 'f', status: 'firing', name: 'n', severity: 'critical' },
        ...{ labels: {}, annotations: {}, startsAt: wallClock.now(), receivedAt: wallClock.now() },
        sender: { name: 's', via: 'bearer' },
      },
    ]);
    await first.stores.ownership.stop();
    const pending = await vi.waitFor(
      () => {
        expect(own.every((key) => second.stores.ownership.owns(key))).toBe(true);
        return second.stores.inbox.pending(5);
      },
      { timeout: 60_000, interval: 1 },
    );
    expect(pending).toHaveLength(1);
  });
});

describe('a writer without its lease', () => {
  it('reads, sends nothing, and says so', async () => {
    const { cluster } = bench;
    cluster.store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, 'kubectl');
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'shop' },
      spec: { selector: { app: 's' }, ports: [{ port: 80 }] },
    };
    const live = cluster.store.create('services', service, 'kubectl');
    const writer = createClusterWriter(createApiServer({ kubeconfig: cluster.kubeconfig('admin') }), {
      mayWrite: () => false,
    });
    const target = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 's' };
    const patch = { target, type: 'merge', body: { spec: { selector: { app: 't' } } } } as const;
    const stamp = { incidentUid: 'u', actionId: 'a', resourceVersion: live.metadata.resourceVersion ?? '' };
    expect(await writer.write(patch, stamp)).toEqual({ kind: 'withheld' });
    expect(cluster.store.get('services', 'shop', 's')).toEqual(live);
    expect(cluster.auditEvents().filter(({ verb }) => verb === 'patch')).toEqual([]);
  });
});

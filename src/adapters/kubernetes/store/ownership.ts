import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../ports/log.ts';
import type { Ownership } from '../../../ports/ownership.ts';
import { createDealer } from './dealer.ts';
import type { HeldLease } from './held-leases.ts';
import type { LeaseClient } from './lease-client.ts';
import { createLeaseHolder } from './lease-holder.ts';
import { createLeaseSightings } from './lease-sightings.ts';
import { leaseTimes } from './lease-times.ts';
import { createMembership } from './membership.ts';
import { shardOf } from './shards.ts';

/** What ownership by Leases is made from. */
export interface LeaseOwnershipDeps {
  readonly client: LeaseClient;
  readonly namespace: string;
  /** Unlike that of any other replica, and of an earlier life of this one. */
  readonly identity: string;
  readonly leaseMs: number;
  readonly clocks: { readonly steadyMs: () => number; readonly wallMs: () => number };
  readonly catchUp: () => Promise<void>;
  readonly log: Log;
}

/**
 * Who owns which incident, by Leases of the API server. Incidents are dealt into shards by a digest of their key; each shard
 * is a Lease, each replica shows itself by one of its own, and every replica keeps to its fair share. A holder acts until two
 * thirds of the lease have passed since its last renewal was sent; others wait until they have seen no renewal for a whole
 * lease, by their own clocks.
 */
export const createLeaseOwnership = (deps: LeaseOwnershipDeps): Ownership => {
  const { client, leaseMs, clocks, log } = deps;
  const times = leaseTimes(leaseMs);
  const sightings = createLeaseSightings(clocks.steadyMs);
  const holder = createLeaseHolder(deps);
  const membership = createMembership({ ...deps, sightings, wallMs: clocks.wallMs });
  const dealer = createDealer({ ...deps, holder, sightings });
  const listeners = new Set<() => void>();
  const ending = new AbortController();
  let running: Promise<void> = Promise.resolve();

  const turn = async (): Promise<void> => {
    const [returned] = await Promise.all([holder.renewAll(), membership.showLife()]);
    const leases = await client.list();
    if (leases !== null) {
      sightings.see(leases);
      await dealer.deal(leases, membership.among(leases));
      await membership.forgetDead(leases);
    }
    const gained = await dealer.settle();
    if (gained || returned) for (const listener of listeners) listener();
  };

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const startedMs = clocks.steadyMs();
      await turn().catch((error: unknown) => log.warn({ err: error }, 'shards could not be settled yet'));
      const restMs = Math.max(times.renewEveryMs - (clocks.steadyMs() - startedMs), 10);
      await sleep(restMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };

  const leaseOf = (key: string): HeldLease | undefined => {
    const lease = holder.held.get(shardOf(key));
    return lease?.phase === 'held' && holder.isGood(lease) ? lease : undefined;
  };

  return {
    owns: (key) => leaseOf(key) !== undefined,
    ownedSinceMs: (key) => leaseOf(key)?.since.wallMs ?? null,
    actMsMax: times.actMsMax,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: async () => {
      running = run();
    },
    stop: async () => {
      ending.abort();
      await running;
      await Promise.all([...holder.held.keys()].map((name) => holder.giveUp(name)));
      await membership.leave();
    },
  };
};

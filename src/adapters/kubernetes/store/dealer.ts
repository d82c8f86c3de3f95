import type { Log } from '../../../ports/log.ts';
import { type HeldLease, passedMs } from './held-leases.ts';
import type { LeaseHolder } from './lease-holder.ts';
import type { SeenLease } from './lease-object.ts';
import type { LeaseSightings } from './lease-sightings.ts';
import { leaseTimes } from './lease-times.ts';
import { fairShare, shardNames, shardOf } from './shards.ts';

/** Keeps a replica to its fair share of the shards. */
export interface Dealer {
  /** Takes what is free and due, and lets go what is due to others. */
  deal(leases: readonly SeenLease[], members: readonly string[]): Promise<void>;
  /** Makes what was taken its own, once everything that was done under it before is in sight. True when there was something. */
  settle(): Promise<boolean>;
}

/** Creates the dealer of one replica. */
export const createDealer = (deps: {
  readonly holder: LeaseHolder;
  readonly sightings: LeaseSightings;
  readonly identity: string;
  readonly leaseMs: number;
  /** Brings everything into sight that was written before now: who takes over must know what was done. */
  readonly catchUp: () => Promise<void>;
  readonly log: Log;
}): Dealer => {
  const { holder, sightings, identity, log } = deps;
  const { actMsMax } = leaseTimes(deps.leaseMs);

  const ofPhase = (phase: HeldLease['phase']): readonly HeldLease[] =>
    [...holder.held.values()].filter((lease) => lease.phase === phase);

  const wanted = (
    leases: readonly SeenLease[],
    count: number,
  ): readonly (readonly [string, SeenLease | undefined])[] => {
    const known = new Map(leases.map((lease) => [lease.name, lease]));
    const free = shardNames
      .filter((name) => !holder.held.has(name))
      .map((name) => [name, known.get(name)] as const)
      // One that bears this replica's name is its own: the reply that said so was lost.
      .filter(([, lease]) => lease === undefined || lease.holder === identity || sightings.isFree(lease));
    // Replicas begin at different places, so that they seldom reach for the same shard.
    const from = shardNames.indexOf(shardOf(identity)) % Math.max(free.length, 1);
    return [...free.slice(from), ...free.slice(0, from)].slice(0, Math.max(count, 0));
  };

  /** What is being given away goes when everything that was begun under it has ended. */
  const partWithLeaving = async (): Promise<void> => {
    const over = ofPhase('leaving').filter(({ since }) => passedMs(since, holder.now()) > actMsMax);
    await Promise.all(over.map(({ name }) => holder.giveUp(name)));
  };

  return {
    deal: async (leases, members) => {
      await partWithLeaving();
      const share = fairShare(identity, members);
      const kept = [...ofPhase('held'), ...ofPhase('settling')];
      for (const { name } of kept.slice(share)) holder.turn(name, 'leaving');
      if (kept.length > share) log.info({ share, members: members.length }, 'shards are given to a newcomer');
      await Promise.all(wanted(leases, share - kept.length).map(([name, lease]) => holder.take(name, lease)));
    },
    settle: async () => {
      const fresh = ofPhase('settling');
      if (fresh.length === 0) return false;
      await deps.catchUp();
      for (const { name } of fresh) holder.turn(name, 'held');
      log.info({ gained: fresh.length, held: ofPhase('held').length, identity }, 'shards were gained');
      return true;
    },
  };
};

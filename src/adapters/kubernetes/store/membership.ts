import type { JsonObject } from '../../../domain/json.ts';
import type { LeaseClient } from './lease-client.ts';
import { newLease, renewed, type SeenLease } from './lease-object.ts';
import type { LeaseSightings } from './lease-sightings.ts';

/** A dead replica's sign of life is removed after this many lease times. */
const forgottenAfter = 10;

/** Who is there: each replica shows itself by a Lease of its own. */
export interface Membership {
  /** Others count this replica in as long as this is done in time. */
  showLife(): Promise<void>;
  /** Who is there, this replica included: who did not answer for a whole lease is not. */
  among(leases: readonly SeenLease[]): readonly string[];
  /** Removes what dead replicas left. */
  forgetDead(leases: readonly SeenLease[]): Promise<void>;
  leave(): Promise<void>;
}

/** Creates the membership of one replica. */
export const createMembership = (deps: {
  readonly client: LeaseClient;
  readonly sightings: LeaseSightings;
  readonly namespace: string;
  readonly identity: string;
  readonly leaseMs: number;
  readonly wallMs: () => number;
}): Membership => {
  const { client, sightings, namespace, identity, leaseMs } = deps;
  const name = `ai4all-sre-member-${identity}`;
  let own: JsonObject | undefined;
  const areMembers = (leases: readonly SeenLease[]): readonly SeenLease[] =>
    leases.filter(({ purpose }) => purpose === 'member');
  return {
    showLife: async () => {
      const by = { identity, durationMs: leaseMs, nowMs: deps.wallMs() };
      const answer =
        own === undefined
          ? await client.create(newLease({ name, namespace, purpose: 'member' }, by))
          : await client.replace(renewed(own, by));
      if (typeof answer !== 'string') own = answer;
    },
    among: (leases) => {
      // A reply that was lost left this replica with an old version of its own Lease.
      own = leases.find((lease) => lease.name === name)?.object;
      const others = areMembers(leases).filter((lease) => !sightings.isFree(lease));
      return [identity, ...others.map(({ holder }) => holder)];
    },
    forgetDead: async (leases) => {
      const dead = areMembers(leases).filter(
        (lease) => sightings.unchangedMs(lease) > lease.durationMs * forgottenAfter,
      );
      await Promise.all(dead.map((lease) => client.remove(lease.name)));
    },
    leave: async () => {
      if (own !== undefined) await client.remove(name);
    },
  };
};

import type { SeenLease } from './lease-object.ts';

interface Sighting {
  readonly record: string;
  /** When this record was first seen here, by our own steady clock. */
  readonly atMs: number;
}

/** Tells which Leases nobody renews any more, by this replica's own clock alone: clocks of other machines are not trusted. */
export interface LeaseSightings {
  /** Takes in what all Leases are now. */
  see(leases: readonly SeenLease[]): void;
  /** Whether a Lease was given up, or was seen unchanged for longer than it lasts. */
  isFree(lease: SeenLease): boolean;
  /** How long the Lease has been seen unchanged, in ms. */
  unchangedMs(lease: SeenLease): number;
}

/** Creates sightings. `steadyMs` must never jump. */
export const createLeaseSightings = (steadyMs: () => number): LeaseSightings => {
  const sightings = new Map<string, Sighting>();
  const unchangedMs = ({ name, record }: SeenLease): number => {
    const sighting = sightings.get(name);
    return sighting?.record === record ? steadyMs() - sighting.atMs : 0;
  };
  return {
    see: (leases) => {
      const names = new Set(leases.map(({ name }) => name));
      for (const name of [...sightings.keys()]) if (!names.has(name)) sightings.delete(name);
      for (const { name, record } of leases) {
        if (sightings.get(name)?.record !== record) sightings.set(name, { record, atMs: steadyMs() });
      }
    },
    isFree: (lease) => lease.holder === '' || unchangedMs(lease) > lease.durationMs,
    unchangedMs,
  };
};

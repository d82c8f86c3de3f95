import type { Sighting, Sightings } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';

/** A sighting that says nothing new is written again after this time, so that a later gap is known to be short. */
const everyMs = 55_000;

/** Keeps one collection's sighting in the store, written one after the other and never more often than needed. */
export interface KeptSighting {
  /** Null when there is none, or the store does not answer. */
  read(): Promise<Sighting | null>;
  /** Writes soon; without `isNew` only when the last one is old. Never throws. */
  keep(isNew: boolean): void;
  /** Writes what is now, and resolves when it is written or could not be. */
  settle(): Promise<void>;
}

/** `present` makes the sighting at the moment it is written; null writes nothing. */
export const createKeptSighting = (
  deps: {
    readonly sightings: Sightings;
    readonly clock: Clock;
    readonly log: Log;
    readonly present: () => Sighting | null;
  },
  collection: string,
): KeptSighting => {
  let working = Promise.resolve();
  let waits = false;
  let keptMs = Number.NEGATIVE_INFINITY;

  const write = async (): Promise<void> => {
    waits = false;
    const sighting = deps.present();
    if (sighting === null) return;
    keptMs = deps.clock.nowMs();
    try {
      await deps.sightings.put(collection, sighting);
    } catch (error) {
      keptMs = Number.NEGATIVE_INFINITY;
      deps.log.error({ err: error, collection }, 'the flight recorder cannot keep what it saw');
    }
  };

  const soon = (): void => {
    if (waits) return;
    waits = true;
    working = working.then(write);
  };

  return {
    read: async () => {
      try {
        return await deps.sightings.get(collection);
      } catch (error) {
        deps.log.error({ err: error, collection }, 'the flight recorder cannot read what it saw last');
        return null;
      }
    },
    keep: (isNew) => {
      if (isNew || deps.clock.nowMs() - keptMs >= everyMs) soon();
    },
    settle: () => {
      soon();
      return working;
    },
  };
};

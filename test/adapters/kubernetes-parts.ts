import type { ChangeData } from '../../src/domain/evidence.ts';
import type { ChangeRecords, Sighting } from '../../src/ports/change-log.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Log } from '../../src/ports/log.ts';

/** A log that says nothing. */
export const quietLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quietLog,
};

/** The real time. */
export const wallClock: Clock = { now: () => new Date().toISOString(), nowMs: () => Date.now() };

/** Change records in memory. */
export const createMemoryRecords = (): ChangeRecords & { readonly all: ChangeData[] } => {
  const all: ChangeData[] = [];
  const sightings = new Map<string, Sighting>();
  return {
    all,
    sightings: {
      get: async (collection) => sightings.get(collection) ?? null,
      put: async (collection, sighting) => {
        sightings.set(collection, sighting);
      },
    },
    put: async (changes) => {
      all.push(changes);
    },
    since: async (namespace, at) =>
      all.filter(({ changes }) =>
        changes.some((change) => (change.object.namespace ?? '') === namespace && change.at >= at),
      ),
  };
};

/** Back-offs that a test can wait for. */
export const quickTimes = { backoffMsMin: 5, backoffMsMax: 40, watchMsMax: 60_000 } as const;

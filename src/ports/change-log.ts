import type { ChangeData } from '../domain/evidence.ts';
import type { Instant, JsonObject } from '../domain/json.ts';
import type { Answer } from './answer.ts';

/** The flight recorder's memory: field-level changes of watched objects, oldest first, the bot's own writes included. */
export interface ChangeLog {
  since(namespace: string, at: Instant): Promise<Answer<readonly ChangeData[]>>;
}

/** One object as it was seen last. `view` is what the recorder keeps of it, without secrets. */
export interface SeenObject {
  readonly name: string;
  readonly uid: string;
  readonly view: JsonObject;
}

/** A watched collection as it was seen last: what the first look after a time without a watch is compared with. */
export interface Sighting {
  /** When it was known to be so for the last time. */
  readonly seenAt: Instant;
  /** Since when every lasting change of it was seen, or found by comparing. */
  readonly knownSince: Instant;
  /** Names the key by which values were hidden: those that were hidden by another key cannot be compared. */
  readonly hiddenBy: string;
  readonly objects: readonly SeenObject[];
  /** False when objects were left out because they were too many or too large. */
  readonly isWhole: boolean;
}

/** Keeps the last sighting of each watched collection, by its name. */
export interface Sightings {
  get(collection: string): Promise<Sighting | null>;
  /** May leave out objects that do not fit; then the kept sighting is not whole. */
  put(collection: string, sighting: Sighting): Promise<void>;
}

/** Where the flight recorder keeps its ring of changes, bounded by changesMax, and what it saw last. */
export interface ChangeRecords {
  readonly sightings: Sightings;
  /** `origin` names the write that they are of: what several watchers saw of one write is kept once. */
  put(changes: ChangeData, origin?: string): Promise<void>;
  since(namespace: string, at: Instant): Promise<readonly ChangeData[]>;
}

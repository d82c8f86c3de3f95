import { BotError } from '../../../domain/bot-error.ts';
import type { CaseFile, CaseSummary } from '../../../domain/case-file.ts';
import type { JsonObject } from '../../../domain/json.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { JournalEntry } from '../../../ports/journal.ts';
import { isFull, linked, type StoredChain, setAside } from './chain-parts.ts';
import { fileOf, type HeldIncident, heldOf, incidentName, incidentObject, withChain } from './incident-object.ts';
import type { Mirror } from './mirror.ts';
import type { Records } from './records.ts';
import type { StoreClient } from './store-client.ts';
import { itemPath } from './store-names.ts';

/** Lost races over one Incident in a row: others only add lines to its journal or labels, so few are many. */
const racesMax = 20;

/** Incidents whose metadata and chain are held, so that a page costs one write and no read. */
const heldMax = 256;

/** What the chest is made from. */
export interface ChestDeps {
  readonly client: StoreClient;
  readonly records: Records;
  readonly mirror: Mirror<CaseSummary>;
  readonly path: string;
  readonly namespace: string;
  readonly clock: Clock;
}

/** Incidents in the API server, one by one: the case file and its chain in one object, each write a compare-and-swap. */
export interface IncidentChest {
  load(uid: string): Promise<CaseFile | null>;
  /** The object as it is, for what reads more than the case file. */
  raw(uid: string): Promise<JsonObject | null>;
  /** Stores a case that does not exist yet. False when it does. */
  add(file: CaseFile, note: JournalEntry | undefined): Promise<CaseFile | null>;
  /** Stores the next version of a case whose version is still `file.version`, else null. */
  turn(file: CaseFile, note: JournalEntry | undefined): Promise<CaseFile | null>;
  /** Links a record to the chain of a case, and leaves the case as it is. Null when there is no such case. */
  note(entry: JournalEntry): Promise<StoredChain['chain'][number] | null>;
}

/** Remembers what is needed to replace the Incidents that were touched last. */
const createHeldCache = () => {
  const held = new Map<string, HeldIncident>();
  return {
    get: (uid: string): HeldIncident | null => held.get(uid) ?? null,
    drop: (uid: string): boolean => held.delete(uid),
    keep: async (uid: string, object: JsonObject): Promise<HeldIncident> => {
      const now = await heldOf(object);
      held.delete(uid);
      held.set(uid, now);
      const [oldest] = held.keys();
      if (held.size > heldMax && oldest !== undefined) held.delete(oldest);
      return now;
    },
  };
};

/** The chain with the line of a page, if the page has one. */
const withNote = async (
  { records, clock }: Pick<ChestDeps, 'records' | 'clock'>,
  stored: StoredChain,
  note: JournalEntry | undefined,
): Promise<StoredChain> => {
  if (note === undefined) return stored;
  if (isFull(stored)) await setAside(records, note.uid, stored);
  return linked(stored, note, clock.now());
};

/** Creates the chest. */
export const createIncidentChest = (deps: ChestDeps): IncidentChest => {
  const { client, records, mirror, path, namespace, clock } = deps;
  const held = createHeldCache();

  const raw = (uid: string): Promise<JsonObject | null> => client.get(itemPath(path, incidentName(uid)));

  const reload = async (uid: string): Promise<HeldIncident | null> => {
    const object = await raw(uid);
    if (object !== null) return held.keep(uid, object);
    held.drop(uid);
    return null;
  };

  const written = async (uid: string, object: JsonObject): Promise<void> => {
    await held.keep(uid, object);
    await mirror.enter(object);
  };

  const turnOnce = async (
    file: CaseFile,
    before: HeldIncident,
    note: JournalEntry | undefined,
  ): Promise<CaseFile | null> => {
    const { uid } = file.incident;
    const chain = await withNote(deps, before, note);
    const next = { ...file, version: file.version + 1 };
    const { object, file: stored } = await incidentObject(next, { ...chain, metadata: before.metadata }, namespace);
    const answer = await client.replace(path, object);
    if (answer === null) return null;
    await written(uid, answer);
    return stored;
  };

  const turn = async (file: CaseFile, note: JournalEntry | undefined): Promise<CaseFile | null> => {
    const { uid } = file.incident;
    let before = held.get(uid);
    if (before?.version !== file.version) before = await reload(uid);
    for (let race = 0; race < racesMax; race += 1) {
      if (before === null || before.version !== file.version) return null;
      const stored = await turnOnce(file, before, note);
      if (stored !== null) return stored;
      before = await reload(uid);
    }
    throw new BotError('store_busy', `case ${uid} kept changing while it was written`, { retryable: true });
  };

  const note: IncidentChest['note'] = async (entry) => {
    for (let race = 0; race < racesMax; race += 1) {
      const object = await raw(entry.uid);
      if (object === null) return null;
      const before = await heldOf(object);
      if (isFull(before)) await setAside(records, entry.uid, before);
      const { record, ...chain } = linked(before, entry, clock.now());
      const answer = await client.replace(path, await withChain(object, chain));
      if (answer === null) continue;
      await written(entry.uid, answer);
      return record;
    }
    throw new BotError('store_busy', `the journal of ${entry.uid} kept changing`, { retryable: true });
  };

  return {
    raw,
    load: async (uid) => {
      const object = await raw(uid);
      if (object === null) return null;
      await held.keep(uid, object);
      return fileOf(object);
    },
    add: async (file, note) => {
      const { uid } = file.incident;
      const chain = await withNote(deps, { chain: [], parts: 0 }, note);
      const { object, file: stored } = await incidentObject(file, { ...chain, metadata: {} }, namespace);
      const answer = await client.create(path, object);
      if (answer === null) return null;
      await written(uid, answer);
      return stored;
    },
    turn,
    note,
  };
};

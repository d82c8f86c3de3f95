import { setTimeout as sleep } from 'node:timers/promises';
import type { CaseSummary } from '../../../domain/case-file.ts';
import { limits } from '../../../limits.ts';
import type { Ownership } from '../../../ports/ownership.ts';
import type { Shown } from '../../../ports/shown-ledger.ts';
import type { Kept } from './alert-inbox.ts';
import { removeParts } from './chain-parts.ts';
import { incidentName, partsOf } from './incident-object.ts';
import { messageKey, seenMsMax } from './ledgers.ts';
import { readRecord, type WatchedRecord } from './records.ts';
import { itemPath, labels } from './store-names.ts';
import type { StoreParts } from './store-parts.ts';

/** Incidents that are kept: the API server is no archive. Older ones that are closed go, with all that belongs to them. */
const incidentsKeptMax = 1_000;

/** Objects removed in one round, so that cleaning never crowds the road to the API server. */
const removedPerRoundMax = 200;

const everyMs = 300_000;

/** The key whose owner cleans. */
const janitorKey = 'janitor';

/** Keeps the store bounded. */
export interface Janitor {
  start(): void;
  /** One round, as it runs every five minutes in the replica whose turn it is. */
  clean(): Promise<void>;
  stop(): void;
}

/** Creates the janitor. Everything it does is idempotent, so that two of them, or half a round, do no harm. */
export const createJanitor = (parts: StoreParts, ownership: Ownership, keptMax = incidentsKeptMax): Janitor => {
  const { client, records, chest, cases, watched, clock, log, server, paths } = parts;
  const ending = new AbortController();

  const ofCollection = (collection: string): readonly WatchedRecord[] =>
    watched.all().filter((record) => record.collection === collection);

  const removeIncident = async ({ incident: { uid } }: CaseSummary): Promise<void> => {
    const object = await chest.raw(uid);
    const shown = JSON.parse((await records.get('shown', uid))?.value ?? '[]') as readonly Shown[];
    for (const message of shown) await records.remove('message', messageKey(message));
    await records.remove('shown', uid);
    if (object !== null) await removeParts(records, uid, partsOf(object));
    await client.remove(itemPath(paths.incidents, incidentName(uid)));
    cases.remove(incidentName(uid));
  };

  const pruneIncidents = async (): Promise<void> => {
    const surplus = cases.all().length - keptMax;
    const closed = cases
      .all()
      .filter(({ rememberedAt }) => rememberedAt !== undefined)
      .sort((left, right) => left.incident.number - right.incident.number)
      .slice(0, Math.min(Math.max(surplus, 0), removedPerRoundMax));
    for (const summary of closed) await removeIncident(summary);
  };

  /** An assigned alert stands against its repetition as long as its case is open, and for a while after. */
  const isSpent = ({ content, at }: WatchedRecord): boolean => {
    const { uid } = content as Kept;
    if (uid === null) return false;
    const summary = cases.get(incidentName(uid));
    const since = summary === undefined ? at : summary.closure?.at;
    return since !== undefined && clock.nowMs() - Date.parse(since) > 2 * limits.groupingMsMax;
  };

  const pruneWatched = async (): Promise<void> => {
    const changes = [...ofCollection('change')].sort((left, right) => (left.at < right.at ? -1 : 1));
    const surplus = changes.slice(0, Math.max(changes.length - limits.changesMax, 0));
    const spent = [...ofCollection('inbox').filter(isSpent), ...surplus].slice(0, removedPerRoundMax);
    for (const { collection, key } of spent) await records.remove(collection, key);
  };

  const pruneSeen = async (): Promise<void> => {
    const answer = await server.reader.collection(paths.records, `${labels.collection}=seen`);
    if (answer.outcome !== 'found') return;
    const old = answer.value.items
      .map(readRecord)
      .filter((record) => record !== undefined)
      .filter(({ at }) => clock.nowMs() - Date.parse(at) > seenMsMax);
    for (const { key } of old.slice(0, removedPerRoundMax)) await records.remove('seen', key);
  };

  const clean = async (): Promise<void> => {
    await pruneIncidents();
    await pruneWatched();
    await pruneSeen();
  };

  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await sleep(everyMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
      if (ending.signal.aborted || !ownership.owns(janitorKey)) continue;
      await clean().catch((error: unknown) => log.warn({ err: error }, 'the store could not be cleaned yet'));
    }
  };

  return { start: () => void run(), clean, stop: () => ending.abort() };
};

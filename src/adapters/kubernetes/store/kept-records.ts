import { contentHash } from '../../../analysis/content-hash.ts';
import type { ChangeData } from '../../../domain/evidence.ts';
import type { Memory } from '../../../domain/memory.ts';
import type { ChangeRecords, Sighting, Sightings } from '../../../ports/change-log.ts';
import type { MemoryRecords } from '../../../ports/memory-shelf.ts';
import { pack, unpack } from './packed.ts';
import { valueCharsMax } from './records.ts';
import type { StoreParts } from './store-parts.ts';

/** Characters of one record of changes: a write that is larger is told in part. */
const changeCharsMax = 200_000;

/** What closed cases taught, seen by all replicas. */
export const createMemoryRecords = ({ records, watched }: Pick<StoreParts, 'records' | 'watched'>): MemoryRecords => ({
  put: async (memory) => {
    await records.change('memory', memory.uid, () => JSON.stringify(memory));
  },
  all: async () =>
    watched
      .all()
      .filter(({ collection }) => collection === 'memory')
      .map(({ content }) => content as Memory)
      .sort((left, right) => (left.uid < right.uid ? -1 : 1)),
  subscribe: (listener) =>
    watched.subscribe((now) => {
      if (now?.collection === 'memory') listener(now.content as Memory);
    }),
});

const fitting = (data: ChangeData): string => {
  const text = JSON.stringify(data);
  if (text.length <= changeCharsMax || data.changes.length === 1) return text;
  return fitting({ ...data, changes: data.changes.slice(0, Math.ceil(data.changes.length / 2)) });
};

/** A sighting as text that fits into one record; what is left out is the last half, again and again. */
const packedSighting = async (sighting: Sighting): Promise<string> => {
  const text = await pack(sighting);
  if (text.length <= valueCharsMax || sighting.objects.length === 0) return text;
  const objects = sighting.objects.slice(0, Math.floor(sighting.objects.length / 2));
  return packedSighting({ ...sighting, objects, isWhole: false });
};

const createSightings = ({ records }: Pick<StoreParts, 'records'>): Sightings => ({
  get: async (collection) => {
    const record = await records.get('sighting', collection);
    // Somebody wrote into it by hand: then nothing was seen.
    return record === null ? null : unpack<Sighting>(record.value).catch(() => null);
  },
  put: async (collection, sighting) => {
    const text = await packedSighting(sighting);
    await records.change('sighting', collection, () => text);
  },
});

/** The flight recorder's ring. Every replica watches and records; what two of them saw of one write is kept once. */
export const createChangeRecords = ({ records, watched }: Pick<StoreParts, 'records' | 'watched'>): ChangeRecords => ({
  sightings: createSightings({ records }),
  put: async (data, origin = contentHash(data)) => {
    if (data.changes[0] !== undefined) await records.create('change', origin, fitting(data));
  },
  since: async (namespace, at) =>
    watched
      .all()
      .filter(({ collection }) => collection === 'change')
      .map(({ content }) => content as ChangeData)
      .filter(({ changes: [first] }) => (first?.object.namespace ?? '') === namespace && (first?.at ?? '') >= at)
      .sort((left, right) => ((left.changes[0]?.at ?? '') < (right.changes[0]?.at ?? '') ? -1 : 1)),
});

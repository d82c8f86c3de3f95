import { contentHash } from '../../analysis/content-hash.ts';
import type { FieldChange } from '../../domain/evidence.ts';
import { hiddenValue, holdsHidden } from '../../domain/hidden-value.ts';
import type { Instant, Json, JsonObject } from '../../domain/json.ts';
import { isJsonObject, sameJson } from '../../domain/json-read.ts';
import type { SeenObject, Sighting } from '../../ports/change-log.ts';
import { diffFields, type FieldDifference } from './field-diff.ts';

/** A longer text is kept as its digest: that it changed is told, not from what. */
const textCharsMax = 4_000;
/** One collection: what does not fit is left out, the largest objects first. */
const collectionCharsMax = 1_500_000;

const shortened = (value: Json): Json => {
  if (typeof value === 'string') return value.length > textCharsMax ? hiddenValue(contentHash(value)) : value;
  if (Array.isArray(value)) return value.map(shortened);
  return isJsonObject(value) ? shortView(value) : value;
};

/** A view whose long texts are digests. */
export const shortView = (view: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(view).map(([key, value]) => [key, shortened(value)]));

/** What is kept of a collection: as many objects as fit, the smallest first. */
export const sightingOf = (
  objects: readonly SeenObject[],
  times: Pick<Sighting, 'seenAt' | 'knownSince' | 'hiddenBy'>,
): Sighting => {
  const short = objects.map((object) => ({ ...object, view: shortView(object.view) }));
  const sized = short
    .map((object) => ({ object, chars: JSON.stringify(object).length }))
    .toSorted((left, right) => left.chars - right.chars);
  let room = collectionCharsMax;
  const kept = sized.filter(({ chars }) => {
    room -= chars;
    return room >= 0;
  });
  return { ...times, objects: kept.map(({ object }) => object), isWhole: kept.length === objects.length };
};

/** How an object differs from when it was seen last. Values that another key has hidden cannot be compared. */
export const differencesSince = (
  seen: SeenObject,
  now: { readonly view: JsonObject; readonly isSameKey: boolean },
): readonly FieldDifference[] =>
  diffFields(seen.view, shortView(now.view)).filter(
    ({ before, after }) => now.isSameKey || !(holdsHidden(before) || holdsHidden(after)),
  );

/** Leaves out what was recorded while the watch stood, and only not kept as seen before the process ended. */
export const withoutRecorded = (
  differences: readonly FieldDifference[],
  recorded: readonly Pick<FieldChange, 'path' | 'after'>[],
): readonly FieldDifference[] =>
  differences.filter(
    ({ path, after }) => !recorded.some((known) => known.path === path && sameJson(known.after, after)),
  );

/** Since when silence about a collection says that nothing changed. */
export const knownSinceOf = (sighting: Sighting | null, now: Instant): Instant =>
  sighting?.isWhole === true ? sighting.knownSince : now;

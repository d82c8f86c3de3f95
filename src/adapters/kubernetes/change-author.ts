import type { Instant, Json, JsonObject } from '../../domain/json.ts';
import { stepsOf } from '../../domain/json-pointer.ts';
import { isJsonObject, listAt, sameJson, textAt, valueAt } from '../../domain/json-read.ts';

/** Who wrote a change and when. */
export interface ChangeAuthor {
  readonly manager: string;
  readonly at: Instant;
}

/** The two states of an object between which something was written, and one field that differs. */
export interface WrittenBetween {
  readonly before: JsonObject | undefined;
  readonly after: JsonObject;
  /** JSON pointer. */
  readonly path: string;
  /** When the change was seen: stands in where the server keeps no time of it. */
  readonly seenAt: Instant;
}

const timeOf = (entry: Json): number => Date.parse(textAt(entry, 'time')) || 0;

/** Reports of status are not changes of what is wanted. */
const entriesOf = (object: JsonObject | undefined): readonly Json[] =>
  listAt(object, 'metadata', 'managedFields').filter((entry) => textAt(entry, 'subresource') !== 'status');

/** Follows a pointer into a field set. List items are keyed there by their names, not by index, so any item will do. */
const owns = (fields: Json | undefined, [step, ...deeper]: readonly string[]): boolean => {
  if (step === undefined || !isJsonObject(fields)) return step === undefined;
  const named = valueAt(fields, `f:${step}`);
  if (named !== undefined) return Object.keys(named ?? {}).length === 0 || owns(named, deeper);
  return Object.entries(fields).some(([key, item]) => /^[kvi]:/.test(key) && owns(item, deeper));
};

/**
 * The author of a change, by managedFields: the newest entry; of several in the same whole second the one that owns the changed field
 * now, and for a field that is gone the one that was not there before.
 */
export const authorOf = ({ before, after, path, seenAt }: WrittenBetween): ChangeAuthor => {
  const known = entriesOf(before);
  const isFresh = (entry: Json): boolean =>
    !known.some((old) => timeOf(old) === timeOf(entry) && sameManager(old, entry));
  const steps = stepsOf(path);
  const newest = entriesOf(after)
    .map((entry) => ({
      entry,
      rank: [timeOf(entry), Number(owns(valueAt(entry, 'fieldsV1'), steps)), Number(isFresh(entry))] as const,
    }))
    .toSorted((left, right) => compareRanks(right.rank, left.rank))[0]?.entry;
  const manager = textAt(newest, 'manager');
  if (newest === undefined || manager === '') return { manager: 'unknown', at: seenAt };
  const isUntouched = known.some((old) => sameJson(old, newest));
  return { manager, at: isUntouched || timeOf(newest) === 0 ? seenAt : new Date(timeOf(newest)).toISOString() };
};

/**
 * The author of a change that nobody watched, by managedFields: the newest entry since then that owns the field. It says who set the
 * field last, and by when; nothing tells who took a field away, or what was there between.
 */
export const authorSince = (
  object: JsonObject,
  {
    path,
    unwatchedSince,
    seenAt,
  }: { readonly path: string; readonly unwatchedSince: Instant; readonly seenAt: Instant },
): ChangeAuthor => {
  // The server keeps whole seconds.
  const fromMs = Math.floor(Date.parse(unwatchedSince) / 1_000) * 1_000;
  const steps = stepsOf(path);
  const newest = entriesOf(object)
    .filter((entry) => timeOf(entry) >= fromMs && owns(valueAt(entry, 'fieldsV1'), steps))
    .toSorted((left, right) => timeOf(right) - timeOf(left))[0];
  const manager = textAt(newest, 'manager');
  return newest === undefined || manager === ''
    ? { manager: 'unknown', at: seenAt }
    : { manager, at: new Date(timeOf(newest)).toISOString() };
};

const sameManager = (left: Json, right: Json): boolean =>
  ['manager', 'operation', 'subresource'].every((field) => textAt(left, field) === textAt(right, field));

const compareRanks = (left: readonly number[], right: readonly number[]): number =>
  left.map((value, index) => value - (right[index] ?? 0)).find((difference) => difference !== 0) ?? 0;

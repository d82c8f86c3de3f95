import type { FieldChange } from '../../domain/evidence.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { pointerOf } from '../../domain/json-pointer.ts';
import { isJsonObject, type JsonKey, sameJson, textAt } from '../../domain/json-read.ts';

/** One field that differs: where, what it was, what it is. */
export type FieldDifference = Pick<FieldChange, 'path' | 'before' | 'after'>;

type Keys = readonly JsonKey[];

const difference = (keys: Keys, before: Json | undefined, after: Json | undefined): FieldDifference => ({
  path: pointerOf(...keys),
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** Names of a list of uniquely named objects (containers, env, volumes, ports); null for any other list. */
const namesOf = (list: readonly Json[]): readonly string[] | null => {
  const names = list.map((item) => textAt(item, 'name'));
  return names.includes('') || new Set(names).size < names.length ? null : names;
};

/** Whether both lists have the names that they share in the same order; only then do single items tell the whole change. */
const alignable = (before: readonly string[], after: readonly string[]): boolean => {
  const kept = before.filter((name) => after.includes(name));
  const still = after.filter((name) => before.includes(name));
  return kept.every((name, index) => name === still[index]);
};

/** Items that stayed are addressed by their new index, as are new ones; items that went by their old index. */
const diffNamed = (before: readonly Json[], after: readonly Json[], keys: Keys): readonly FieldDifference[] => {
  const old = new Map(before.map((item) => [textAt(item, 'name'), item]));
  const fresh = new Set(after.map((item) => textAt(item, 'name')));
  return [
    ...after.flatMap((item, index) => diffValues(old.get(textAt(item, 'name')), item, [...keys, index])),
    ...before.flatMap((item, index) =>
      fresh.has(textAt(item, 'name')) ? [] : [difference([...keys, index], item, undefined)],
    ),
  ];
};

const diffLists = (before: readonly Json[], after: readonly Json[], keys: Keys): readonly FieldDifference[] => {
  const [oldNames, newNames] = [namesOf(before), namesOf(after)];
  if (oldNames !== null && newNames !== null) {
    return alignable(oldNames, newNames) ? diffNamed(before, after, keys) : [difference(keys, before, after)];
  }
  const ofObjects = before.length === after.length && [...before, ...after].every(isJsonObject);
  if (!ofObjects) return [difference(keys, before, after)];
  return after.flatMap((item, index) => diffValues(before[index], item, [...keys, index]));
};

const diffObjects = (before: JsonObject, after: JsonObject, keys: Keys): readonly FieldDifference[] =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
    diffValues(before[key], after[key], [...keys, key]),
  );

function diffValues(before: Json | undefined, after: Json | undefined, keys: Keys): readonly FieldDifference[] {
  if (sameJson(before, after)) return [];
  if (isJsonObject(before) && isJsonObject(after)) return diffObjects(before, after, keys);
  if (isList(before) && isList(after)) return diffLists(before, after, keys);
  return [difference(keys, before, after)];
}

/**
 * The fields in which two objects differ, as JSON pointers. Lists of named items are compared by name, so that an item put in front
 * does not look like a change of all that follow; other lists of different length differ as a whole.
 */
export const diffFields = (before: JsonObject, after: JsonObject): readonly FieldDifference[] =>
  diffValues(before, after, []);

import type { Json, JsonObject } from './json.ts';

/** A step into a JSON value: a key of an object or an index of an array. */
export type JsonKey = string | number;

/** True for an object, false for null, arrays and scalars. */
export const isJsonObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const childOf = (value: Json | undefined, key: JsonKey): Json | undefined => {
  if (isList(value)) return typeof key === 'number' ? value[key] : undefined;
  return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
};

/** What lies at the end of the keys; undefined where any step is missing. Never throws. */
export const valueAt = (value: Json | undefined, ...keys: readonly JsonKey[]): Json | undefined =>
  keys.reduce(childOf, value);

/** The string there, else the empty string. */
export const textAt = (value: Json | undefined, ...keys: readonly JsonKey[]): string => {
  const found = valueAt(value, ...keys);
  return typeof found === 'string' ? found : '';
};

/** The number there, else undefined. */
export const numberAt = (value: Json | undefined, ...keys: readonly JsonKey[]): number | undefined => {
  const found = valueAt(value, ...keys);
  return typeof found === 'number' ? found : undefined;
};

/** The array there, else an empty one. */
export const listAt = (value: Json | undefined, ...keys: readonly JsonKey[]): readonly Json[] => {
  const found = valueAt(value, ...keys);
  return isList(found) ? found : [];
};

/** The object there, else an empty one. */
export const objectAt = (value: Json | undefined, ...keys: readonly JsonKey[]): JsonObject => {
  const found = valueAt(value, ...keys);
  return isJsonObject(found) ? found : {};
};

/** The string members of the object there (labels, selectors, annotations); others are left out. */
export const textsAt = (value: Json | undefined, ...keys: readonly JsonKey[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectAt(value, ...keys)).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );

/** True when two JSON values say the same, whatever the order of their keys. */
export const sameJson = (left: Json | undefined, right: Json | undefined): boolean => {
  if (left === right) return true;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((value, index) => sameJson(value, right[index]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]))
  );
};

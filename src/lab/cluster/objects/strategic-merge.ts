import { ApiError } from '../api/api-error.ts';
import { type FieldPath, isValueSet, patchMergeKey } from '../field-schema.ts';
import { isMap, type JsonMap, listOf } from '../frozen.ts';

const directive = '$patch';
const retainKeys = '$retainKeys';
const setOrder = '$setElementOrder/';
const deleteValues = '$deleteFromPrimitiveList/';

const isDirective = (field: string): boolean =>
  field === directive || field === retainKeys || field.startsWith(setOrder) || field.startsWith(deleteValues);

const withoutDirectives = (patch: JsonMap): JsonMap =>
  Object.fromEntries(Object.entries(patch).filter(([field]) => !isDirective(field)));

const missingKey = (item: JsonMap, key: string): ApiError =>
  new ApiError(500, `map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);

/** One step of a keyed merge: drop, replace or add the item that the patch speaks of. */
const mergeItem = (items: readonly JsonMap[], patch: JsonMap, key: string, path: FieldPath): readonly JsonMap[] => {
  const id = patch[key];
  if (id === undefined) throw missingKey(patch, key);
  const isMeant = (item: JsonMap): boolean => item[key] === id;
  if (patch[directive] === 'delete') return items.filter((item) => !isMeant(item));
  if (!items.some(isMeant)) return [...items, freshValue(patch, path) as JsonMap];
  return items.map((item) => (isMeant(item) ? mergeMap(item, patch, path) : item));
};

/**
 * The server's order of a merged list: what the patch names stands in the patch's order, what it does not name in the old one, and an
 * item of the old list comes first only where it stood before the next of the patch. So what is new comes first of all.
 */
const inServerOrder = <T>(
  merged: readonly T[],
  named: readonly unknown[],
  before: readonly unknown[],
  idOf: (item: T) => unknown,
): readonly T[] => {
  const placeIn = (list: readonly unknown[], item: T): number => list.indexOf(idOf(item));
  const brought = merged
    .filter((item) => placeIn(named, item) >= 0)
    .sort((left, right) => placeIn(named, left) - placeIn(named, right));
  const others = merged.filter((item) => placeIn(named, item) < 0);
  const ordered: T[] = [];
  for (const next of brought) {
    const limit = placeIn(before, next);
    while (others[0] !== undefined && limit >= 0 && placeIn(before, others[0]) < limit)
      ordered.push(...others.splice(0, 1));
    ordered.push(next);
  }
  return [...ordered, ...others];
};

const mergeKeyed = (target: readonly unknown[], patch: readonly JsonMap[], key: string, path: FieldPath): unknown => {
  const replaces = patch.some((item) => item[directive] === 'replace' && item[key] === undefined);
  const named = patch.filter((item) => !(item[directive] === 'replace' && item[key] === undefined));
  const start = replaces ? [] : target.filter(isMap);
  const merged = named.reduce<readonly JsonMap[]>((items, item) => mergeItem(items, item, key, path), start);
  const idOf = (item: JsonMap): unknown => item[key];
  return inServerOrder(merged, named.map(idOf), start.map(idOf), idOf);
};

const mergeList = (target: unknown, patch: readonly unknown[], path: FieldPath): unknown => {
  const before = listOf(target);
  if (isValueSet(path)) return inServerOrder([...new Set([...before, ...patch])], patch, before, (value) => value);
  const key = patchMergeKey(path);
  return key === null || !patch.every(isMap) ? patch : mergeKeyed(before, patch, key, path);
};

/** A value that the patch brings and that nothing is merged with: its directives must not be stored. */
const freshValue = (patch: unknown, path: FieldPath): unknown => {
  if (Array.isArray(patch)) return mergeList([], patch, path);
  return isMap(patch) ? mergeMap({}, patch, path) : patch;
};

const mergeValue = (target: unknown, patch: unknown, path: FieldPath): unknown => {
  if (Array.isArray(patch)) return mergeList(target, patch, path);
  return isMap(patch) && isMap(target) ? mergeMap(target, patch, path) : freshValue(patch, path);
};

const orderedBy = (items: readonly unknown[], order: readonly unknown[], path: FieldPath): readonly unknown[] => {
  const key = patchMergeKey(path);
  const idOf = (item: unknown): unknown => (key !== null && isMap(item) ? item[key] : item);
  const places = new Map(order.map((item, index) => [idOf(item), index]));
  const placeOf = (item: unknown): number => places.get(idOf(item)) ?? order.length;
  return [...items].sort((left, right) => placeOf(left) - placeOf(right));
};

/** Carries out the directives that speak of a whole map or of a neighbour field. */
const obeyDirectives = (fields: Map<string, unknown>, patch: JsonMap, path: FieldPath): void => {
  const kept = patch[retainKeys];
  if (Array.isArray(kept)) {
    for (const field of [...fields.keys()]) if (!kept.includes(field)) fields.delete(field);
  }
  for (const [name, value] of Object.entries(patch)) {
    const field = name.slice(name.indexOf('/') + 1);
    const list = listOf(fields.get(field));
    if (name.startsWith(deleteValues))
      fields.set(
        field,
        list.filter((item) => !listOf(value).includes(item)),
      );
    if (name.startsWith(setOrder)) fields.set(field, orderedBy(list, listOf(value), [...path, field]));
  }
};

const mergeMap = (target: JsonMap, patch: JsonMap, path: FieldPath): JsonMap => {
  if (patch[directive] === 'replace') return withoutDirectives(patch);
  if (patch[directive] === 'delete') return {};
  const fields = new Map<string, unknown>(Object.entries(target));
  for (const [field, value] of Object.entries(withoutDirectives(patch))) {
    if (value === null) fields.delete(field);
    else fields.set(field, mergeValue(fields.get(field), value, [...path, field]));
  }
  obeyDirectives(fields, patch, path);
  return Object.fromEntries(fields);
};

/**
 * Applies a strategic merge patch to an object of a built-in kind: keyed lists merge by their keys, `$patch`, `$retainKeys`,
 * `$setElementOrder` and `$deleteFromPrimitiveList` are obeyed. Throws ApiError 500 when an item lacks its merge key, as the real server does.
 */
export const strategicMerge = (target: JsonMap, patch: JsonMap): JsonMap =>
  mergeMap(target, patch, [String(target.kind)]);

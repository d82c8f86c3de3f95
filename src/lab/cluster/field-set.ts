import { isDeepStrictEqual } from 'node:util';
import { type FieldPath, isAtomicMap, isValueSet, itemKey, listKeys } from './field-schema.ts';
import { isMap, type JsonMap } from './frozen.ts';

/** Fields of an object as FieldsV1 writes them: `f:name`, `k:{"name":"server"}`, `v:"x"`; `.` is the holder itself, `{}` a leaf. */
export type FieldSet = { readonly [step: string]: FieldSet };

/** The set that holds nothing. */
const noFields: FieldSet = {};

/** One child of a value: the step that leads to it, the schema path below it, and what is there. */
interface Child {
  readonly step: string;
  readonly path: FieldPath;
  readonly value: unknown;
}

const mapChildren = (value: JsonMap, path: FieldPath): readonly Child[] =>
  Object.entries(value).map(([field, inner]) => ({ step: `f:${field}`, path: [...path, field], value: inner }));

const listChildren = (value: readonly unknown[], path: FieldPath): readonly Child[] | null => {
  if (isValueSet(path)) return value.map((item) => ({ step: `v:${JSON.stringify(item)}`, path, value: null }));
  const keys = listKeys(path);
  if (keys === null || !value.every(isMap)) return null;
  return value.map((item) => ({ step: `k:${JSON.stringify(itemKey(item, keys))}`, path, value: item }));
};

/** The separately owned parts of a value; null when it is owned as a whole. */
const childrenOf = (value: unknown, path: FieldPath): readonly Child[] | null => {
  if (Array.isArray(value)) return listChildren(value, path);
  return isMap(value) && !isAtomicMap(path) ? mapChildren(value, path) : null;
};

const alwaysThere = new Set(['f:metadata', 'f:spec', 'f:status', 'f:template', 'f:strategy']);

/** Every field of a value, the value itself included. */
const fieldsBelow = (value: unknown, path: FieldPath, step: string): FieldSet => {
  const children = childrenOf(value, path) ?? [];
  if (children.length === 0) return {};
  const self: FieldSet = alwaysThere.has(step) ? {} : { '.': {} };
  return { ...self, ...Object.fromEntries(children.map((c) => [c.step, fieldsBelow(c.value, c.path, c.step)])) };
};

const byStep = (children: readonly Child[]): ReadonlyMap<string, Child> => new Map(children.map((c) => [c.step, c]));

/** Fields that are new or different in `after`. The answer is empty when nothing is. */
const changedBelow = (before: Child | undefined, after: Child): FieldSet | null => {
  if (before === undefined || before.value === undefined) return fieldsBelow(after.value, after.path, after.step);
  const [old, fresh] = [childrenOf(before.value, before.path), childrenOf(after.value, after.path)];
  if (old === null || fresh === null) return isDeepStrictEqual(before.value, after.value) ? null : {};
  const known = byStep(old);
  const changed = fresh.flatMap((child) => {
    const set = changedBelow(known.get(child.step), child);
    return set === null ? [] : [[child.step, set] as const];
  });
  return changed.length === 0 ? null : Object.fromEntries(changed);
};

const unowned = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
]);

/** The part of an object that can have owners. */
const ownable = (object: JsonMap): JsonMap => {
  const { apiVersion: _version, kind: _kind, metadata, ...rest } = object;
  const kept = Object.entries(isMap(metadata) ? metadata : {}).filter(([field]) => !unowned.has(field));
  return kept.length === 0 ? rest : { metadata: Object.fromEntries(kept), ...rest };
};

const rootOf = (object: JsonMap): Child => ({
  step: 'f:metadata',
  path: [String(object.kind)],
  value: ownable(object),
});

/** The fields that a writer set or changed: all of them when there was nothing before. */
export const changedFields = (before: JsonMap | undefined, after: JsonMap): FieldSet =>
  changedBelow(before === undefined ? undefined : rootOf(before), rootOf(after)) ?? noFields;

/** Every field of an object. */
export const allFields = (object: JsonMap): FieldSet => changedFields(undefined, object);

const isMember = (set: FieldSet): boolean => set['.'] !== undefined || Object.keys(set).length === 0;

/** Fields in either set. */
export const union = (left: FieldSet, right: FieldSet): FieldSet => {
  const steps = new Set([...Object.keys(left), ...Object.keys(right)]);
  const merged = [...steps].map((step) => {
    const [a, b] = [left[step], right[step]];
    if (a === undefined || b === undefined) return [step, a ?? b ?? noFields] as const;
    const both = union(a, b);
    const self = step !== '.' && Object.keys(both).length > 0 && (isMember(a) || isMember(b));
    return [step, self ? { '.': {}, ...both } : both] as const;
  });
  return Object.fromEntries(merged);
};

/** Fields in `left` that are not in `right`. */
export const without = (left: FieldSet, right: FieldSet): FieldSet => {
  const kept = Object.entries(left).flatMap(([step, inner]) => {
    const gone = right[step];
    if (gone === undefined) return [[step, inner] as const];
    const rest = without(inner, gone);
    if (Object.keys(rest).length > 0) return [[step, rest] as const];
    return isMember(inner) && !isMember(gone) && step !== '.' ? [[step, noFields] as const] : [];
  });
  return Object.fromEntries(kept);
};

/** Fields in both sets. */
export const intersection = (left: FieldSet, right: FieldSet): FieldSet => without(left, without(left, right));

/** Whether the set holds nothing. */
export const isEmpty = (set: FieldSet): boolean => Object.keys(set).length === 0;

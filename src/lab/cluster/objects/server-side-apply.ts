import { applyConflict, type StatusCause } from '../api/api-error.ts';
import { type FieldPath, isAtomicMap, itemKey, listKeys } from '../field-schema.ts';
import { allFields, changedFields, type FieldSet, intersection, isEmpty, without } from '../field-set.ts';
import { isMap, type JsonMap, listOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { type ManagedFieldsEntry, managedFieldsOf } from '../managed-fields.ts';

const mergeApplied = (live: unknown, applied: unknown, path: FieldPath): unknown => {
  if (Array.isArray(applied)) return mergeAppliedList(listOf(live), applied, path);
  if (!isMap(applied) || !isMap(live) || isAtomicMap(path)) return applied;
  const fields = Object.entries(applied).map(([field, value]) => [
    field,
    mergeApplied(live[field], value, [...path, field]),
  ]);
  return { ...live, ...Object.fromEntries(fields) };
};

const mergeAppliedList = (live: readonly unknown[], applied: readonly unknown[], path: FieldPath): unknown => {
  const keys = listKeys(path);
  if (keys === null || !applied.every(isMap)) return applied;
  const idOf = (item: unknown): string => JSON.stringify(isMap(item) ? itemKey(item, keys) : item);
  const asked = new Map(applied.map((item) => [idOf(item), item]));
  const known = new Set(live.map(idOf));
  return [
    ...live.map((item) => mergeApplied(item, asked.get(idOf(item)) ?? item, path)),
    ...applied.filter((item) => !known.has(idOf(item))),
  ];
};

/** The value without the fields of the set; undefined when nothing is left of it. */
const removeFields = (value: unknown, gone: FieldSet): unknown => {
  if (isEmpty(gone)) return undefined;
  if (Array.isArray(value)) return value.flatMap((item) => removeItem(item, gone));
  if (!isMap(value)) return value;
  const kept = Object.entries(value).flatMap(([field, inner]) => {
    const below = gone[`f:${field}`];
    const left = below === undefined ? inner : removeFields(inner, below);
    return left === undefined ? [] : [[field, left] as const];
  });
  return kept.length === 0 && gone['.'] !== undefined ? undefined : Object.fromEntries(kept);
};

const removeItem = (item: unknown, gone: FieldSet): readonly unknown[] => {
  const step = Object.keys(gone).find((candidate) => {
    if (!candidate.startsWith('k:') || !isMap(item)) return false;
    const key: JsonMap = JSON.parse(candidate.slice(2));
    return JSON.stringify(itemKey(item, Object.keys(key))) === JSON.stringify(key);
  });
  const below = step === undefined ? undefined : gone[step];
  if (below === undefined) return [item];
  const left = below['.'] === undefined ? removeFields(item, below) : undefined;
  return left === undefined ? [] : [left];
};

const pathText = (step: string): string => {
  if (step.startsWith('f:')) return `.${step.slice(2)}`;
  if (!step.startsWith('k:')) return `[=${step.slice(2)}]`;
  const key: JsonMap = JSON.parse(step.slice(2));
  return `[${Object.entries(key)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(',')}]`;
};

const leavesOf = (set: FieldSet, prefix = ''): readonly string[] =>
  Object.entries(set).flatMap(([step, below]) => {
    const path = step === '.' ? prefix : prefix + pathText(step);
    return isEmpty(below) ? [path] : leavesOf(below, path);
  });

/** Who stands in the way. Of one that applied no more is said than its name; of one that wrote, also in which version. */
const holderOf = ({ manager, subresource, operation, apiVersion }: ManagedFieldsEntry): string => {
  const name = JSON.stringify(manager);
  const whole = subresource === undefined ? name : `${name} with subresource ${JSON.stringify(subresource)}`;
  return operation === 'Apply' ? whole : `${whole} using ${apiVersion}`;
};

const conflictsOf = (entry: ManagedFieldsEntry, changed: FieldSet): readonly StatusCause[] =>
  leavesOf(intersection(entry.fieldsV1, changed)).map((field) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${holderOf(entry)}`,
    field,
  }));

/** What a server-side apply makes of an object, and what its manager then owns. */
interface Applied {
  readonly object: KubeObject;
  readonly fields: FieldSet;
}

/** Merges an applied configuration into the live object. Throws 409 when another manager's field would change and `force` is not given. */
export const serverSideApply = (
  live: KubeObject,
  configuration: KubeObject,
  writer: { readonly manager: string; readonly force: boolean },
): Applied => {
  const fields = allFields(configuration);
  const entries = managedFieldsOf(live);
  const isOwn = ({ manager, operation }: ManagedFieldsEntry): boolean =>
    manager === writer.manager && operation === 'Apply';
  const others = entries.filter((entry) => !isOwn(entry));
  const merged = mergeApplied(live, configuration, [live.kind]) as KubeObject;
  const identity = { ...merged, metadata: { ...merged.metadata, managedFields: live.metadata.managedFields ?? [] } };
  const conflicts = others.flatMap((entry) => conflictsOf(entry, changedFields(live, identity)));
  if (conflicts.length > 0 && !writer.force) throw applyConflict(conflicts);
  const previous = entries.find(isOwn)?.fieldsV1 ?? {};
  const abandoned = others.reduce((set, entry) => without(set, entry.fieldsV1), without(previous, fields));
  const object = isEmpty(abandoned) ? identity : (removeFields(identity, abandoned) as KubeObject);
  return { object, fields };
};

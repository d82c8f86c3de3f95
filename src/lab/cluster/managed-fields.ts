import { allFields, changedFields, type FieldSet, intersection, isEmpty, union, without } from './field-set.ts';
import { isMap, type JsonMap } from './frozen.ts';
import type { KubeObject } from './kube-object.ts';

/** Who wrote which fields: one entry of metadata.managedFields, in the v1 form. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly apiVersion: string;
  /** RFC 3339, whole seconds. */
  readonly time: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldSet;
  readonly subresource?: string;
}

/** One writer at one moment. */
interface Writer {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly subresource?: string | undefined;
  readonly time: string;
  /** For Apply: exactly what the applied configuration names. */
  readonly applied?: FieldSet | undefined;
}

const isEntry = (value: unknown): value is ManagedFieldsEntry => isMap(value) && isMap(value.fieldsV1);

/** The ownership records of an object; what is not in the v1 form is ignored. */
export const managedFieldsOf = (object: KubeObject | undefined): readonly ManagedFieldsEntry[] =>
  (object?.metadata.managedFields ?? []).filter(isEntry);

/** Whether an entry belongs to this writer: Kubernetes keeps one for each manager, operation and subresource. */
const isEntryOf = (entry: ManagedFieldsEntry, writer: Writer): boolean =>
  entry.manager === writer.manager &&
  entry.operation === writer.operation &&
  (entry.subresource ?? '') === (writer.subresource ?? '');

const entryFor = (writer: Writer, after: KubeObject, fields: FieldSet): ManagedFieldsEntry => ({
  manager: writer.manager,
  operation: writer.operation,
  apiVersion: after.apiVersion,
  time: writer.time,
  fieldsType: 'FieldsV1',
  fieldsV1: fields,
  ...(writer.subresource === undefined ? {} : { subresource: writer.subresource }),
});

/** The ownership records after a write: the writer owns what it changed, nobody owns what is gone. */
export const recordWrite = (
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): readonly ManagedFieldsEntry[] => {
  const changed = changedFields(before as JsonMap | undefined, after);
  const present = allFields(after);
  const entries = managedFieldsOf(before);
  const own = entries.find((entry) => isEntryOf(entry, writer));
  const wanted = writer.applied ?? union(own?.fieldsV1 ?? {}, changed);
  const mine = intersection(wanted, present);
  const others = entries
    .filter((entry) => entry !== own)
    .map((entry) => ({ ...entry, fieldsV1: intersection(without(entry.fieldsV1, changed), present) }))
    .filter((entry) => !isEmpty(entry.fieldsV1));
  if (isEmpty(mine)) return others;
  return [
    ...others,
    isEmpty(changed) && own !== undefined ? { ...own, fieldsV1: mine } : entryFor(writer, after, mine),
  ];
};

import { isDeepStrictEqual } from 'node:util';
import type { FieldSet } from './field-set.ts';
import { frozenCopy } from './frozen.ts';
import type { KubeMetadata, KubeObject } from './kube-object.ts';
import { recordWrite } from './managed-fields.ts';

/** One write in all its forms: what the API server needs beyond the plain calls of KubeStore. */
export interface StoreWrite {
  readonly plural: string;
  readonly object: KubeObject;
  readonly manager: string;
  readonly kind: 'create' | 'update' | 'status';
  readonly operation?: 'Update' | 'Apply' | undefined;
  /** For Apply: the fields that the applied configuration names. */
  readonly applied?: FieldSet | undefined;
  readonly subresource?: string | undefined;
  /** The kind has no status subresource: its status is a field like any other. */
  readonly plainStatus?: boolean | undefined;
  /** Judge and compute the result, persist nothing. */
  readonly dryRun?: boolean | undefined;
}

/** Where the stamps come from. */
export interface StampSource {
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly newUid: () => string;
}

/** Kinds whose real objects carry no generation although they have a spec. */
const ungenerated = new Set(['Service', 'Namespace', 'Node', 'PersistentVolumeClaim', 'ResourceQuota', 'LimitRange']);

/** An instant as metadata writes it: RFC 3339, whole seconds. */
export const timestampOf = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** What people wrote into the annotations; the revision is its controller's, which writes it together with the status. */
const notesOf = ({ metadata }: KubeObject): Readonly<Record<string, string>> => {
  const { 'deployment.kubernetes.io/revision': _revision, ...notes } = metadata.annotations ?? {};
  return notes;
};

/** A Deployment's controller copies its annotations to ReplicaSets, so that for it they are a change of what is wanted. */
const isRenoted = (before: KubeObject, after: KubeObject): boolean =>
  after.kind === 'Deployment' && !isDeepStrictEqual(notesOf(before), notesOf(after));

const generationOf = (before: KubeObject | undefined, after: KubeObject): number | undefined => {
  if (after.spec === undefined || ungenerated.has(after.kind)) return before?.metadata.generation;
  const old = before?.metadata.generation ?? 0;
  const isSame = before !== undefined && isDeepStrictEqual(before.spec, after.spec) && !isRenoted(before, after);
  return isSame ? old : old + 1;
};

/** The object that a write asks for, before it is stamped: status and everything else never change together where status is a subresource. */
const asked = (before: KubeObject | undefined, request: StoreWrite): KubeObject => {
  if (before === undefined || request.plainStatus === true) return request.object;
  return request.kind === 'status'
    ? { ...before, status: request.object.status }
    : { ...request.object, status: before.status };
};

/** The result of a write as it will be stored, but for its resourceVersion: identity, generation and field owners are filled in. */
export const stampWrite = (before: KubeObject | undefined, request: StoreWrite, source: StampSource): KubeObject => {
  const after = asked(before, request);
  const time = timestampOf(source.now());
  const generation = generationOf(before, frozenCopy(after));
  const metadata: KubeMetadata = {
    ...after.metadata,
    uid: before?.metadata.uid ?? after.metadata.uid ?? source.newUid(),
    creationTimestamp: before?.metadata.creationTimestamp ?? after.metadata.creationTimestamp ?? time,
    ...(generation === undefined ? {} : { generation }),
  };
  const object = frozenCopy({ ...after, metadata });
  const managedFields = recordWrite(before, object, {
    manager: request.manager,
    operation: request.operation ?? 'Update',
    subresource: request.subresource ?? (request.kind === 'status' ? 'status' : undefined),
    time,
    applied: request.applied,
  });
  return { ...object, metadata: { ...object.metadata, managedFields } };
};

/** Whether two states differ in nothing that a person wrote: the API server stores no such write. */
export const isSameContent = (left: KubeObject, right: KubeObject): boolean => {
  const bare = (object: KubeObject): unknown => {
    const { managedFields: _fields, resourceVersion: _version, ...metadata } = object.metadata;
    return { ...object, metadata };
  };
  return isDeepStrictEqual(bare(left), bare(right));
};

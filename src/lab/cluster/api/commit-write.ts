import { admitObject } from '../admission/admit-object.ts';
import type { FieldSet } from '../field-set.ts';
import { mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { initialStatus, objectDefaults } from '../objects/object-defaults.ts';
import { changeProblems, objectProblems } from '../objects/validate-object.ts';
import type { StoreWrite } from '../stamp-write.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, alreadyExists, conflict, invalid, notFound, refusedObject, staleObject } from './api-error.ts';
import type { ApiRequest, PlainAnswer } from './api-request.ts';
import { apiVersionOf, type ServedResource } from './served-resource.ts';
import { writeOptionsOf } from './write-options.ts';

/** A write that is understood and only has to be judged and stored. */
interface PendingWrite {
  readonly resource: ServedResource;
  readonly before: KubeObject | undefined;
  readonly desired: KubeObject;
  /** '' for the object itself, or `status` or `scale`. */
  readonly subresource: string;
  readonly applied?: FieldSet | undefined;
}

/** The fields that only the server writes: a client's values for them are not believed. */
const serverFields = [
  'uid',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
] as const;

const withServerFields = (desired: KubeObject, before: KubeObject | undefined): KubeObject => {
  const mine = Object.fromEntries(
    Object.entries(desired.metadata).filter(([field]) => !serverFields.some((name) => name === field)),
  );
  const theirs = Object.fromEntries(
    serverFields.flatMap((field) => {
      const value = before?.metadata[field];
      return value === undefined ? [] : [[field, value]];
    }),
  );
  return { ...desired, metadata: { ...mine, ...theirs, name: desired.metadata.name } };
};

const checkRevision = ({ before, desired, resource }: PendingWrite): void => {
  const asked = desired.metadata.resourceVersion ?? '';
  if (before !== undefined && asked !== '' && asked !== before.metadata.resourceVersion) {
    throw conflict(resource, before.metadata.name, staleObject);
  }
};

const validated = (write: PendingWrite): KubeObject => {
  const { before, resource, subresource } = write;
  const desired = withServerFields(write.desired, before);
  if (subresource === 'status') return desired;
  const object = objectDefaults(desired);
  const problems = [...objectProblems(object), ...(before === undefined ? [] : changeProblems(before, object))];
  if (problems.length > 0) {
    throw invalid({ kind: resource.kind, group: resource.group, name: object.metadata.name }, problems);
  }
  return object;
};

const storeWriteOf = (request: ApiRequest, write: PendingWrite, object: KubeObject): StoreWrite => {
  const { before, resource, subresource, applied } = write;
  const { dryRun, manager } = writeOptionsOf(request);
  const update = subresource === 'status' ? 'status' : 'update';
  return {
    plural: resource.plural,
    object: before === undefined ? withInitialStatus(object, resource) : object,
    manager,
    kind: before === undefined ? 'create' : update,
    operation: applied === undefined ? 'Update' : 'Apply',
    applied,
    subresource: subresource === '' ? undefined : subresource,
    plainStatus: resource.custom && !resource.subresources.includes('status'),
    dryRun,
  };
};

/** A client cannot create an object with a status where status is a subresource. */
const withInitialStatus = (object: KubeObject, resource: ServedResource): KubeObject => {
  if (!resource.subresources.includes('status')) return object;
  const { status: _status, ...rest } = object;
  const status = initialStatus(object);
  return { ...rest, ...(status === undefined ? {} : { status }) };
};

/** The object that admission judges: for `scale` the Scale, for everything else the object as it will be stored. */
const judgedObject = (object: KubeObject, subresource: string): KubeObject =>
  subresource === 'scale' ? scaleOf(object) : object;

/** The Scale view of a workload. */
export const scaleOf = (object: KubeObject): KubeObject => {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const labels = Object.entries(mapOf(mapOf(mapOf(object.spec).selector).matchLabels));
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
    },
    spec: { replicas: mapOf(object.spec).replicas ?? 0 },
    status: {
      replicas: mapOf(object.status).replicas ?? 0,
      selector: labels.map(([key, value]) => `${key}=${value}`).join(','),
    },
  };
};

const checkNamespace = (context: ApiContext, { before, desired, resource }: PendingWrite): void => {
  const { namespace } = desired.metadata;
  if (before !== undefined || !resource.namespaced || namespace === undefined) return;
  if (context.store.get('namespaces', '', namespace) === undefined) {
    throw notFound({ group: '', plural: 'namespaces' }, namespace);
  }
};

/** etcd's limit for one request, by default. */
const storedBytesMax = 1_572_864;

const checkSize = (object: KubeObject): void => {
  if (Buffer.byteLength(JSON.stringify(object)) > storedBytesMax) {
    throw new ApiError(500, 'etcdserver: request is too large');
  }
};

/** Built-in admission of a new object: service account, limit ranges, quotas. Throws 403 in the plug-ins' words. */
const admitted = (
  context: ApiContext,
  { before, resource, subresource }: PendingWrite,
  object: KubeObject,
): KubeObject => {
  if (before !== undefined || subresource !== '' || !resource.namespaced) return object;
  const answer = admitObject(context.store, resource.plural, object);
  if ('object' in answer) return answer.object;
  throw refusedObject(resource, object.metadata.name, answer.refused);
};

/**
 * The road of every create, update and patch: revision, namespace, defaults, validation, admission, then the store
 * (or not, for a dry run). Throws the refusal that the client sees.
 */
export const commitWrite = (context: ApiContext, request: ApiRequest, write: PendingWrite): PlainAnswer => {
  const { before, resource, subresource } = write;
  checkRevision(write);
  checkNamespace(context, write);
  const object = admitted(context, write, validated(write));
  const { name, namespace = '' } = object.metadata;
  if (before === undefined && context.store.get(resource.plural, namespace, name) !== undefined) {
    throw alreadyExists(resource, name);
  }
  const storeWrite = storeWriteOf(request, write, object);
  const preview = context.store.write({ ...storeWrite, dryRun: true });
  checkSize(preview);
  const warnings = context.admission.admit({
    operation: before === undefined ? 'CREATE' : 'UPDATE',
    group: resource.group,
    version: resource.version,
    plural: resource.plural,
    subresource,
    kind: subresource === 'scale' ? 'Scale' : resource.kind,
    namespace,
    name,
    dryRun: storeWrite.dryRun === true,
    user: request.user,
    object: judgedObject(preview, subresource),
    oldObject: before === undefined ? null : judgedObject(before, subresource),
  });
  const stored = storeWrite.dryRun === true ? preview : context.store.write(storeWrite);
  const body = subresource === 'scale' ? scaleOf(stored) : { ...stored, apiVersion: apiVersionOf(resource) };
  return { kind: 'json', code: before === undefined ? 201 : 200, body, warnings };
};

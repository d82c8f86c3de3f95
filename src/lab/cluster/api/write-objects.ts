import { allFields } from '../field-set.ts';
import { isMap, type JsonMap, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { applyPatch, decodeBody, patchTypes } from '../objects/apply-patch.ts';
import { serverSideApply } from '../objects/server-side-apply.ts';
import type { ApiContext } from './api-context.ts';
import { badRequest, invalid, methodNotAllowed, notFound } from './api-error.ts';
import type { ApiRequest, PlainAnswer } from './api-request.ts';
import { commitWrite, scaleOf } from './commit-write.ts';
import { asObject, bodyObject, patchedObject, placed } from './decode-object.ts';
import type { ServedResource } from './served-resource.ts';
import { writeOptionsOf } from './write-options.ts';

/** The stored object that a path names. Throws 404. */
export const storedObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): KubeObject => {
  const { namespace, name } = request.info;
  const object = context.store.get(resource.plural, namespace, name);
  if (object === undefined) throw notFound(resource, name);
  return object;
};

const named = (context: ApiContext, object: KubeObject): KubeObject => {
  const { generateName, name } = object.metadata;
  if ((name !== undefined && name !== '') || typeof generateName !== 'string') return object;
  return { ...object, metadata: { ...object.metadata, name: `${generateName}${context.nameSuffix()}` } };
};

/** POST on a collection. */
export const createObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const object = named(context, bodyObject(request, resource));
  const { resourceVersion } = object.metadata;
  if (resourceVersion !== undefined && resourceVersion !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  return commitWrite(context, request, { resource, before: undefined, desired: object, subresource: '' });
};

/** What of a write reaches the stored object: only status for `status`, only replicas for `scale`. */
const through = (subresource: string, before: KubeObject, written: KubeObject): KubeObject => {
  const { resourceVersion } = written.metadata;
  const metadata = { ...before.metadata, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  if (subresource === 'status') return { ...before, metadata, status: written.status };
  if (subresource === 'scale') {
    return { ...before, metadata, spec: { ...mapOf(before.spec), replicas: mapOf(written.spec).replicas } };
  }
  return written;
};

const scale: ServedResource = {
  group: 'autoscaling',
  version: 'v1',
  plural: 'scales',
  singular: 'scale',
  kind: 'Scale',
  namespaced: true,
  shortNames: [],
  categories: [],
  subresources: [],
  custom: false,
};

const bodyKind = (request: ApiRequest, resource: ServedResource): ServedResource =>
  request.info.subresource === 'scale' ? scale : resource;

/** PUT on an object, its status or its scale. */
export const updateObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const { subresource } = request.info;
  const before = storedObject(context, request, resource);
  const written = bodyObject(request, bodyKind(request, resource));
  if (resource.custom && (written.metadata.resourceVersion ?? '') === '') {
    throw invalid({ kind: resource.kind, group: resource.group, name: before.metadata.name }, [
      {
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0x0: must be specified for an update',
        field: 'metadata.resourceVersion',
      },
    ]);
  }
  const desired = through(subresource, before, written);
  return commitWrite(context, request, { resource, before, desired, subresource });
};

const isApply = (request: ApiRequest): boolean => request.contentType.startsWith(patchTypes.apply);

/** The configuration in an apply; the manager must name itself, so that ownership has an owner. */
const configurationOf = (request: ApiRequest, resource: ServedResource): KubeObject => {
  if ((request.query.get('fieldManager') ?? '') === '')
    throw badRequest(
      'PatchOptions.meta.k8s.io "" is invalid: fieldManager: Required value: is required for apply patch',
    );
  const value = decodeBody(request.body, request.contentType);
  if (isMap(value) && isMap(value.metadata) && value.metadata.managedFields !== undefined) {
    throw badRequest('metadata.managedFields must be nil');
  }
  return placed(asObject(value, resource), request, resource);
};

const applyObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const { namespace, name, subresource } = request.info;
  const configuration = configurationOf(request, resource);
  const before = context.store.get(resource.plural, namespace, name);
  if (before === undefined) {
    const desired = patchedObject(configuration, request, resource);
    return commitWrite(context, request, { resource, before, desired, subresource, applied: allFields(configuration) });
  }
  const { object, fields } = serverSideApply(before, configuration, writeOptionsOf(request));
  const desired = through(subresource, before, patchedObject(object, request, resource));
  return commitWrite(context, request, { resource, before, desired, subresource, applied: fields });
};

/** PATCH on an object, its status or its scale: JSON patch, merge patch, strategic merge patch or server-side apply. */
export const patchObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const { subresource } = request.info;
  if (isApply(request)) {
    if (subresource === 'scale') throw methodNotAllowed();
    return applyObject(context, request, resource);
  }
  const before = storedObject(context, request, resource);
  const kind = bodyKind(request, resource);
  const live = (subresource === 'scale' ? scaleOf(before) : before) as unknown as JsonMap;
  const patched = applyPatch(live, { contentType: request.contentType, body: request.body, custom: kind.custom });
  const desired = through(subresource, before, patchedObject(patched, request, kind));
  return commitWrite(context, request, { resource, before, desired, subresource });
};

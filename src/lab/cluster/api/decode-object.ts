import { isMap } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { decodeBody } from '../objects/apply-patch.ts';
import { decodeProblem } from '../objects/decode-problem.ts';
import { badRequest, invalid, unsupportedMediaType } from './api-error.ts';
import type { ApiRequest } from './api-request.ts';
import { apiVersionOf, type ServedResource } from './served-resource.ts';

const checkKind = (object: KubeObject, resource: ServedResource): void => {
  const wanted = apiVersionOf(resource);
  if (object.apiVersion !== wanted || object.kind !== resource.kind) {
    throw badRequest(
      `${object.kind} in version ${JSON.stringify(object.apiVersion)} cannot be handled as a ${resource.kind}: the API version in the data (${object.apiVersion}) does not match the expected API version (${wanted})`,
    );
  }
};

/** The object with the name and namespace of the path. Throws 400 when it names others. */
export const placed = (object: KubeObject, request: ApiRequest, resource: ServedResource): KubeObject => {
  const { namespace, name } = request.info;
  const { metadata } = object;
  if (name !== '' && metadata.name !== undefined && metadata.name !== name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${name})`);
  }
  const own = metadata.namespace ?? '';
  if (resource.namespaced && own !== '' && own !== namespace) {
    throw badRequest(`the namespace of the provided object does not match the namespace sent on the request`);
  }
  return {
    ...object,
    metadata: {
      ...metadata,
      ...(name === '' ? {} : { name }),
      ...(resource.namespaced ? { namespace } : { namespace: undefined as never }),
    },
  };
};

/** A JSON value as an object of this kind: kind and version filled in where they are absent. Throws 400. */
export const asObject = (value: unknown, resource: ServedResource): KubeObject => {
  if (!isMap(value)) throw badRequest('the object provided is unrecognized (must be of type object)');
  const metadata = isMap(value.metadata) ? value.metadata : {};
  return {
    ...value,
    apiVersion: typeof value.apiVersion === 'string' ? value.apiVersion : apiVersionOf(resource),
    kind: typeof value.kind === 'string' ? value.kind : resource.kind,
    metadata: metadata as unknown as KubeObject['metadata'],
  };
};

/** The object in the body of a create or an update. Throws 400 for what cannot be decoded and 415 for other media types. */
export const bodyObject = (request: ApiRequest, resource: ServedResource): KubeObject => {
  const type = (request.contentType.split(';')[0] ?? '').trim();
  if (type !== '' && !/json|yaml/.test(type)) throw unsupportedMediaType(['application/json', 'application/yaml']);
  const object = asObject(decodeBody(request.body, type), resource);
  checkKind(object, resource);
  const problem = resource.custom ? null : decodeProblem(object);
  if (problem !== null) {
    throw badRequest(
      `${resource.kind} in version ${JSON.stringify(resource.version)} cannot be handled as a ${resource.kind}: ${problem}`,
    );
  }
  return placed(object, request, resource);
};

/** The object that a patch made, checked as a body is. Throws 422 when the patched object cannot be decoded. */
export const patchedObject = (value: unknown, request: ApiRequest, resource: ServedResource): KubeObject => {
  const object = asObject(value, resource);
  checkKind(object, resource);
  const problem = resource.custom ? null : decodeProblem(object);
  if (problem !== null) {
    throw invalid({ kind: '', group: '', name: '' }, [
      {
        reason: 'FieldValueInvalid',
        message: `Invalid value: ${JSON.stringify(request.body)}: ${problem}`,
        field: 'patch',
      },
    ]);
  }
  return placed(object, request, resource);
};

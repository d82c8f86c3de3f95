import type { ApiContext } from './api-context.ts';
import type { ApiAnswer, ApiRequest } from './api-request.ts';
import { scaleOf } from './commit-write.ts';
import { inAskedForm } from './metadata-form.ts';
import { apiVersionOf, type ServedResource } from './served-resource.ts';
import { storedObject } from './write-objects.ts';

/** GET on one object, or on its scale. Throws 404. */
export const readObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): ApiAnswer => {
  const object = storedObject(context, request, resource);
  const isScale = request.info.subresource === 'scale';
  const body = isScale ? scaleOf(object) : { ...object, apiVersion: apiVersionOf(resource) };
  return inAskedForm({ kind: 'json', code: 200, body }, request);
};

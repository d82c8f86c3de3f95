import type { ApiContext } from './api-context.ts';
import type { ApiAnswer, ApiRequest } from './api-request.ts';
import { deleteObject, deleteObjects } from './delete-objects.ts';
import { listObjects } from './list-objects.ts';
import { evictPod, readPodLog } from './pod-subresources.ts';
import { readObject } from './read-object.ts';
import type { ServedResource } from './served-resource.ts';
import { watchObjects } from './watch-objects.ts';
import { createObject, patchObject, updateObject } from './write-objects.ts';

type Handler = (context: ApiContext, request: ApiRequest, resource: ServedResource) => ApiAnswer;

/** Handlers by subresource and verb; '' is the object itself. */
export const handlers: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '': {
    get: readObject,
    list: listObjects,
    watch: watchObjects,
    create: createObject,
    update: updateObject,
    patch: patchObject,
    delete: deleteObject,
    deletecollection: deleteObjects,
  },
  status: { get: readObject, update: updateObject, patch: patchObject },
  scale: { get: readObject, update: updateObject, patch: patchObject },
  eviction: { create: evictPod },
  log: { get: readPodLog },
};

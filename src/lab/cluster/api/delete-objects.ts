import { isMap, type JsonMap, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { decodeBody } from '../objects/apply-patch.ts';
import { timestampOf } from '../stamp-write.ts';
import type { ApiContext } from './api-context.ts';
import { badRequest, conflict } from './api-error.ts';
import type { ApiRequest, PlainAnswer } from './api-request.ts';
import { matcherOf } from './read-options.ts';
import type { ServedResource } from './served-resource.ts';
import { storedObject } from './write-objects.ts';

/** What a delete asks for beyond the name. */
interface DeleteOptions {
  readonly dryRun: boolean;
  readonly orphans: boolean;
  readonly preconditions: JsonMap;
}

const policies = ['Orphan', 'Background', 'Foreground'];

const optionsOf = ({ body, contentType, query }: ApiRequest): DeleteOptions => {
  const sent = body.trim() === '' ? {} : decodeBody(body, contentType);
  const options = isMap(sent) && (sent.kind === undefined || sent.kind === 'DeleteOptions') ? sent : {};
  const policy = query.get('propagationPolicy') ?? options.propagationPolicy ?? 'Background';
  if (!policies.includes(String(policy))) {
    throw badRequest(`Invalid value: ${JSON.stringify(policy)}: propagationPolicy: Unsupported value`);
  }
  const dryRun =
    query.getAll('dryRun').includes('All') || (Array.isArray(options.dryRun) && options.dryRun.includes('All'));
  return { dryRun, orphans: policy === 'Orphan', preconditions: mapOf(options.preconditions) };
};

const checkPreconditions = (resource: ServedResource, object: KubeObject, { preconditions }: DeleteOptions): void => {
  const { uid, resourceVersion } = preconditions;
  const { metadata } = object;
  /** In these words the server names the kind where it else has the resource. */
  const refuse = (what: string, [asked, is]: readonly [unknown, unknown], since: string): never => {
    const why = `the ${what} in the precondition (${asked}) does not match the ${what} in record (${is}). The object might have been ${since}`;
    throw conflict({ ...resource, plural: object.kind }, metadata.name, why);
  };
  if (uid !== undefined && uid !== metadata.uid) refuse('UID', [uid, metadata.uid], 'deleted and then recreated');
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    refuse('ResourceVersion', [resourceVersion, metadata.resourceVersion], 'modified');
  }
};

const manager = 'kube-controller-manager';

/** Takes the owner out of what it owns, so that removing it leaves them alone. */
const orphanDependants = (context: ApiContext, owner: KubeObject): void => {
  for (const { plural } of context.catalog.all()) {
    for (const object of context.store.list(plural)) {
      const owners = object.metadata.ownerReferences ?? [];
      const left = owners.filter(({ uid }) => uid !== owner.metadata.uid);
      if (left.length === owners.length) continue;
      context.store.update(plural, { ...object, metadata: { ...object.metadata, ownerReferences: left } }, manager);
    }
  }
};

/** Removes now, or marks an object that finalizers hold. */
const removeOrMark = (context: ApiContext, resource: ServedResource, object: KubeObject): KubeObject => {
  const { name, namespace, finalizers } = object.metadata;
  if (!Array.isArray(finalizers) || finalizers.length === 0) {
    return context.store.remove(resource.plural, namespace ?? '', name);
  }
  if (object.metadata.deletionTimestamp !== undefined) return object;
  const deletionTimestamp = timestampOf(context.now());
  const marked = { ...object, metadata: { ...object.metadata, deletionTimestamp, deletionGracePeriodSeconds: 0 } };
  return context.store.update(resource.plural, marked, 'kube-apiserver');
};

/** Judges and carries out the removal of one object. Returns admission's warnings and the last state. */
const removeOne = (
  context: ApiContext,
  request: ApiRequest,
  { resource, object, options }: { resource: ServedResource; object: KubeObject; options: DeleteOptions },
): { readonly last: KubeObject; readonly warnings: readonly string[] } => {
  checkPreconditions(resource, object, options);
  const warnings = context.admission.admit({
    operation: 'DELETE',
    group: resource.group,
    version: resource.version,
    plural: resource.plural,
    subresource: '',
    kind: resource.kind,
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    dryRun: options.dryRun,
    user: request.user,
    object: null,
    oldObject: object,
  });
  if (options.dryRun) return { last: object, warnings };
  if (options.orphans) orphanDependants(context, object);
  return { last: removeOrMark(context, resource, object), warnings };
};

/** Kinds whose deletion answers with the object instead of a Status. */
const answersWithObject = new Set(['pods', 'services', 'namespaces', 'serviceaccounts', 'persistentvolumeclaims']);

/** DELETE on an object. Removal is at once: the small world has no grace period. */
export const deleteObject = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const object = storedObject(context, request, resource);
  const { last, warnings } = removeOne(context, request, { resource, object, options: optionsOf(request) });
  const { name, uid } = last.metadata;
  const group = resource.group === '' ? {} : { group: resource.group };
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name, ...group, kind: resource.plural, uid },
  };
  return { kind: 'json', code: 200, body: answersWithObject.has(resource.plural) ? last : status, warnings };
};

/** DELETE on a collection. */
export const deleteObjects = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const options = optionsOf(request);
  const matches = matcherOf(request, resource);
  const objects = context.store.list(resource.plural).filter(matches);
  for (const object of objects) removeOne(context, request, { resource, object, options });
  return { kind: 'json', code: 200, body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' } };
};

import { listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { selectorHolds } from '../objects/selectors.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, badRequest } from './api-error.ts';
import type { ApiRequest, PlainAnswer } from './api-request.ts';
import { deleteObject } from './delete-objects.ts';
import { flagFrom, numberFrom } from './read-options.ts';
import type { ServedResource } from './served-resource.ts';
import { storedObject } from './write-objects.ts';

const containerNames = (pod: KubeObject): readonly string[] =>
  [...listOf(mapOf(pod.spec).initContainers), ...listOf(mapOf(pod.spec).containers)].map((item) =>
    String(mapOf(item).name),
  );

const chosenContainer = (pod: KubeObject, asked: string): string => {
  const names = containerNames(pod);
  const { name } = pod.metadata;
  if (asked !== '' && !names.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
  if (asked === '' && names.length > 1) {
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]`);
  }
  return asked === '' ? (names[0] ?? '') : asked;
};

/** GET pods/log: the container's lines as plain text. Throws 400 for a container that the pod does not have. */
export const readPodLog = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const pod = storedObject(context, request, resource);
  const { query } = request;
  const text = context.podLogs({
    namespace: pod.metadata.namespace ?? '',
    pod: pod.metadata.name,
    container: chosenContainer(pod, query.get('container') ?? ''),
    previous: flagFrom(query, 'previous'),
    tailLines: numberFrom(query, 'tailLines'),
    sinceSeconds: numberFrom(query, 'sinceSeconds'),
    timestamps: flagFrom(query, 'timestamps'),
  });
  return { kind: 'text', code: 200, body: text };
};

const guards = (budget: KubeObject, pod: KubeObject): boolean =>
  selectorHolds(mapOf(budget.spec).selector, pod.metadata.labels ?? {}) &&
  mapOf(budget.status).disruptionsAllowed === 0;

/** POST pods/eviction: a delete that PodDisruptionBudgets may refuse with 429. */
export const evictPod = (context: ApiContext, request: ApiRequest, resource: ServedResource): PlainAnswer => {
  const pod = storedObject(context, request, resource);
  const budget = context.store
    .list('poddisruptionbudgets', pod.metadata.namespace ?? '')
    .find((candidate) => guards(candidate, pod));
  if (budget !== undefined) {
    const why = `The disruption budget ${budget.metadata.name} needs more healthy pods than there are`;
    throw new ApiError(429, "Cannot evict pod as it would violate the pod's disruption budget.", {
      reason: 'TooManyRequests',
      details: { causes: [{ reason: 'DisruptionBudget', message: why }] },
    });
  }
  const { warnings } = deleteObject(context, { ...request, body: '' }, resource);
  const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };
  return { kind: 'json', code: 201, body, ...(warnings === undefined ? {} : { warnings }) };
};

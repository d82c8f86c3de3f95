import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube-object.ts';
import { timestampOf } from '../stamp-write.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from './controller.ts';
import { endpointSliceOf, subsetsOf } from './endpoint-forms.ts';
import { matchesLabels, ownedBy } from './ownership.ts';
import { isActive } from './pod-facts.ts';

const manager = 'kube-controller-manager';

const backends = (deps: ControllerDeps, service: KubeObject): readonly KubeObject[] =>
  deps.store
    .list('pods', service.metadata.namespace)
    .filter((pod) => matchesLabels(service.spec.selector, pod) && isActive(pod) && pod.status?.podIP !== undefined)
    .sort((left, right) =>
      String(left.status?.podIP).localeCompare(String(right.status?.podIP), 'en', { numeric: true }),
    );

const writeEndpoints = (deps: ControllerDeps, service: KubeObject, pods: readonly KubeObject[]): void => {
  const { name, namespace = '', labels } = service.metadata;
  const subsets = subsetsOf(service, pods);
  const before = deps.store.get('endpoints', namespace, name);
  const trigger = { 'endpoints.kubernetes.io/last-change-trigger-time': timestampOf(deps.nowMs()) };
  if (before !== undefined && isDeepStrictEqual(before.subsets ?? [], subsets ?? [])) return;
  const wanted: KubeObject = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...before?.metadata, name, namespace, labels: { ...labels }, annotations: trigger },
    ...(subsets === undefined ? {} : { subsets }),
  };
  if (before === undefined) deps.store.create('endpoints', wanted, manager);
  else deps.store.update('endpoints', wanted, manager);
};

const writeSlice = (deps: ControllerDeps, service: KubeObject, pods: readonly KubeObject[]): void => {
  const existing = ownedBy(service, deps.store.list('endpointslices', service.metadata.namespace))[0];
  const name = existing?.metadata.name ?? `${service.metadata.name}-${deps.random.suffix(5)}`;
  const slice = endpointSliceOf(service, pods, name);
  if (existing === undefined) deps.store.create('endpointslices', slice, manager);
  else
    deps.store.update('endpointslices', { ...slice, metadata: { ...existing.metadata, ...slice.metadata } }, manager);
};

/** Makes the controller that keeps Endpoints and EndpointSlices in step with each Service's selector and the pods it finds. */
export const createEndpointsController = (deps: ControllerDeps): Controller => ({
  name: 'endpoints',
  keysFor: ({ resource, object }) => {
    if (resource === 'services' || resource === 'endpoints') return [keyOf(object)];
    if (resource !== 'pods') return [];
    // Any Service of the namespace may have held the pod before its labels changed.
    return deps.store.list('services', object.metadata.namespace).map(keyOf);
  },
  reconcile: (key) => {
    const [namespace, name] = parseKey(key);
    const service = deps.store.get('services', namespace, name);
    if (service === undefined) {
      if (deps.store.get('endpoints', namespace, name) !== undefined) deps.store.remove('endpoints', namespace, name);
      return undefined;
    }
    // A Service without a selector has endpoints that somebody else keeps.
    if (Object.keys(service.spec.selector ?? {}).length === 0) return undefined;
    const pods = backends(deps, service);
    writeEndpoints(deps, service, pods);
    writeSlice(deps, service, pods);
    return undefined;
  },
});

import type { Controller, ControllerDeps } from './controller.ts';

/** Makes the controller that gives each namespace its default ServiceAccount. */
export const createNamespaceController = (deps: ControllerDeps): Controller => ({
  name: 'namespace',
  keysFor: ({ resource, object }) => {
    if (resource === 'namespaces') return [object.metadata.name];
    return resource === 'serviceaccounts' ? [object.metadata.namespace ?? ''] : [];
  },
  reconcile: (namespace) => {
    const isHere = deps.store.get('namespaces', '', namespace) !== undefined;
    if (!isHere || deps.store.get('serviceaccounts', namespace, 'default') !== undefined) return undefined;
    const metadata = { name: 'default', namespace };
    deps.store.create(
      'serviceaccounts',
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      'kube-controller-manager',
    );
    return undefined;
  },
});

import { isDeepStrictEqual } from 'node:util';
import { quotaQuantity, usedOf } from '../admission/quota-usage.ts';
import { mapOf } from '../frozen.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from './controller.ts';

const manager = 'kube-controller-manager';

/** Makes the controller that counts what each ResourceQuota's namespace uses. */
export const createQuotaController = (deps: ControllerDeps): Controller => ({
  name: 'resourcequota',
  keysFor: ({ resource, object }) => {
    if (resource === 'resourcequotas') return [keyOf(object)];
    if (resource !== 'pods' && resource !== 'services') return [];
    return deps.store.list('resourcequotas', object.metadata.namespace).map(keyOf);
  },
  reconcile: (key) => {
    const [namespace, name] = parseKey(key);
    const quota = deps.store.get('resourcequotas', namespace, name);
    if (quota === undefined) return undefined;
    const hard = mapOf(mapOf(quota.spec).hard);
    const used = Object.fromEntries(
      Object.keys(hard).map((resource) => [resource, quotaQuantity(resource, usedOf(deps.store, namespace, resource))]),
    );
    const status = { hard, used };
    if (!isDeepStrictEqual(status, quota.status))
      deps.store.updateStatus('resourcequotas', { ...quota, status }, manager);
    return undefined;
  },
});

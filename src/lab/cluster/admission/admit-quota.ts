import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { parseQuantity } from '../objects/quantity.ts';
import { objectAmounts, quotaQuantity, usedOf } from './quota-usage.ts';

const compute = /^(requests\.|limits\.)?(cpu|memory)$/;

/** Where a container states an amount that a quota counts: `limits.cpu`, or `cpu`, which means the request. */
const stated = (container: JsonMap, name: string): unknown => {
  const { requests, limits } = mapOf(container.resources);
  const resource = name.split('.').at(-1) ?? name;
  return name.startsWith('limits.') ? mapOf(limits)[resource] : mapOf(requests)[resource];
};

/** `limits.cpu for: server; limits.memory for: server`: what containers must say when a quota counts it. */
const unstated = (pod: KubeObject, names: readonly string[]): string => {
  const missing = names
    .filter((name) => compute.test(name))
    .flatMap((name) => {
      const silent = listOf(mapOf(pod.spec).containers)
        .map(mapOf)
        .filter((container) => stated(container, name) === undefined);
      return silent.length === 0 ? [] : [`${name} for: ${silent.map((container) => String(container.name)).join(',')}`];
    });
  return missing.join('; ');
};

const listed = (amounts: readonly (readonly [string, number])[]): string =>
  amounts.map(([name, amount]) => `${name}=${quotaQuantity(name, amount)}`).join(',');

const exceeded = (store: KubeStore, quota: KubeObject, plural: string, object: KubeObject): string | null => {
  const namespace = object.metadata.namespace ?? '';
  const asked = objectAmounts(plural, object);
  const over = Object.entries(mapOf(mapOf(quota.spec).hard)).flatMap(([name, amount]) => {
    const requested = asked.get(name) ?? 0;
    const hard = parseQuantity(amount) ?? Number.POSITIVE_INFINITY;
    const used = requested === 0 ? 0 : usedOf(store, namespace, name);
    // Sums of fractions are not exact: a hair is no excess.
    return requested > 0 && used + requested > hard + 1e-9 ? [{ name, requested, used, hard }] : [];
  });
  if (over.length === 0) return null;
  const requested = listed(over.map((entry) => [entry.name, entry.requested]));
  const used = listed(over.map((entry) => [entry.name, entry.used]));
  const limited = listed(over.map((entry) => [entry.name, entry.hard]));
  return `exceeded quota: ${quota.metadata.name}, requested: ${requested}, used: ${used}, limited: ${limited}`;
};

/** Why the quotas of its namespace refuse a new object, in the words of the admission plug-in; null when they do not. */
export const quotaRefusal = (store: KubeStore, plural: string, object: KubeObject): string | null => {
  for (const quota of store.list('resourcequotas', object.metadata.namespace ?? '')) {
    const names = Object.keys(mapOf(mapOf(quota.spec).hard));
    const silent = plural === 'pods' ? unstated(object, names) : '';
    if (silent !== '') return `failed quota: ${quota.metadata.name}: must specify ${silent}`;
    const refused = exceeded(store, quota, plural, object);
    if (refused !== null) return refused;
  }
  return null;
};

import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { canonicalQuantity, parseQuantity } from '../objects/quantity.ts';

/** Amounts by the name of the resource as quotas write it (`requests.cpu`, `pods`, `services`), in base units. */
export type Amounts = ReadonlyMap<string, number>;

/** Kinds that a quota counts by their plural. */
const countedPlurals = [
  'services',
  'configmaps',
  'secrets',
  'persistentvolumeclaims',
  'resourcequotas',
  'replicationcontrollers',
] as const;

const isOver = (pod: KubeObject): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed';

const sumOver = (spec: JsonMap, list: 'requests' | 'limits', resource: string): number =>
  listOf(spec.containers)
    .map((container) => mapOf(mapOf(mapOf(container).resources)[list])[resource])
    .reduce<number>((sum, amount) => sum + (parseQuantity(amount) ?? 0), 0);

/** What one pod takes of a quota. */
export const podAmounts = (pod: KubeObject): Amounts => {
  const spec = mapOf(pod.spec);
  const of = (list: 'requests' | 'limits', resource: string): number => sumOver(spec, list, resource);
  return new Map([
    ['pods', 1],
    ['count/pods', 1],
    ['cpu', of('requests', 'cpu')],
    ['memory', of('requests', 'memory')],
    ['requests.cpu', of('requests', 'cpu')],
    ['requests.memory', of('requests', 'memory')],
    ['limits.cpu', of('limits', 'cpu')],
    ['limits.memory', of('limits', 'memory')],
  ]);
};

/** What one new object of a kind takes of a quota. */
export const objectAmounts = (plural: string, object: KubeObject): Amounts =>
  plural === 'pods'
    ? podAmounts(object)
    : new Map([
        [plural, 1],
        [`count/${plural}`, 1],
      ]);

const countOf = (store: KubeStore, namespace: string, name: string): number => {
  const plural = name.replace(/^count\//, '').split('.')[0] ?? '';
  return store.list(plural, namespace).length;
};

/** What is used of a resource in a namespace. */
export const usedOf = (store: KubeStore, namespace: string, name: string): number => {
  const isCounted = name.startsWith('count/') || countedPlurals.some((plural) => plural === name);
  if (isCounted && !name.endsWith('pods')) return countOf(store, namespace, name);
  return store
    .list('pods', namespace)
    .filter((pod) => !isOver(pod))
    .reduce((sum, pod) => sum + (podAmounts(pod).get(name) ?? 0), 0);
};

/** An amount as quotas write it: CPU in millicores where it is no whole number, memory in the largest whole binary unit. */
export const quotaQuantity = (name: string, amount: number): string => {
  if (/memory|storage/.test(name)) return String(canonicalQuantity(`${Math.round(amount / 1_024)}Ki`));
  return String(canonicalQuantity(`${Math.round(amount * 1_000)}m`));
};

import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeStore } from '../kube-store.ts';
import { parseQuantity } from '../objects/quantity.ts';

/** A pod spec after the LimitRanges of its namespace: completed by their defaults, and what they find wrong with it. */
interface RangedSpec {
  readonly spec: JsonMap;
  readonly problems: readonly string[];
}

type Item = JsonMap;

const itemsOf = (store: KubeStore, namespace: string): readonly Item[] =>
  store.list('limitranges', namespace).flatMap(({ spec }) => listOf(mapOf(spec).limits).map(mapOf));

const completed = (container: JsonMap, item: Item): JsonMap => {
  const { limits, requests } = mapOf(container.resources);
  const filledLimits = { ...mapOf(item.default), ...mapOf(limits) };
  // A default request never overrules a limit that somebody set: that is then the request.
  const filledRequests = { ...mapOf(item.defaultRequest), ...mapOf(limits), ...mapOf(requests) };
  const resources = {
    ...mapOf(container.resources),
    ...(Object.keys(filledLimits).length === 0 ? {} : { limits: filledLimits }),
    ...(Object.keys(filledRequests).length === 0 ? {} : { requests: filledRequests }),
  };
  return { ...container, resources };
};

/** The words of the admission plug-in for one amount outside its bounds. */
const below = (item: Item, resources: JsonMap, type: string): readonly string[] =>
  Object.entries(mapOf(item.min)).flatMap(([resource, bound]) => {
    const min = parseQuantity(bound) ?? 0;
    const request = parseQuantity(mapOf(resources.requests)[resource]);
    if (request === null) return [`minimum ${resource} usage per ${type} is ${bound}.  No request is specified`];
    return request < min
      ? [`minimum ${resource} usage per ${type} is ${bound}, but request is ${mapOf(resources.requests)[resource]}`]
      : [];
  });

const above = (item: Item, resources: JsonMap, type: string): readonly string[] =>
  Object.entries(mapOf(item.max)).flatMap(([resource, bound]) => {
    const max = parseQuantity(bound) ?? Number.POSITIVE_INFINITY;
    const limit = parseQuantity(mapOf(resources.limits)[resource]);
    if (limit === null) return [`maximum ${resource} usage per ${type} is ${bound}.  No limit is specified`];
    return limit > max
      ? [`maximum ${resource} usage per ${type} is ${bound}, but limit is ${mapOf(resources.limits)[resource]}`]
      : [];
  });

const problemsWith = (spec: JsonMap, item: Item): readonly string[] =>
  listOf(spec.containers).flatMap((container) => {
    const resources = mapOf(mapOf(container).resources);
    return [...below(item, resources, 'Container'), ...above(item, resources, 'Container')];
  });

/** Completes and judges a pod spec by the LimitRanges of a namespace, containers only, as `kube-apiserver` does. */
export const applyLimitRanges = (store: KubeStore, namespace: string, spec: JsonMap): RangedSpec => {
  const items = itemsOf(store, namespace).filter(({ type }) => type === 'Container');
  if (items.length === 0) return { spec, problems: [] };
  const containers = listOf(spec.containers).map((container) => items.reduce(completed, mapOf(container)));
  const filled = { ...spec, containers };
  return { spec: filled, problems: items.flatMap((item) => problemsWith(filled, item)) };
};

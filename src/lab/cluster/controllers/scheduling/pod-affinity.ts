import { type JsonMap, listOf, mapOf } from '../../frozen.ts';
import type { KubeObject } from '../../kube-object.ts';
import { selectorHolds } from '../../objects/selectors.ts';
import { required } from './node-affinity.ts';

/** The nodes and the pods that have a place on them. */
export interface Neighbourhood {
  readonly nodes: readonly KubeObject[];
  readonly placed: readonly KubeObject[];
}

const termsOf = (pod: KubeObject, side: 'podAffinity' | 'podAntiAffinity'): readonly JsonMap[] =>
  listOf(mapOf(mapOf(mapOf(pod.spec).affinity)[side])[required]).map(mapOf);

/** Whether a term of `owner` means the other pod: without namespaces it means its own. */
const means = (term: JsonMap, owner: KubeObject, other: KubeObject): boolean => {
  const own = owner.metadata.namespace ?? '';
  const namespaces = listOf(term.namespaces).length === 0 ? [own] : listOf(term.namespaces);
  return (
    namespaces.includes(other.metadata.namespace ?? '') &&
    mapOf(term.labelSelector) === term.labelSelector &&
    selectorHolds(term.labelSelector, other.metadata.labels ?? {})
  );
};

/** The pods in the same topology domain as a node; a node without the label is in none. */
const inDomain = (term: JsonMap, node: KubeObject, { nodes, placed }: Neighbourhood): readonly KubeObject[] => {
  const key = String(term.topologyKey);
  const domain = node.metadata.labels?.[key];
  if (domain === undefined) return [];
  const names = nodes.filter(({ metadata }) => metadata.labels?.[key] === domain).map(({ metadata }) => metadata.name);
  return placed.filter((other) => names.includes(other.spec.nodeName));
};

/** Why pods that are there keep a pod from a node, in kube-scheduler's words; null when they do not. */
export const neighbourMisfit = (pod: KubeObject, node: KubeObject, world: Neighbourhood): string | null => {
  const isApart = termsOf(pod, 'podAntiAffinity').every((term) =>
    inDomain(term, node, world).every((other) => !means(term, pod, other)),
  );
  if (!isApart) return "node(s) didn't match pod anti-affinity rules";
  const isRepelled = world.placed.some((other) =>
    termsOf(other, 'podAntiAffinity').some(
      (term) => means(term, other, pod) && inDomain(term, node, world).includes(other),
    ),
  );
  if (isRepelled) return "node(s) didn't satisfy existing pods anti-affinity rules";
  const isTogether = termsOf(pod, 'podAffinity').every(
    // The first pod of a group that wants to be together finds nobody, and may go anywhere.
    (term) => means(term, pod, pod) || inDomain(term, node, world).some((other) => means(term, pod, other)),
  );
  return isTogether ? null : "node(s) didn't match pod affinity rules";
};

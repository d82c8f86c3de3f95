import { listOf, mapOf } from '../cluster/frozen.ts';
import type { KubeObject } from '../cluster/kube-object.ts';
import { selectorHolds } from '../cluster/objects/selectors.ts';

type Labels = Readonly<Record<string, string>>;

/** One end of a connection within the namespace. */
export interface End {
  readonly labels: Labels;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** Whether the network lets a connection through. Names are asked over the network too, so that a closed way out loses them as well. */
export interface NetworkRules {
  allows(from: End, to: End, port: number): boolean;
  /** Whether a pod may ask the cluster's DNS. */
  mayResolve(from: End): boolean;
}

type Direction = 'Ingress' | 'Egress';

const isolates = (policy: KubeObject, direction: Direction): boolean => {
  const types = listOf(mapOf(policy.spec).policyTypes);
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || listOf(mapOf(policy.spec).egress).length > 0;
};

const coversPort = (rule: unknown, port: number, end: End | null): boolean => {
  const ports = listOf(mapOf(rule).ports).map(mapOf);
  if (ports.length === 0) return true;
  return ports.some((entry) => {
    const { port: wanted, endPort } = entry;
    if (wanted === undefined) return true;
    if (typeof wanted === 'string')
      return end?.ports.some(({ name, port: own }) => name === wanted && own === port) === true;
    return endPort === undefined ? wanted === port : port >= Number(wanted) && port <= Number(endPort);
  });
};

/** Whether a peer of a rule means a pod of the same namespace, whose labels are given. */
const meansPod = (peer: unknown, labels: Labels, namespaceLabels: Labels): boolean => {
  const { podSelector, namespaceSelector, ipBlock } = mapOf(peer);
  if (ipBlock !== undefined) return mapOf(ipBlock).cidr === '0.0.0.0/0';
  const isHere = namespaceSelector === undefined || selectorHolds(namespaceSelector, namespaceLabels);
  return isHere && (podSelector === undefined || selectorHolds(podSelector, labels));
};

/** Whether a peer of a rule means the cluster's DNS, which lies in another namespace. */
const meansDns = (peer: unknown): boolean => {
  const { namespaceSelector, ipBlock } = mapOf(peer);
  if (ipBlock !== undefined) return mapOf(ipBlock).cidr === '0.0.0.0/0';
  if (namespaceSelector === undefined) return false;
  return selectorHolds(namespaceSelector, { 'kubernetes.io/metadata.name': 'kube-system' });
};

/** The rules of a namespace: a pod that a policy selects takes and makes only the connections that some policy lists. */
export const networkRulesOf = (policies: readonly KubeObject[], namespaceLabels: Labels): NetworkRules => {
  const about = (end: End, direction: Direction): readonly KubeObject[] =>
    policies.filter(
      (policy) => isolates(policy, direction) && selectorHolds(mapOf(policy.spec).podSelector, end.labels),
    );
  const passes = (end: End, direction: Direction, isListed: (rule: unknown) => boolean): boolean => {
    const own = about(end, direction);
    const list = direction === 'Ingress' ? 'ingress' : 'egress';
    return own.length === 0 || own.some((policy) => listOf(mapOf(policy.spec)[list]).some(isListed));
  };
  const lists = (rule: unknown, side: 'from' | 'to', means: (peer: unknown) => boolean): boolean => {
    const peers = listOf(mapOf(rule)[side]);
    return peers.length === 0 || peers.some(means);
  };
  return {
    allows: (from, to, port) =>
      passes(
        from,
        'Egress',
        (rule) => lists(rule, 'to', (peer) => meansPod(peer, to.labels, namespaceLabels)) && coversPort(rule, port, to),
      ) &&
      passes(
        to,
        'Ingress',
        (rule) =>
          lists(rule, 'from', (peer) => meansPod(peer, from.labels, namespaceLabels)) && coversPort(rule, port, to),
      ),
    mayResolve: (from) => passes(from, 'Egress', (rule) => lists(rule, 'to', meansDns) && coversPort(rule, 53, null)),
  };
};

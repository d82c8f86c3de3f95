import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import type { PolicyData, PolicyPeer, PolicyRule } from '../../domain/surroundings.ts';
import { demandsOf, satisfies } from './placement.ts';
import { portAt } from './surroundings.ts';

/** What selectors of policies are resolved against. `namespaceLabels` is undefined when the namespace could not be read. */
export interface PolicyWorld {
  readonly workloads: readonly JsonObject[];
  readonly namespaceLabels: Readonly<Record<string, string>> | undefined;
}

const selectedBy = (selector: Json | undefined, { workloads }: PolicyWorld): readonly string[] =>
  workloads
    .filter((workload) => satisfies(textsAt(workload, 'spec', 'template', 'metadata', 'labels'), demandsOf(selector)))
    .map((workload) => textAt(workload, 'metadata', 'name'));

const peerOf = (peer: Json, world: PolicyWorld): PolicyPeer => {
  const block = textAt(peer, 'ipBlock', 'cidr');
  // Pods of the namespace may lie in a block of addresses: who they are cannot be told from here.
  if (block !== '') return { workloads: block === '0.0.0.0/0' ? selectedBy(undefined, world) : [], beyond: block };
  const namespaces = valueAt(peer, 'namespaceSelector');
  const pods = valueAt(peer, 'podSelector');
  if (namespaces === undefined) return { workloads: selectedBy(pods, world) };
  const meansOwn = world.namespaceLabels !== undefined && satisfies(world.namespaceLabels, demandsOf(namespaces));
  return { workloads: meansOwn ? selectedBy(pods, world) : [], beyond: 'pods of other namespaces' };
};

const ruleOf = (rule: Json, side: 'from' | 'to', world: PolicyWorld): PolicyRule => {
  const peers = listAt(rule, side);
  const ports = listAt(rule, 'ports').map((entry) => {
    const port = portAt(entry, 'port');
    const endPort = numberAt(entry, 'endPort');
    return {
      ...(port === undefined ? {} : { port }),
      ...(endPort === undefined ? {} : { endPort }),
      protocol: textAt(entry, 'protocol') || 'TCP',
    };
  });
  return {
    ...(peers.length === 0 ? {} : { peers: peers.map((peer) => peerOf(peer, world)) }),
    ...(ports.length === 0 ? {} : { ports }),
  };
};

/** Whether a policy isolates in a direction: as it says, else always inwards, and outwards when it has rules for it. */
const isolates = (policy: JsonObject, direction: 'Ingress' | 'Egress'): boolean => {
  const types = listAt(policy, 'spec', 'policyTypes');
  if (types.length > 0) return types.includes(direction);
  return direction === 'Ingress' || listAt(policy, 'spec', 'egress').length > 0;
};

/** A NetworkPolicy with its selectors resolved to workloads of the namespace. */
export const policyDataOf = (policy: JsonObject, world: PolicyWorld): PolicyData => {
  const createdAt = textAt(policy, 'metadata', 'creationTimestamp');
  const rules = (list: 'ingress' | 'egress', side: 'from' | 'to') =>
    listAt(policy, 'spec', list).map((rule) => ruleOf(rule, side, world));
  return {
    kind: 'policy',
    policy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      namespace: textAt(policy, 'metadata', 'namespace'),
      name: textAt(policy, 'metadata', 'name'),
    },
    ...(createdAt === '' ? {} : { createdAt }),
    selector: demandsOf(valueAt(policy, 'spec', 'podSelector')),
    selects: selectedBy(valueAt(policy, 'spec', 'podSelector'), world),
    ...(isolates(policy, 'Ingress') ? { ingress: rules('ingress', 'from') } : {}),
    ...(isolates(policy, 'Egress') ? { egress: rules('egress', 'to') } : {}),
  };
};

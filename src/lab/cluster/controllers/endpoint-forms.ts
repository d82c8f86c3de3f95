import type { KubeObject } from '../kube-object.ts';
import { ownerReferenceTo } from './ownership.ts';
import { isReady } from './pod-facts.ts';
import type { ContainerSpec } from './shapes.ts';

interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
}

interface EndpointPort {
  readonly name?: string;
  readonly port: number;
  readonly protocol: string;
}

/** The port of this pod that a Service port leads to; undefined when it names a port that the pod does not have. */
const targetOf = (port: ServicePort, pod: KubeObject): number | undefined => {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  const containers: readonly ContainerSpec[] = pod.spec.containers;
  return containers.flatMap(({ ports }) => ports ?? []).find(({ name }) => name === target)?.containerPort;
};

const portsFor = (service: KubeObject, pod: KubeObject): readonly EndpointPort[] => {
  const ports: readonly ServicePort[] = service.spec.ports ?? [];
  return ports.flatMap((port) => {
    const target = targetOf(port, pod);
    if (target === undefined) return [];
    return [
      { ...(port.name === undefined ? {} : { name: port.name }), port: target, protocol: port.protocol ?? 'TCP' },
    ];
  });
};

const targetRef = (pod: KubeObject) => ({
  kind: 'Pod',
  namespace: pod.metadata.namespace,
  name: pod.metadata.name,
  uid: pod.metadata.uid,
});

const addressOf = (pod: KubeObject) => ({
  ip: pod.status?.podIP,
  nodeName: pod.spec.nodeName,
  targetRef: targetRef(pod),
});

/** The pods in groups that share their port numbers. */
const byPorts = (service: KubeObject, pods: readonly KubeObject[]) => {
  const groups = new Map<string, { readonly ports: readonly EndpointPort[]; readonly pods: KubeObject[] }>();
  for (const pod of pods) {
    const ports = portsFor(service, pod);
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, pods: [] };
    group.pods.push(pod);
    groups.set(key, group);
  }
  return [...groups.values()];
};

/** The subsets of an Endpoints object; undefined when no pod has a place in them, as the API leaves them out then. */
export const subsetsOf = (service: KubeObject, pods: readonly KubeObject[]): readonly object[] | undefined => {
  if (pods.length === 0) return undefined;
  return byPorts(service, pods).map((group) => {
    const ready = group.pods.filter(isReady).map(addressOf);
    const notReady = group.pods.filter((pod) => !isReady(pod)).map(addressOf);
    return {
      ...(ready.length === 0 ? {} : { addresses: ready }),
      ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
      ports: group.ports,
    };
  });
};

/** One EndpointSlice for all pods of a Service: the laboratory has too few for a second, and pods that differ in ports are rare. */
export const endpointSliceOf = (service: KubeObject, pods: readonly KubeObject[], name: string): KubeObject => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: {
    name,
    generateName: `${service.metadata.name}-`,
    namespace: service.metadata.namespace ?? '',
    labels: {
      ...service.metadata.labels,
      'kubernetes.io/service-name': service.metadata.name,
      'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
    },
    ownerReferences: [ownerReferenceTo(service)],
  },
  addressType: 'IPv4',
  endpoints: pods.map((pod) => ({
    addresses: [pod.status?.podIP],
    conditions: { ready: isReady(pod), serving: isReady(pod), terminating: false },
    nodeName: pod.spec.nodeName,
    targetRef: targetRef(pod),
  })),
  ports: pods[0] === undefined ? [] : portsFor(service, pods[0]),
});

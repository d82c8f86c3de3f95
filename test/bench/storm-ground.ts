import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { objectDefaults } from '../../src/lab/cluster/objects/object-defaults.ts';
import { type Laboratory, shopNamespace } from '../../src/lab/laboratory.ts';
import { until } from './built-bot.ts';

const goodImage = 'busybox:1.36';
const badImage = 'busybox:1.99';
const nodesMore = 12;

/** Where many small applications live. */
export interface Ground {
  readonly namespaces: readonly string[];
  readonly workloads: readonly { readonly namespace: string; readonly name: string }[];
}

const deployment = (namespace: string, name: string): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'server',
            image: goodImage,
            ports: [{ containerPort: 8080 }],
            resources: { requests: { cpu: '10m', memory: '16Mi' } },
          },
        ],
      },
    },
  },
});

const addNodes = ({ cluster: { store } }: Laboratory): void => {
  const [model] = store.list('nodes');
  if (model === undefined) throw new Error('the laboratory has nodes');
  for (let number = 1; number <= nodesMore; number += 1) {
    const name = `storm-node-${number}`;
    const { apiVersion, kind, status } = model;
    const range = `10.244.${100 + number}.0/24`;
    const spec = { podCIDR: range, podCIDRs: [range] };
    const labels = { ...model.metadata.labels, 'kubernetes.io/hostname': name };
    const node = store.create('nodes', { apiVersion, kind, metadata: { name, labels }, spec } as KubeObject, 'kubelet');
    store.updateStatus('nodes', { ...node, status } as KubeObject, 'kubelet');
    const lease = store.list('leases', 'kube-node-lease')[0];
    if (lease === undefined) continue;
    const leaseSpec = { ...(lease.spec as object), holderIdentity: name };
    const { apiVersion: leaseApi, kind: leaseKind } = lease;
    const metadata = { name, namespace: 'kube-node-lease' };
    store.create(
      'leases',
      { apiVersion: leaseApi, kind: leaseKind, metadata, spec: leaseSpec } as KubeObject,
      'kubelet',
    );
  }
};

/** The bot may act in the new namespaces as it may in the shop's. */
const grant = ({ cluster: { store } }: Laboratory, namespace: string): void => {
  for (const plural of ['roles', 'rolebindings']) {
    for (const object of store.list(plural, shopNamespace)) {
      const { metadata, ...rest } = object;
      store.create(plural, { ...rest, metadata: { name: metadata.name, namespace } } as KubeObject, 'kubectl');
    }
  }
};

const readyCount = (lab: Laboratory, ground: Ground): number =>
  ground.workloads.filter(({ namespace, name }) => {
    const status = lab.cluster.store.get('deployments', namespace, name)?.status as
      | { readyReplicas?: number }
      | undefined;
    return (status?.readyReplicas ?? 0) >= 1;
  }).length;

/** Lets so many small applications run in namespaces of their own, all well. */
export const prepareGround = async (lab: Laboratory, size: { namespaces: number; each: number }): Promise<Ground> => {
  const { store } = lab.cluster;
  addNodes(lab);
  const namespaces = Array.from({ length: size.namespaces }, (_, index) => `storm-${index + 1}`);
  const workloads = namespaces.flatMap((namespace) =>
    Array.from({ length: size.each }, (_, index) => ({ namespace, name: `app-${index + 1}` })),
  );
  for (const name of namespaces) {
    const invitation = store.get('namespaces', '', shopNamespace)?.metadata.labels;
    const labels = { ...invitation, 'kubernetes.io/metadata.name': name };
    const status = { phase: 'Active' };
    store.create(
      'namespaces',
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels }, status } as KubeObject,
      'kubectl',
    );
    grant(lab, name);
  }
  for (const { namespace, name } of workloads)
    store.create('deployments', objectDefaults(deployment(namespace, name)), 'kubectl');
  const ground = { namespaces, workloads };
  await until(
    async () => (readyCount(lab, ground) === workloads.length ? true : null),
    'readiness of all applications',
    300_000,
  );
  return ground;
};

/** Rolls every application out to an image that does not exist, each for itself. */
export const breakGround = (lab: Laboratory, ground: Ground): void => {
  for (const { namespace, name } of ground.workloads) {
    const object = lab.cluster.store.get('deployments', namespace, name);
    if (object === undefined) continue;
    const broken = JSON.parse(JSON.stringify(object).replaceAll(goodImage, badImage)) as KubeObject;
    lab.cluster.store.update('deployments', broken, 'kubectl-set');
  }
};

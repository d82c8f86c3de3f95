import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Cluster, startCluster } from '../../../src/lab/cluster/cluster.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { type Clients, clientsOf, patchAs, refusalOf } from '../../contracts/kubernetes-api-client.ts';

const manifest = (path: string): string => fileURLToPath(new URL(`../../../manifests/${path}`, import.meta.url));
const namespace = 'online-boutique';

type Kind = 'deployments' | 'services' | 'configmaps';

/** What a case sends: to which object, as which kind of patch, with or without the stamp of a lawful write. */
interface Write {
  readonly kind: Kind;
  readonly name: string;
  readonly body: object;
  readonly strategy?: string;
}

const container = (name: string, fields: object): Write => ({
  kind: 'deployments',
  name,
  body: {
    spec: { template: { spec: { containers: [{ name: name === 'redis-cart' ? 'redis' : 'server', ...fields }] } } },
  },
});
const podSpec = (name: string, spec: object): Write => ({
  kind: 'deployments',
  name,
  body: { spec: { template: { spec } } },
});
const memory = (limit: string) => ({ resources: { limits: { memory: limit } } });

let cluster: Cluster;
let bot: Clients;

const stamped = (body: object): object => {
  const annotations = { 'sre.ai4all.dev/incident-uid': randomUUID(), 'sre.ai4all.dev/action-id': randomUUID() };
  const metadata = 'metadata' in body && typeof body.metadata === 'object' ? body.metadata : {};
  return { ...body, metadata: { ...metadata, annotations } };
};

const send = ({ kind, name, body, strategy }: Write): Promise<unknown> => {
  const request = { name, namespace, body: stamped(body), fieldManager: 'ai4all-sre' };
  const options = patchAs(strategy ?? PatchStrategy.StrategicMergePatch);
  if (kind === 'services') return bot.core.patchNamespacedService(request, options);
  if (kind === 'configmaps') return bot.core.patchNamespacedConfigMap(request, options);
  return bot.apps.patchNamespacedDeployment(request, options);
};

const settings: KubeObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace, labels: { app: 'shop' } },
  data: { mode: 'fast' },
};

beforeAll(async () => {
  const manifests = ['online-boutique', 'bot/rbac.yaml', 'kyverno'].map(manifest);
  cluster = await startCluster({ nowMs: Date.now, manifests });
  cluster.store.create('configmaps', settings, 'kubectl');
  bot = clientsOf(cluster.kubeconfig('bot-act'));
});
afterAll(() => cluster.close());

const edit = (plural: string, name: string, change: (object: KubeObject) => KubeObject): void => {
  const object = cluster.store.get(plural, plural === 'namespaces' ? '' : namespace, name);
  if (object === undefined) throw new Error(`no ${plural} ${name}`);
  const { resourceVersion: _version, ...metadata } = object.metadata;
  cluster.store.update(plural, change({ ...object, metadata }), 'kubectl');
};

describe('every policy on file', () => {
  it('compiles, and is on duty', () => {
    const states = cluster.store
      .list('validatingpolicies')
      .map(({ metadata, status }) => [metadata.name, status?.conditionStatus?.ready]);
    expect(states.length).toBeGreaterThanOrEqual(10);
    expect(states.filter(([, ready]) => ready !== true)).toEqual([]);
  });

  it('judges the bot alone, and a denial is a denial', () => {
    for (const { spec } of cluster.store.list('validatingpolicies')) {
      expect(spec.matchConditions[0]).toEqual({
        name: 'is-the-bot',
        expression:
          'request.userInfo.username in ["system:serviceaccount:sre:ai4all-sre", "system:serviceaccount:sre:ai4all-sre-act"]',
      });
      expect([spec.validationActions, spec.failurePolicy]).toEqual([['Deny'], 'Fail']);
    }
  });
});

describe('lawful remedies pass', () => {
  const restart = { 'kubectl.kubernetes.io/restartedAt': '2026-03-01T10:00:00Z' };
  const lawful: readonly (readonly [string, Write])[] = [
    [
      'a restart',
      { kind: 'deployments', name: 'adservice', body: { spec: { template: { metadata: { annotations: restart } } } } },
    ],
    ['another tag of the same image', container('redis-cart', { image: 'redis:7' })],
    ["the shop's image", container('adservice', { image: 'online-boutique/adservice:v0.10.1' })],
    ['a changed variable', container('checkoutservice', { env: [{ name: 'PORT', value: '5051' }] })],
    ['four times the limit', container('recommendationservice', memory('1800Mi'))],
    ['more replicas', { kind: 'deployments', name: 'frontend', body: { spec: { replicas: 20 } } }],
    ['a new selector', { kind: 'services', name: 'adservice', body: { spec: { selector: { app: 'adservice' } } } }],
    ['changed data', { kind: 'configmaps', name: 'settings', body: { data: { mode: 'slow' } } }],
  ];

  it.each(lawful)('%s', async (_name, write) => {
    await expect(send(write)).resolves.toBeDefined();
  });

  it('a limit that was cut to almost nothing is put back', async () => {
    edit('deployments', 'shippingservice', (object) => {
      const [server] = object.spec.template.spec.containers;
      const resources = { limits: { ...server.resources.limits, memory: '12Mi' }, requests: {} };
      const spec = { ...object.spec.template.spec, containers: [{ ...server, resources }] };
      return { ...object, spec: { ...object.spec, template: { ...object.spec.template, spec } } };
    });
    await expect(send(container('shippingservice', memory('128Mi')))).resolves.toBeDefined();
  });

  it('a workload that a person switched off can be mended without switching it on', async () => {
    edit('deployments', 'emailservice', (object) => ({ ...object, spec: { ...object.spec, replicas: 0 } }));
    await expect(send(container('emailservice', { env: [{ name: 'A', value: 'b' }] }))).resolves.toBeDefined();
  });
});

describe('unlawful writes are refused by the policy that they break', () => {
  const unlawful: readonly (readonly [string, string, Write])[] = [
    ['no replica', 'replicas', { kind: 'deployments', name: 'cartservice', body: { spec: { replicas: 0 } } }],
    ['too many replicas', 'replicas', { kind: 'deployments', name: 'cartservice', body: { spec: { replicas: 21 } } }],
    ['a strange image', 'images', container('cartservice', { image: 'elsewhere/cartservice:v1' })],
    ['an image that only begins alike', 'images', container('redis-cart', { image: 'redis-evil:alpine' })],
    ['more than four times the limit', 'resources', container('recommendationservice', memory('7900Mi'))],
    ['more than 8Gi', 'resources', container('cartservice', memory('9Gi'))],
    ['more than four CPU', 'resources', container('cartservice', { resources: { limits: { cpu: '4100m' } } })],
    ['no limit any more', 'resources', container('cartservice', { resources: { limits: { memory: null } } })],
    ['a privileged container', 'pod-security', container('cartservice', { securityContext: { privileged: true } })],
    [
      'a new capability',
      'pod-security',
      container('cartservice', { securityContext: { capabilities: { add: ['NET_ADMIN'] } } }),
    ],
    ['the host network', 'pod-security', podSpec('cartservice', { hostNetwork: true })],
    [
      'a path of the node',
      'pod-security',
      podSpec('cartservice', { volumes: [{ name: 'root', hostPath: { path: '/' } }] }),
    ],
    ['another account', 'workload-fields', podSpec('cartservice', { serviceAccountName: 'frontend' })],
    [
      'a new container',
      'pod-security',
      podSpec('cartservice', { containers: [{ name: 'x', image: 'online-boutique/x:1' }] }),
    ],
    ['a pause', 'workload-fields', { kind: 'deployments', name: 'cartservice', body: { spec: { paused: true } } }],
    [
      'a new label',
      'metadata-fields',
      { kind: 'deployments', name: 'cartservice', body: { metadata: { labels: { a: 'b' } } } },
    ],
    ['another type', 'service-fields', { kind: 'services', name: 'cartservice', body: { spec: { type: 'NodePort' } } }],
    [
      'no selector',
      'service-fields',
      { kind: 'services', name: 'cartservice', body: { spec: { selector: null } }, strategy: PatchStrategy.MergePatch },
    ],
    ['a lock', 'configmap-fields', { kind: 'configmaps', name: 'settings', body: { immutable: true } }],
  ];

  it.each(unlawful)('%s: %s', async (_name, policy, write) => {
    const { code, status } = await refusalOf(send(write));
    expect(code).toBe(400);
    // Several policies may close the same door; each has its own webhook, and the first in their order answers.
    const judges = [`ai4all-sre-${policy}`, 'ai4all-sre-workload-fields'];
    expect(judges.some((name) => status.message.includes(`Policy ${name} failed: the bot may`))).toBe(true);
  });
});

describe('where the bot may write', () => {
  const small: Write = { kind: 'deployments', name: 'adservice', body: { spec: { replicas: 2 } } };
  const setNamespace = (fields: object): void =>
    edit('namespaces', namespace, (object) => ({ ...object, metadata: { ...object.metadata, ...fields } }));

  beforeEach(() => setNamespace({ labels: { 'sre.ai4all.dev/managed': 'true' }, annotations: {} }));

  it('nowhere without an invitation', async () => {
    setNamespace({ labels: {} });
    const { status } = await refusalOf(send(small));
    expect(status.message).toContain(
      'Policy ai4all-sre-managed-namespaces failed: namespace online-boutique does not carry the label sre.ai4all.dev/managed=true',
    );
  });

  it('nowhere while the namespace is frozen', async () => {
    setNamespace({ annotations: { 'sre.ai4all.dev/freeze': 'true' } });
    const { status } = await refusalOf(send(small));
    expect(status.message).toContain('namespace online-boutique is frozen');
    setNamespace({ annotations: { 'sre.ai4all.dev/freeze': 'false' } });
    await expect(send(small)).resolves.toBeDefined();
  });

  it('creates and deletes nothing even where RBAC would let it', async () => {
    const rule = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
    const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'all' } };
    cluster.store.create('clusterroles', { ...role, rules: [rule] }, 'kubectl');
    const binding = {
      ...role,
      kind: 'ClusterRoleBinding',
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'all' },
      subjects: [{ kind: 'ServiceAccount', name: 'ai4all-sre-act', namespace: 'sre' }],
    };
    cluster.store.create('clusterrolebindings', binding, 'kubectl');
    const gone = await refusalOf(bot.core.deleteNamespacedService({ name: 'adservice', namespace }));
    expect(gone.status.message).toContain('Policy ai4all-sre-kinds failed: the bot may not delete services');
    const body = { metadata: { name: 'x' } };
    const made = await refusalOf(bot.core.createNamespacedConfigMap({ namespace, body }));
    expect(made.status.message).toContain('the bot may not create configmaps');
    cluster.store.remove('clusterrolebindings', '', 'all');
  });
});

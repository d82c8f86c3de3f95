import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PatchStrategy } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { LogQuery } from '../../../src/lab/cluster/api/api-context.ts';
import { type Cluster, startCluster } from '../../../src/lab/cluster/cluster.ts';
import { type Clients, clientsOf, patchAs, refusalOf } from '../../contracts/kubernetes-api-client.ts';

const folder = mkdtempSync(join(tmpdir(), 'cluster-'));
const auditLogPath = join(folder, 'audit.log');
const asked: LogQuery[] = [];
const namespace = 'shop';

let cluster: Cluster;
let admin: Clients;

beforeAll(async () => {
  writeFileSync(
    join(folder, 'shop.yaml'),
    [
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: shop}\ndata: {a: b}',
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}',
      'apiVersion: nobody.example/v1\nkind: Unknown\nmetadata: {name: x}',
    ].join('\n---\n'),
  );
  cluster = await startCluster({
    nowMs: Date.now,
    manifests: [folder],
    auditLogPath,
    podLogs: (query) => {
      asked.push(query);
      return 'one\ntwo\n';
    },
  });
  admin = clientsOf(cluster.kubeconfig('admin'));
});

afterAll(async () => {
  await cluster.close();
  rmSync(folder, { recursive: true });
});

/** Speaks HTTP without a client library's manners. */
const raw = (
  method: string,
  path: string,
  options: { readonly body?: string; readonly type?: string; readonly token?: string } = {},
): Promise<{ readonly code: number; readonly text: string; readonly warning: string | undefined }> =>
  new Promise((resolve, reject) => {
    const token = options.token ?? String(parse(cluster.kubeconfig('admin')).users[0].user.token);
    const headers = {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      'content-type': options.type ?? 'application/json',
    };
    const sent = request(new URL(path, cluster.url), { method, headers, ca: cluster.caPem }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({
          code: response.statusCode ?? 0,
          text: Buffer.concat(parts).toString(),
          warning: response.headers.warning as string | undefined,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(options.body);
  });

describe('manifests', () => {
  it('are loaded in an order that works, and kinds that are not served are left out', () => {
    expect(cluster.store.get('configmaps', 'shop', 'settings')?.data).toEqual({ a: 'b' });
    expect(cluster.store.get('namespaces', '', 'shop')?.metadata.labels).toEqual({
      'kubernetes.io/metadata.name': 'shop',
    });
  });
});

describe('paths', () => {
  it('health and version are for everybody, the rest is not', async () => {
    expect(await raw('GET', '/readyz', { token: '' })).toMatchObject({ code: 200, text: 'ok' });
    expect(JSON.parse((await raw('GET', '/version', { token: '' })).text).gitVersion).toMatch(/^v1\.\d+\.\d+$/);
    const stranger = await raw('GET', '/api/v1/namespaces', { token: '' });
    expect(stranger.code).toBe(403);
    expect(JSON.parse(stranger.text).message).toBe(
      'namespaces is forbidden: User "system:anonymous" cannot list resource "namespaces" in API group "" at the cluster scope',
    );
  });

  it('discovery names every kind before its subresources', async () => {
    const { resources } = JSON.parse((await raw('GET', '/apis/apps/v1')).text);
    const deployments = resources.filter((entry: { name: string }) => entry.name.startsWith('deployments'));
    expect(deployments.map((entry: { name: string; kind: string }) => [entry.name, entry.kind])).toEqual([
      ['deployments', 'Deployment'],
      ['deployments/status', 'Deployment'],
      ['deployments/scale', 'Scale'],
    ]);
    const { groups } = JSON.parse((await raw('GET', '/apis')).text);
    expect(groups.map(({ name }: { name: string }) => name)).toContain('networking.k8s.io');
  });

  it.each([
    ['/nothing', 404],
    ['/apis/apps/v9/deployments', 404],
    ['/api/v1/namespaces/shop/pods/x/unknown', 404],
    ['/api/v1/namespaces/%zz/pods', 400],
  ])('%s answers %d', async (path, code) => {
    expect((await raw('GET', path)).code).toBe(code);
  });

  it('a verb that a kind does not have is not allowed', async () => {
    expect(JSON.parse((await raw('PUT', '/api/v1/namespaces/shop/configmaps')).text).reason).toBe('MethodNotAllowed');
  });

  it('a body that is too large is refused unread', async () => {
    const { code } = await raw('POST', '/api/v1/namespaces/shop/configmaps', { body: `"${'x'.repeat(3_200_000)}"` });
    expect(code).toBe(413);
  });

  it.each(['{', '[]', '"text"', ''])('the body %j is a bad request', async (body) => {
    const { code, text } = await raw('POST', '/api/v1/namespaces/shop/configmaps', { body });
    expect([code, JSON.parse(text).reason]).toEqual([400, 'BadRequest']);
  });

  it('an apply may come as YAML', async () => {
    const body = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: "1"\n';
    const path = '/api/v1/namespaces/shop/configmaps/yaml?fieldManager=git';
    const { code, text } = await raw('PATCH', path, { body, type: 'application/apply-patch+yaml' });
    expect([code, JSON.parse(text).data]).toEqual([201, { a: '1' }]);
    expect(JSON.parse(text).metadata.managedFields[0]).toMatchObject({ manager: 'git', operation: 'Apply' });
  });

  it('a warning of a policy arrives as a header', async () => {
    const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] };
    const spec = {
      validationActions: ['Warn'],
      matchConstraints: { resourceRules: [rule] },
      validations: [{ expression: 'false', message: 'think "twice"' }],
    };
    const kind = { apiVersion: 'policies.kyverno.io/v1', kind: 'ValidatingPolicy', metadata: { name: 'warner' }, spec };
    cluster.store.create('validatingpolicies', kind, 'kubectl');
    const body = JSON.stringify({ metadata: { name: 'warned' } });
    const answer = await raw('POST', '/api/v1/namespaces/shop/configmaps', { body });
    expect(answer).toMatchObject({ code: 201, warning: '299 - "Policy warner failed: think \\"twice\\""' });
    cluster.store.remove('validatingpolicies', '', 'warner');
  });
});

describe('custom resources', () => {
  it('are served as soon as their definition is there, keep unknown fields and know no strategic merge', async () => {
    await admin.any.create({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'podchaos.chaos-mesh.org' },
      spec: {
        group: 'chaos-mesh.org',
        scope: 'Namespaced',
        names: { kind: 'PodChaos', plural: 'podchaos' },
        versions: [{ name: 'v1alpha1', served: true, storage: true }],
      },
    } as never);
    const where = { group: 'chaos-mesh.org', version: 'v1alpha1', namespace, plural: 'podchaos' };
    const body = {
      apiVersion: 'chaos-mesh.org/v1alpha1',
      kind: 'PodChaos',
      metadata: { generateName: 'kill-', finalizers: ['chaos-mesh/records'] },
      spec: { action: 'pod-kill', odd: { deep: [1] } },
    };
    const made = await admin.custom.createNamespacedCustomObject({ ...where, body });
    expect(made).toMatchObject({ spec: { odd: { deep: [1] } }, metadata: { generation: 1 } });
    const { name } = made.metadata;
    const merge = patchAs(PatchStrategy.StrategicMergePatch);
    const { code } = await refusalOf(admin.custom.patchNamespacedCustomObject({ ...where, name, body: {} }, merge));
    expect(code).toBe(415);
    // A finalizer holds the object until it is taken away.
    await admin.custom.deleteNamespacedCustomObject({ ...where, name });
    const held = await admin.custom.getNamespacedCustomObject({ ...where, name });
    expect(held.metadata.deletionTimestamp).toMatch(/Z$/);
    const released = { metadata: { finalizers: [] } };
    await admin.custom.patchNamespacedCustomObject(
      { ...where, name, body: released },
      patchAs(PatchStrategy.MergePatch),
    );
    expect((await refusalOf(admin.custom.getNamespacedCustomObject({ ...where, name }))).code).toBe(404);
  });
});

describe('pods', () => {
  beforeAll(async () => {
    const body = {
      metadata: { name: 'web', labels: { app: 'web' } },
      spec: { containers: [{ name: 'server', image: 'shop/web:1' }] },
    };
    await admin.core.createNamespacedPod({ namespace, body });
  });

  it('give their log as the kubelet reads it', async () => {
    const log = await admin.core.readNamespacedPodLog({ name: 'web', namespace, tailLines: 2, previous: true });
    expect(log).toBe('one\ntwo\n');
    expect(asked.at(-1)).toMatchObject({ pod: 'web', container: 'server', previous: true, tailLines: 2 });
  });

  it('are evicted unless a budget forbids it', async () => {
    const selector = { matchLabels: { app: 'web' } };
    const budget = {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'web', namespace },
      spec: { selector },
    };
    cluster.store.create('poddisruptionbudgets', { ...budget, status: { disruptionsAllowed: 0 } }, 'controller');
    const eviction = { name: 'web', namespace, body: { metadata: { name: 'web', namespace } } };
    const { code } = await refusalOf(admin.core.createNamespacedPodEviction(eviction));
    expect(code).toBe(429);
    cluster.store.updateStatus('poddisruptionbudgets', { ...budget, status: { disruptionsAllowed: 1 } }, 'controller');
    await admin.core.createNamespacedPodEviction(eviction);
    expect(cluster.store.get('pods', namespace, 'web')).toBeUndefined();
  });
});

describe('the audit log on disk', () => {
  it('holds one JSON line for each request, and no token', async () => {
    await admin.core.listNamespacedConfigMap({ namespace });
    const token = String(parse(cluster.kubeconfig('admin')).users[0].user.token);
    const { auditID } = cluster.auditEvents().at(-1) ?? { auditID: 'none' };
    await expect.poll(() => readFileSync(auditLogPath, 'utf8')).toContain(auditID);
    const text = readFileSync(auditLogPath, 'utf8');
    expect(text).not.toContain(token);
    for (const line of text.trim().split('\n')) expect(JSON.parse(line).apiVersion).toBe('audit.k8s.io/v1');
  });
});

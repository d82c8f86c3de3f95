import { describe, expect, it } from 'vitest';
import { settled } from '../../../src/lab/cluster/controllers/settled.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { decodeProblem } from '../../../src/lab/cluster/objects/decode-problem.ts';
import { objectDefaults } from '../../../src/lab/cluster/objects/object-defaults.ts';
import { objectProblems } from '../../../src/lab/cluster/objects/validate-object.ts';
import { boutique, createBench } from './controllers-bench.ts';

const files = boutique();
const objects = [...files].filter(([file]) => file !== 'kustomization.yaml').flatMap(([, documents]) => documents);
const ofKind = (kind: string): readonly KubeObject[] => objects.filter((object) => object.kind === kind);
const plurals: Readonly<Record<string, string>> = {
  Namespace: 'namespaces',
  ServiceAccount: 'serviceaccounts',
  Deployment: 'deployments',
  Service: 'services',
};
const containerOf = (deployment: KubeObject): KubeObject => deployment.spec.template.spec.containers[0];

describe('the manifests of Online Boutique', () => {
  it('are all listed in the kustomization', () => {
    const listed = files.get('kustomization.yaml')?.[0]?.resources;
    const others = [...files.keys()].filter((file) => file !== 'kustomization.yaml');
    expect(new Set(listed)).toEqual(new Set(others));
  });

  it('put every object into the managed namespace', () => {
    const [namespace, ...others] = ofKind('Namespace');
    expect(others).toEqual([]);
    expect(namespace?.metadata).toMatchObject({
      name: 'online-boutique',
      labels: { 'sre.ai4all.dev/managed': 'true' },
      annotations: { 'linkerd.io/inject': 'enabled' },
    });
    const elsewhere = objects.filter(
      (object) => object.kind !== 'Namespace' && object.metadata.namespace !== 'online-boutique',
    );
    expect(elsewhere).toEqual([]);
  });

  it('name no registry', () => {
    const images = ofKind('Deployment').map((deployment) => containerOf(deployment).image);
    expect(images.filter((image) => !/^(online-boutique\/[a-z]+:v0\.10\.2|redis:alpine)$/.test(image))).toEqual([]);
  });

  it('have twelve Deployments whose selectors, labels, accounts and probes agree', () => {
    expect(ofKind('Deployment')).toHaveLength(12);
    const accounts = new Set(ofKind('ServiceAccount').map((account) => account.metadata.name));
    for (const deployment of ofKind('Deployment')) {
      const { selector, template, replicas } = deployment.spec;
      const name = deployment.metadata.name;
      expect(template.metadata.labels).toMatchObject(selector.matchLabels);
      if (template.spec.serviceAccountName !== undefined) expect(accounts).toContain(template.spec.serviceAccountName);
      const doubled = ['frontend', 'checkoutservice', 'cartservice', 'productcatalogservice'];
      expect([name, replicas]).toEqual([name, doubled.includes(name) ? 2 : 1]);
      const { ports, readinessProbe, resources } = containerOf(deployment);
      const probed = readinessProbe?.grpc ?? readinessProbe?.httpGet ?? readinessProbe?.tcpSocket;
      expect(probed?.port).toBe(ports?.[0].containerPort);
      expect(Object.keys(resources)).toEqual(['requests', 'limits']);
    }
  });

  it('lead every address in an environment to a Service and its port, and every Service to a container', () => {
    const addresses = new Set(ofKind('Service').map(({ metadata, spec }) => `${metadata.name}:${spec.ports[0].port}`));
    const named = ofKind('Deployment')
      .flatMap((deployment): readonly KubeObject[] => containerOf(deployment).env ?? [])
      .filter(({ name }) => String(name).endsWith('_ADDR'));
    expect(named.length).toBeGreaterThan(12);
    expect(named.filter(({ value }) => !addresses.has(value))).toEqual([]);
    for (const service of ofKind('Service')) {
      const backend = ofKind('Deployment').find(({ metadata }) => metadata.name === service.spec.selector.app);
      expect(backend === undefined ? [] : containerOf(backend).ports).toContainEqual({
        containerPort: service.spec.ports[0].targetPort,
      });
    }
  });

  it('are what an API server accepts', () => {
    const refused = objects
      .map((object) => [object.metadata.name, decodeProblem(object), objectProblems(objectDefaults(object))] as const)
      .filter(([, unreadable, problems]) => unreadable !== null || problems.length > 0);
    expect(refused).toEqual([]);
  });

  it('roll out on the small cluster until every replica is ready and every Service has endpoints', () => {
    const bench = createBench();
    bench.judgeBy((_pod, container) =>
      container === 'frontend-check'
        ? { kind: 'exits', afterMs: 400, exitCode: 0, reason: 'Completed' }
        : { kind: 'runs', readyAfterMs: 700 },
    );
    for (const object of objects) bench.create(plurals[object.kind] ?? object.kind, objectDefaults(object));
    bench.start();
    expect(settled(bench.store, 'online-boutique')).toBe(false);
    bench.until('the shop is open', () => settled(bench.store, 'online-boutique'));
    expect(bench.store.list('pods', 'online-boutique')).toHaveLength(16);
    const hollow = bench.store
      .list('endpoints', 'online-boutique')
      .filter((endpoints) => endpoints.subsets?.[0]?.addresses === undefined);
    expect(hollow).toEqual([]);
    expect(bench.store.list('endpoints', 'online-boutique')).toHaveLength(12);
    expect(bench.trouble).toEqual([]);
    for (const plural of ['pods', 'replicasets', 'deployments', 'nodes', 'endpoints']) {
      const odd = bench.store.list(plural).flatMap((object) => objectProblems(object));
      expect({ plural, odd }).toEqual({ plural, odd: [] });
    }
  });
});

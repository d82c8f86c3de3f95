import { describe, expect, it } from 'vitest';
import { type Bench, createBench, namespace, webDeployment, withContainer, withSpec } from './controllers-bench.ts';

const service = (spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace, labels: { app: 'web' } },
  spec: { selector: { app: 'web' }, ports: [{ name: 'http', port: 80, targetPort: 8080 }], ...spec },
});

const started = (spec: object = {}): Bench => {
  const bench = createBench();
  bench.create('services', service(spec));
  bench.create('deployments', webDeployment());
  bench.start();
  bench.settle();
  bench.time.advance(100);
  return bench;
};

describe('Endpoints', () => {
  it('hold the ready pods of the Service with the port that they serve', () => {
    const bench = started();
    const [subset, ...others] = bench.get('endpoints', 'web').subsets;
    expect(others).toEqual([]);
    expect(subset.ports).toEqual([{ name: 'http', port: 8080, protocol: 'TCP' }]);
    expect(subset).not.toHaveProperty('notReadyAddresses');
    const expected = bench.pods().map((pod) => ({
      ip: pod.status.podIP,
      nodeName: pod.spec.nodeName,
      targetRef: { kind: 'Pod', namespace, name: pod.metadata.name, uid: pod.metadata.uid },
    }));
    expect(subset.addresses).toEqual(expect.arrayContaining(expected));
    expect(subset.addresses).toHaveLength(2);
  });

  it('move a pod that is not ready to the other list', () => {
    const bench = started();
    bench.judgeBy(() => ({ kind: 'runs', readyAfterMs: null }));
    bench.until('nobody is ready', () => bench.get('endpoints', 'web').subsets[0].addresses === undefined);
    expect(bench.get('endpoints', 'web').subsets[0].notReadyAddresses).toHaveLength(2);
    const [slice] = bench.store.list('endpointslices', namespace);
    expect(slice?.endpoints.map((endpoint: { conditions: object }) => endpoint.conditions)).toEqual([
      { ready: false, serving: false, terminating: false },
      { ready: false, serving: false, terminating: false },
    ]);
  });

  it('are empty when the selector drifts from the labels, and fill again when it comes back', () => {
    const bench = started();
    bench.edit('services', 'web', withSpec({ selector: { app: 'web', version: 'v2' } }));
    bench.time.advance(100);
    expect(bench.get('endpoints', 'web')).not.toHaveProperty('subsets');
    expect(bench.store.list('endpointslices', namespace)[0]?.endpoints).toEqual([]);
    bench.edit('services', 'web', withSpec({ selector: { app: 'web' } }));
    bench.time.advance(100);
    expect(bench.get('endpoints', 'web').subsets[0].addresses).toHaveLength(2);
  });

  it('lose a pod as soon as it is on its way out', () => {
    const bench = started();
    bench.edit('deployments', 'web', withSpec({ replicas: 0 }));
    bench.time.advance(50);
    expect(bench.pods()).toHaveLength(2);
    expect(bench.get('endpoints', 'web')).not.toHaveProperty('subsets');
  });

  it('follow a port by its name', () => {
    const bench = started({ ports: [{ port: 80, targetPort: 'web' }] });
    expect(bench.get('endpoints', 'web').subsets[0].ports).toEqual([]);
    bench.edit('deployments', 'web', withContainer({ ports: [{ name: 'web', containerPort: 8080 }] }));
    bench.settle();
    bench.time.advance(100);
    expect(bench.get('endpoints', 'web').subsets[0].ports).toEqual([{ port: 8080, protocol: 'TCP' }]);
  });

  it('go with their Service', () => {
    const bench = started();
    bench.store.remove('services', namespace, 'web');
    bench.time.advance(15_000);
    expect(bench.store.list('endpoints', namespace)).toEqual([]);
    expect(bench.store.list('endpointslices', namespace)).toEqual([]);
  });

  it('come back when somebody deletes them', () => {
    const bench = started();
    bench.store.remove('endpoints', namespace, 'web');
    bench.time.advance(100);
    expect(bench.get('endpoints', 'web').subsets[0].addresses).toHaveLength(2);
  });

  it('of a Service without a selector are left to others', () => {
    const bench = createBench();
    bench.create('services', service({ selector: undefined }));
    bench.start();
    bench.time.advance(1_000);
    expect(bench.store.list('endpoints', namespace)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';
import { createWorld } from '../../src/lab/world/create-world.ts';
import { createRunningBoutique, namespace, setReady } from './world-boutique.ts';

const start = Date.parse('2026-03-01T10:00:00Z');

const openCourt = () => {
  const store = createRunningBoutique(() => start);
  const world = createWorld({ store, namespace, seed: 1 });
  world.step(start);
  const podOf = (workload: string, change: (container: KubeObject['spec']) => object = () => ({})): KubeObject => {
    const pod = store.get('pods', namespace, `${workload}-5d4f8c7b9-aaaaa`);
    if (pod === undefined) throw new Error('no pod');
    const [container] = pod.spec.containers;
    return { ...pod, spec: { ...pod.spec, containers: [{ ...container, ...change(container) }] } };
  };
  return { store, world, podOf };
};

const withEnv = (name: string, value: string) => (container: KubeObject['spec']) => ({
  env: container.env.map((entry: { name: string }) => (entry.name === name ? { name, value } : entry)),
});

describe('the judge of containers', () => {
  it('lets every application of the shop run and become ready within two seconds or so', () => {
    const { store, world } = openCourt();
    for (const pod of store.list('pods', namespace)) {
      const fate = world.judge(pod, pod.spec.containers[0].name, 0);
      expect(fate).toMatchObject({ kind: 'runs' });
      expect(fate.kind === 'runs' && fate.readyAfterMs).toBeGreaterThanOrEqual(400);
      expect(fate.kind === 'runs' && fate.readyAfterMs).toBeLessThanOrEqual(2_100);
    }
  });

  it("refuses an image that the registry does not have, in the registry's words", () => {
    const { world, podOf } = openCourt();
    const fate = world.judge(
      podOf('frontend', () => ({ image: 'online-boutique/frontend:v0.10.3-rc1' })),
      'server',
      0,
    );
    expect(fate).toMatchObject({
      kind: 'cannot-pull',
      message: expect.stringMatching(
        /^Failed to pull image "online-boutique\/frontend:v0\.10\.3-rc1": rpc error: code = NotFound .*: not found$/,
      ),
    });
  });

  it('knows older releases and the full names of images', () => {
    const { world, podOf } = openCourt();
    for (const image of ['online-boutique/frontend:v0.10.1', 'library/redis:alpine', 'busybox']) {
      expect(
        world.judge(
          podOf('frontend', () => ({ image })),
          'server',
          0,
        ).kind,
      ).toBe('runs');
    }
  });

  it.each([
    ['PAYMENT_SERVICE_ADDR', '', 'environment variable "PAYMENT_SERVICE_ADDR" not set'],
    ['PAYMENT_SERVICE_ADDR', 'paymentservice', 'missing port in address'],
    ['PAYMENT_SERVICE_ADDR', 'paymentservice:http', 'invalid port'],
    ['PORT', 'grpc', 'unknown port'],
  ])('stops an application whose %s is "%s" and lets it say why', (name, value, words) => {
    const { world, podOf } = openCourt();
    const fate = world.judge(podOf('checkoutservice', withEnv(name, value)), 'server', 0);
    expect(fate).toMatchObject({ kind: 'exits', exitCode: 1, reason: 'Error' });
    expect(fate.kind === 'exits' && fate.afterMs).toBeLessThan(1_000);
    const lines = world.step(start + 2_000).logs.filter((line) => line.labels.app === 'checkoutservice');
    expect(lines.some((line) => line.line.includes(words) && line.line.includes(name))).toBe(true);
  });

  it('writes the last words once for each start, not at each look', () => {
    const { world, podOf } = openCourt();
    const pod = podOf('checkoutservice', withEnv('PORT', 'grpc'));
    for (const runningForMs of [0, 200, 400, 0, 200]) world.judge(pod, 'server', runningForMs);
    const lines = world.step(start + 1).logs.filter((line) => line.line.includes('unknown port'));
    expect(lines).toHaveLength(2);
  });

  it('kills what does not fit into its memory, the sooner the less there is', () => {
    const { world, podOf } = openCourt();
    const fates = ['20Mi', '60Mi'].map((memory) =>
      world.judge(
        podOf('adservice', () => ({ resources: { limits: { memory } } })),
        'server',
        0,
      ),
    );
    expect(fates).toMatchObject([
      { kind: 'exits', exitCode: 137, reason: 'OOMKilled' },
      { kind: 'exits', exitCode: 137, reason: 'OOMKilled' },
    ]);
    const [tight, roomier] = fates.map((fate) => (fate.kind === 'exits' ? fate.afterMs : 0));
    expect(tight).toBeLessThan(roomier ?? 0);
  });

  it('answers probes where the application listens, whatever the container declares', () => {
    const { world, podOf } = openCourt();
    const ask = (pod: ReturnType<typeof podOf>, probe: object) => world.probe?.(pod, 'server', probe)?.kind;
    const moved = podOf('frontend', withEnv('PORT', '8081'));
    expect(ask(moved, { httpGet: { path: '/_healthz', port: 8080 } })).toBe('refused');
    expect(ask(moved, { httpGet: { path: '/_healthz', port: 8081 } })).toBe('answered');
    expect(ask(podOf('frontend'), { httpGet: { path: '/health', port: 8080 } })).toBe('status');
    expect(ask(podOf('cartservice'), { httpGet: { path: '/', port: 7070 } })).toBe('garbled');
    expect(ask(podOf('cartservice'), { exec: { command: ['/bin/grpc_health_probe'] } })).toBe('failed');
  });

  it('cannot create a container whose Secret is missing', () => {
    const { world, podOf } = openCourt();
    const env = [{ name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'shop-token', key: 'token' } } }];
    expect(
      world.judge(
        podOf('redis-cart', () => ({ env })),
        'redis',
        0,
      ),
    ).toEqual({
      kind: 'cannot-create',
      message: 'secret "shop-token" not found',
    });
  });

  it('lets an application run and start although a Service that it names has vanished', () => {
    const { world, podOf, store } = openCourt();
    store.remove('services', namespace, 'paymentservice');
    expect(world.judge(podOf('checkoutservice'), 'server', 60_000).kind).toBe('runs');
    expect(world.judge(podOf('checkoutservice'), 'server', 0).kind).toBe('runs');
  });

  it('lets an init container wait until the address that it asks for answers', () => {
    const { world, podOf, store } = openCourt();
    const pod = podOf('loadgenerator');
    const env = [{ name: 'FRONTEND_ADDR', value: 'frontend:80' }];
    const initContainers = [{ name: 'frontend-check', image: 'busybox:1.36', env }];
    const waiting = { ...pod, spec: { ...pod.spec, initContainers } };
    expect(world.judge(waiting, 'frontend-check', 0)).toMatchObject({
      kind: 'exits',
      exitCode: 0,
      reason: 'Completed',
    });
    setReady(store, 'frontend-5d4f8c7b9-aaaaa', false);
    expect(world.judge(waiting, 'frontend-check', 0)).toEqual({ kind: 'runs', readyAfterMs: null });
  });

  it.each([
    ['anything:at-all', 'runs'],
    ['busybox:1.36', 'runs'],
    ['busybox:1.99', 'cannot-pull'],
  ])('has no opinion on other namespaces, but for a tag that its own registry lacks: %s %s', (image, kind) => {
    const { world, podOf } = openCourt();
    const pod = podOf('frontend', () => ({ image }));
    const elsewhere = { ...pod, metadata: { ...pod.metadata, namespace: 'sre' } };
    expect(world.judge(elsewhere, 'server', 0).kind).toBe(kind);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventsFrom } from '../../src/adapters/kubernetes/event-data.ts';
import { podStateOf } from '../../src/adapters/kubernetes/pod-state.ts';
import { servicesFrom } from '../../src/adapters/kubernetes/service-data.ts';
import { topologyFrom } from '../../src/adapters/kubernetes/topology.ts';
import { workloadsFrom } from '../../src/adapters/kubernetes/workload-data.ts';
import { createKyverno } from '../../src/adapters/kyverno/create-kyverno.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { service, workload } from '../actions-world.ts';

describe('the call graph', () => {
  const edgesOf = (podSpec: JsonObject, env: readonly JsonObject[] = [], configMaps: readonly JsonObject[] = []) => {
    const caller = workload({ name: 'front', env, podSpec });
    const world = {
      namespace: 'shop',
      workloads: [caller, workload({ name: 'cart' }), workload({ name: 'pay-v1', labels: { app: 'pay' } })],
      services: [service('cart', { app: 'gone' }), service('pay', { app: 'pay' }), service('front', { app: 'front' })],
      configMaps,
    };
    return topologyFrom(world).edges.map(({ to }) => to);
  };
  const set = (name: string, value: string) => edgesOf({}, [{ name, value }]);

  it.each([
    'cart:7070',
    'http://cart',
    'http://cart/path?x=1',
    'redis://:pw@cart:6379/0',
    'cart.shop:7070',
    'cart.shop.svc.cluster.local:7070',
    'elsewhere:1,cart:7070',
    'dns:///cart:7070',
  ])('reads %s', (value) => {
    expect(set('X', value)).toEqual(['cart']);
  });

  it.each([
    'cart',
    'the cart is full',
    'cart:seventy',
    'cart.other:7070',
    'mycart:7070',
    'cart-2:7070',
    'http://front',
  ])('does not take %s for a call', (value) => {
    expect(set('X', value)).toEqual([]);
  });

  it('takes a bare name where the variable speaks of hosts, and follows the selector when no workload has the name', () => {
    expect(set('CART_HOST', 'cart')).toEqual(['cart']);
    expect(set('X', 'pay:80')).toEqual(['pay-v1']);
  });

  it('reads arguments, init containers and ConfigMaps too', () => {
    const config = { metadata: { name: 'settings', namespace: 'shop' }, data: { CART_ADDR: 'cart:7070' } };
    expect(edgesOf({ initContainers: [{ name: 'wait', args: ['--host=http://cart'] }] })).toEqual(['cart']);
    const byKey = { name: 'ADDR', valueFrom: { configMapKeyRef: { name: 'settings', key: 'CART_ADDR' } } };
    expect(edgesOf({}, [byKey], [config])).toEqual(['cart']);
    const whole = { initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name: 'settings' } }] }] };
    expect(edgesOf(whole, [], [config])).toEqual(['cart']);
  });

  it('bears any text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (value) => {
        expect(set('URL', value).every((to) => to === 'cart' || to === 'pay-v1')).toBe(true);
      }),
    );
  });
});

describe('Services', () => {
  it('know by recorded changes what they selected before', () => {
    const drifted = service('outside', { app: 'front', tier: 'x' });
    const object = { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'outside' };
    const change = { at: '2026-11-22T18:30:05Z', object, path: '/spec/selector/tier', after: 'x', manager: 'alice' };
    const world = {
      services: [drifted, { ...service('mail', {}), spec: { type: 'ExternalName' } }, service('bare', {})],
      endpoints: [{ metadata: { name: 'outside' }, subsets: [{ notReadyAddresses: [{ ip: '1' }, { ip: '2' }] }] }],
      workloads: [workload({ name: 'front' })],
      changes: [{ kind: 'change', changes: [change] }] as const,
    };
    expect(servicesFrom(world)).toMatchObject([
      { service: { name: 'outside' }, ready: 0, notReady: 2, matches: [], expected: ['front'] },
      { service: { name: 'bare' }, expected: [] },
    ]);
  });
});

describe('workloads', () => {
  it('are told with their own pods only, newest revision first', () => {
    const cart = workload({ name: 'cart', limits: { cpu: '250m' }, spec: { paused: true } });
    const owned = (name: string, uid: string): JsonObject => ({ metadata: { name, ownerReferences: [{ uid }] } });
    const set = (revision: string): JsonObject => ({
      metadata: {
        name: `cart-${revision}`,
        uid: `rs-${revision}`,
        annotations: { 'deployment.kubernetes.io/revision': revision },
        ownerReferences: [{ uid: 'uid-cart' }],
      },
    });
    const [told] = workloadsFrom({
      workloads: [cart, { kind: 'Job' }],
      replicaSets: [set('9'), set('10'), owned('other', 'uid-other')],
      pods: [owned('mine', 'rs-10'), owned('yours', 'rs-x')],
    });
    expect(told).toMatchObject({
      paused: true,
      containers: [{ name: 'server', cpuLimit: 0.25 }],
      pods: [{ name: 'mine' }],
      revisions: [{ revision: 10 }, { revision: 9 }],
    });
    expect(told?.containers[0]).not.toHaveProperty('memoryLimit');
  });

  it('count DaemonSets by their status', () => {
    const daemons = {
      ...workload({ name: 'd', kind: 'DaemonSet' }),
      status: { desiredNumberScheduled: 3, numberReady: 2 },
    };
    expect(workloadsFrom({ workloads: [daemons], replicaSets: [], pods: [] })).toMatchObject([
      { replicas: 3, ready: 2 },
    ]);
  });

  it('tell of each container why it waits and how it ended before', () => {
    const pod = {
      metadata: { name: 'p', deletionTimestamp: '2026-11-22T18:00:00Z' },
      spec: { containers: [{ name: 'server', image: 'i' }] },
      status: {
        phase: 'Running',
        containerStatuses: [
          {
            name: 'server',
            image: 'i',
            restartCount: 4,
            state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off' } },
            lastState: { terminated: { reason: 'OOMKilled', exitCode: 137, finishedAt: '2026-11-22T18:00:00Z' } },
          },
        ],
      },
    };
    expect(podStateOf(pod)).toMatchObject({
      phase: 'Terminating',
      ready: false,
      containers: [
        {
          restarts: 4,
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          lastTermination: { reason: 'OOMKilled', exitCode: 137 },
        },
      ],
    });
    expect(podStateOf({ ...pod, status: {} }).containers).toEqual([
      { name: 'server', image: 'i', ready: false, restarts: 0, state: 'waiting' },
    ]);
  });
});

describe('events', () => {
  const event = (about: JsonObject): JsonObject => ({
    type: 'Warning',
    reason: 'BackOff',
    message: 'm',
    involvedObject: { kind: 'Pod', name: 'p', namespace: 'shop' },
    ...about,
  });

  it('are merged, counted and told newest first, from whichever field holds the time', () => {
    const told = eventsFrom(
      [
        event({ count: 2, lastTimestamp: '2026-11-22T18:30:00Z' }),
        event({ count: 3, lastTimestamp: '2026-11-22T18:31:00Z' }),
        event({
          reason: 'New',
          series: { count: 7, lastObservedTime: '2026-11-22T18:40:00Z' },
          eventTime: '2026-11-22T18:00:00Z',
        }),
        event({ reason: 'Old', eventTime: '2026-11-22T17:00:00Z' }),
        event({ reason: 'Timeless' }),
      ],
      '2026-11-22T18:00:00.000Z',
    );
    expect(told).toMatchObject([
      { reason: 'New', count: 7, lastSeenAt: '2026-11-22T18:40:00.000Z' },
      { reason: 'BackOff', count: 5, lastSeenAt: '2026-11-22T18:31:00.000Z' },
    ]);
  });

  it('are bounded in number and length', () => {
    const many = Array.from({ length: 300 }, (_none, index) =>
      event({ message: `${index}`.padEnd(5_000, 'x'), lastTimestamp: '2026-11-22T18:30:00Z' }),
    );
    const told = eventsFrom(many, '2026-11-22T18:00:00.000Z');
    expect(told).toHaveLength(200);
    expect(told.every(({ message }) => message.length <= 1_000)).toBe(true);
  });
});

describe('Kyverno', () => {
  const hook = {
    metadata: { name: 'kyverno-resource-validating-webhook-cfg' },
    webhooks: [{ rules: [{ apiGroups: ['apps'], resources: ['deployments'], operations: ['CREATE', 'UPDATE'] }] }],
  };
  const engine = (shelves: Readonly<Record<string, readonly JsonObject[] | 'unreachable'>>) =>
    createKyverno({
      list: async (path) => {
        const found = shelves[path.split('/').at(-1) ?? ''];
        if (found === 'unreachable') return { outcome: 'unreachable', query: path, reason: '403' };
        return found === undefined
          ? { outcome: 'empty', query: path }
          : { outcome: 'found', value: found, query: path };
      },
    }).policies();

  it('tells what its policies of both kinds do', async () => {
    const answer = await engine({
      validatingwebhookconfigurations: [hook],
      validatingpolicies: [
        {
          metadata: { name: 'a' },
          spec: { validationActions: ['Audit'] },
          status: { conditionStatus: { ready: true } },
        },
        { metadata: { name: 'b' }, spec: {} },
      ],
      clusterpolicies: [
        {
          metadata: { name: 'c' },
          spec: { rules: [{ validate: { failureAction: 'Enforce' } }] },
          status: { conditions: [{ type: 'Ready', status: 'True' }] },
        },
        { metadata: { name: 'd' }, spec: { validationFailureAction: 'audit' } },
      ],
    });
    expect(answer).toMatchObject({
      outcome: 'found',
      value: [
        { name: 'a', action: 'Audit', ready: true },
        { name: 'b', action: 'Deny', ready: false },
        { name: 'c', action: 'Deny', ready: true },
        { name: 'd', action: 'Audit', ready: false },
      ],
    });
  });

  it('fails closed', async () => {
    const policies = { validatingpolicies: [{ metadata: { name: 'a' }, spec: {} }] };
    const outcome = async (shelves: Parameters<typeof engine>[0]) => (await engine(shelves)).outcome;
    const other = {
      ...hook,
      webhooks: [{ rules: [{ apiGroups: [''], resources: ['pods'], operations: ['UPDATE'] }] }],
    };
    expect(await outcome({ ...policies })).toBe('empty');
    expect(await outcome({ ...policies, validatingwebhookconfigurations: [other] })).toBe('empty');
    expect(await outcome({ validatingwebhookconfigurations: [hook] })).toBe('empty');
    expect(await outcome({ ...policies, validatingwebhookconfigurations: 'unreachable' })).toBe('unreachable');
    expect(await outcome({ validatingpolicies: 'unreachable', validatingwebhookconfigurations: [hook] })).toBe(
      'unreachable',
    );
    expect(await outcome({ clusterpolicies: 'unreachable', validatingwebhookconfigurations: [hook] })).toBe(
      'unreachable',
    );
    expect(
      await outcome({ ...policies, clusterpolicies: 'unreachable', validatingwebhookconfigurations: [hook] }),
    ).toBe('found');
  });
});

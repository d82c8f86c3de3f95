import { describe, expect, it } from 'vitest';
import { istioPoliciesFrom, linkerdPoliciesFrom } from '../../src/adapters/kubernetes/mesh-policy-data.ts';
import { routeDataOf } from '../../src/adapters/kubernetes/route-data.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { service, workload } from '../actions-world.ts';

const workloads = [workload({ name: 'cart' }), workload({ name: 'front' })];
const policy = (kind: string, spec: JsonObject): JsonObject => ({
  apiVersion: 'security.istio.io/v1',
  kind,
  metadata: { namespace: 'shop', name: 'wall', labels: { tier: 'inner' } },
  spec,
});

describe('policies of Istio', () => {
  const effects = (kind: string, spec: JsonObject) =>
    istioPoliciesFrom([policy(kind, spec)], workloads).map(({ effect, selects }) => [effect, selects.length]);

  it.each<[string, JsonObject, unknown]>([
    ['admits nobody when it allows nothing', {}, [['denies-all', 2]]],
    ['admits some when it allows some', { rules: [{ from: [] }] }, [['admits-some', 2]]],
    ['keeps nobody out when it allows everything', { rules: [{}] }, []],
    ['refuses nobody when it denies nothing', { action: 'DENY' }, []],
    ['refuses some', { action: 'DENY', rules: [{ to: [] }] }, [['denies-some', 2]]],
    ['refuses all', { action: 'DENY', rules: [{}] }, [['denies-all', 2]]],
    ['leaves the judgement to others', { action: 'CUSTOM', rules: [{}] }, []],
    ['is for a gateway', { targetRefs: [{ kind: 'Gateway', name: 'door' }] }, []],
    ['is for some pods', { selector: { matchLabels: { app: 'cart' } } }, [['denies-all', 1]]],
  ])('an AuthorizationPolicy that %s', (_what, spec, expected) => {
    expect(effects('AuthorizationPolicy', spec)).toEqual(expected);
  });

  it('demand encryption only when they are strict', () => {
    expect(effects('PeerAuthentication', { mtls: { mode: 'STRICT' } })).toEqual([['demands-mtls', 2]]);
    expect(effects('PeerAuthentication', { mtls: { mode: 'PERMISSIVE' } })).toEqual([]);
  });
});

describe('Servers of Linkerd', () => {
  const server = policy('Server', { podSelector: { matchLabels: { app: 'cart' } }, port: 'http' });
  const effectsWith = (authorization?: JsonObject, own: JsonObject = server) =>
    linkerdPoliciesFrom([own], authorization === undefined ? [] : [authorization], workloads).map(
      ({ effect, selects }) => [effect, ...selects],
    );

  it('admit nobody until somebody is authorised', () => {
    expect(effectsWith()).toEqual([['denies-all', 'cart']]);
    const other = policy('AuthorizationPolicy', { targetRef: { kind: 'Server', name: 'other' } });
    expect(effectsWith(other)).toEqual([['denies-all', 'cart']]);
  });

  it.each<[string, JsonObject]>([
    ['the Server', { targetRef: { kind: 'Server', name: 'wall' } }],
    ['its namespace', { targetRef: { kind: 'Namespace', name: 'shop' } }],
    ['a route', { targetRef: { kind: 'HTTPRoute', name: 'r' } }],
    ['the Server by name, in the older way', { server: { name: 'wall' } }],
    ['the Server by labels, in the older way', { server: { selector: { matchLabels: { tier: 'inner' } } } }],
  ])('admit some when %s has an authorisation', (_what, spec) => {
    expect(effectsWith(policy('AuthorizationPolicy', spec))).toEqual([['admits-some', 'cart']]);
  });

  it('keep nobody out when their access policy only watches', () => {
    expect(effectsWith(undefined, policy('Server', { podSelector: {}, accessPolicy: 'audit' }))).toEqual([]);
  });
});

describe('routes of a gateway', () => {
  it('name their backends in this namespace, and whether they are served', () => {
    const route = {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      metadata: { namespace: 'shop', name: 'door' },
      spec: {
        hostnames: ['shop.example'],
        rules: [
          {
            matches: [{ path: { value: '/cart' } }],
            backendRefs: [
              { name: 'cart', port: 1 },
              { name: 'gone', port: 80 },
              { name: 'away', namespace: 'other', port: 80 },
              { name: 'bucket', kind: 'Bucket' },
            ],
          },
        ],
      },
    };
    const { backends } = routeDataOf(route, [service('cart', { app: 'cart' })]);
    expect(backends.map(({ service: name, state, path }) => [name, state, path])).toEqual([
      ['cart', 'no-port', '/cart'],
      ['gone', 'no-service', '/cart'],
    ]);
  });
});

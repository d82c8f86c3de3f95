import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/domain/json.ts';
import { restoringPatch } from '../../src/drill/apply-inject.ts';
import { checkField } from '../../src/drill/check-fields.ts';
import { judgeCluster, type Rehearsed } from '../../src/drill/judge-cluster.ts';
import { keyOfObject, type Snapshot, unsettled } from '../../src/drill/snapshot.ts';

interface Sketch {
  readonly kind?: string;
  readonly namespace?: string;
  readonly name: string;
  readonly replicas?: number;
  readonly image?: string;
  readonly status?: JsonObject;
  readonly manager?: string;
}

const workload = ({
  kind = 'Deployment',
  namespace = 'shop',
  name,
  replicas = 2,
  image = 'v1',
  ...rest
}: Sketch): JsonObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { namespace, name, generation: 1, managedFields: [{ manager: rest.manager ?? 'kubectl' }] },
  spec: { replicas, template: { spec: { containers: [{ name: 'server', image }] } } },
  status: rest.status ?? { observedGeneration: 1, replicas, updatedReplicas: replicas, readyReplicas: replicas },
});

const snapshot = (...objects: readonly JsonObject[]): Snapshot =>
  new Map(objects.map((object) => [keyOfObject(object), object]));

const cart = workload({ name: 'cart' });
const broken = workload({
  name: 'cart',
  image: 'v2',
  status: { observedGeneration: 1, replicas: 3, updatedReplicas: 1, readyReplicas: 2 },
});
const elsewhere = workload({ namespace: 'other', name: 'billing' });

const judge = (seen: Partial<Rehearsed>): readonly string[] =>
  judgeCluster({
    before: snapshot(cart, elsewhere),
    injected: snapshot(broken, elsewhere),
    after: snapshot(cart, elsewhere),
    namespaces: ['shop'],
    targets: new Set(['Deployment shop/cart']),
    expected: 'resolved',
    ...seen,
  });

describe('the general oracle', () => {
  it('is content when everything is as it was, or as it should be', () => {
    expect(judge({})).toEqual([]);
    expect(judge({ after: snapshot(workload({ name: 'cart', image: 'v3' }), elsewhere) })).toEqual([]);
  });

  it('finds a workload that is gone, or left at zero, wherever it is', () => {
    expect(judge({ after: snapshot(elsewhere) })).toEqual(['Deployment shop/cart was deleted']);
    expect(judge({ after: snapshot(workload({ name: 'cart', replicas: 0 }), elsewhere) })).toEqual([
      'Deployment shop/cart is left at zero replicas',
    ]);
    expect(judge({ after: snapshot(cart) })).toContain('Deployment other/billing was deleted');
  });

  it('does not mind a workload that ran nothing before either', () => {
    const parked = workload({ name: 'parked', replicas: 0 });
    const [before, after] = [snapshot(cart, parked), snapshot(cart, parked)];
    expect(judge({ before, injected: before, after })).toEqual([]);
  });

  it('wants every rollout of the incident’s namespace settled, except where it was not before', () => {
    expect(judge({ after: snapshot(broken, elsewhere) })).toEqual([
      'Deployment shop/cart is not settled: only 1 of 2 pods are up to date',
    ]);
    expect(judge({ before: snapshot(broken, elsewhere), after: snapshot(broken, elsewhere) })).toEqual([]);
  });

  it('takes what the injection broke as it is where no remedy is expected, and nothing else', () => {
    const after = snapshot(broken, elsewhere);
    for (const expected of ['escalated', 'no_action'] as const) expect(judge({ after, expected })).toEqual([]);
    const worse = workload({
      name: 'cart',
      image: 'v9',
      status: { observedGeneration: 1, replicas: 2, updatedReplicas: 1, readyReplicas: 1 },
    });
    expect(judge({ after: snapshot(worse, elsewhere), expected: 'escalated' })).toHaveLength(1);
    const zero = workload({ name: 'cart', replicas: 0 });
    expect(
      judge({ injected: snapshot(zero, elsewhere), after: snapshot(zero, elsewhere), expected: 'escalated' }),
    ).toEqual([]);
    expect(judge({ after: snapshot(zero, elsewhere), expected: 'escalated' })).toHaveLength(1);
  });

  it('finds what the bot changed outside the incident’s namespace, and leaves controllers and other people alone', () => {
    const touched = (manager: string): Snapshot =>
      snapshot(cart, workload({ namespace: 'other', name: 'billing', image: 'v2', manager }));
    expect(judge({ after: touched('ai4all-sre') })).toEqual([
      "Deployment other/billing, outside the incident's namespace, was changed",
    ]);
    expect(judge({ after: touched('somebody') })).toEqual([]);
  });

  it('allows the bot to touch what the injection named, wherever it is', () => {
    const node = (unschedulable: boolean): JsonObject => ({
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name: 'n1', managedFields: [{ manager: 'ai4all-sre' }] },
      spec: { unschedulable, taints: unschedulable ? [{ key: 'node.kubernetes.io/unschedulable' }] : [] },
    });
    const states = {
      before: snapshot(cart, node(true)),
      after: snapshot(cart, node(false)),
      injected: snapshot(cart, node(true)),
    };
    expect(judge(states)).toEqual(["Node n1, outside the incident's namespace, was changed"]);
    expect(judge({ ...states, targets: new Set(['Node n1']) })).toEqual([]);
  });

  it.each([
    ['settled', { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 2 }, null],
    ['not looked at', { observedGeneration: 0, replicas: 2, updatedReplicas: 2, readyReplicas: 2 }, /not looked/],
    [
      'not ready',
      { observedGeneration: 1, replicas: 2, updatedReplicas: 2, readyReplicas: 1 },
      /1 of 2 pods are ready/,
    ],
    ['with old pods', { observedGeneration: 1, replicas: 3, updatedReplicas: 2, readyReplicas: 2 }, /1 old pod/],
    ['without any status', {}, /0 of 2/],
  ])('tells a rollout that is %s', (_name, status, reason) => {
    const said = unsettled(workload({ name: 'cart', status }));
    if (reason === null) expect(said).toBeNull();
    else expect(said).toMatch(reason);
  });
});

describe('field expectations', () => {
  const object = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'cart' };

  it('compare values as they are meant, and say what they found', () => {
    expect(checkField({ object, path: '/spec/replicas', equals: 2 }, cart)).toBeNull();
    expect(checkField({ object, path: '/spec/replicas', equals: '2' }, cart)).toBeNull();
    expect(checkField({ object, path: '/spec/paused', equals: null }, cart)).toBeNull();
    expect(checkField({ object, path: '/spec/replicas', equals: 3 }, cart)).toBe(
      'Deployment cart /spec/replicas is 2, not 3',
    );
    expect(checkField({ object, path: '/spec/replicas', equals: 3 }, null)).toMatch(/no such object/);
  });

  it('find absence of a field and of the object itself', () => {
    expect(checkField({ object, path: '/spec/paused', absent: true }, cart)).toBeNull();
    expect(checkField({ object, path: '/spec/replicas', absent: true }, cart)).toMatch(/is 2, not absent/);
    expect(checkField({ object, path: '', absent: true }, null)).toBeNull();
    expect(checkField({ object, path: '', absent: true }, cart)).toMatch(/not absent/);
  });
});

describe('putting back', () => {
  it('needs no word where nothing differs but what the server writes', () => {
    const is = { ...cart, metadata: { namespace: 'shop', name: 'cart', resourceVersion: '9' }, status: {} };
    expect(restoringPatch(cart, is)).toEqual([]);
  });

  it('restores what was changed, adds what is missing and removes what was not there', () => {
    const was = { kind: 'Thing', metadata: { name: 'x', labels: { a: 'b' } }, spec: { one: 1 }, data: { k: 'v' } };
    const is = { kind: 'Thing', metadata: { name: 'x', annotations: { c: 'd' } }, spec: { one: 2 }, extra: true };
    expect(restoringPatch(was, is)).toEqual([
      { op: 'replace', path: '/spec', value: { one: 1 } },
      { op: 'add', path: '/data', value: { k: 'v' } },
      { op: 'remove', path: '/extra' },
      { op: 'add', path: '/metadata/labels', value: { a: 'b' } },
      { op: 'remove', path: '/metadata/annotations' },
    ]);
  });
});

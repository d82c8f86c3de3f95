import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allFields,
  changedFields,
  type FieldSet,
  intersection,
  isEmpty,
  union,
  without,
} from '../../../src/lab/cluster/field-set.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';
import { mergePatch } from '../../../src/lab/cluster/objects/merge-patch.ts';
import { canonicalQuantity, parseQuantity } from '../../../src/lab/cluster/objects/quantity.ts';
import { labelMatcher, selectorHolds } from '../../../src/lab/cluster/objects/selectors.ts';
import { strategicMerge } from '../../../src/lab/cluster/objects/strategic-merge.ts';

const pod = (spec: object): Record<string, unknown> => ({ kind: 'Pod', spec });
const merged = (spec: object, patch: object): unknown => strategicMerge(pod(spec), { spec: patch }).spec;

describe('a strategic merge patch', () => {
  const containers = [
    { name: 'a', image: 'a:1', env: [{ name: 'X', value: '1' }], ports: [{ containerPort: 80, name: 'http' }] },
    { name: 'b', image: 'b:1' },
  ];

  it('merges lists by their keys, and adds what is new at the end', () => {
    const patch = {
      containers: [
        { name: 'b', image: 'b:2' },
        { name: 'c', image: 'c:1' },
      ],
    };
    expect(merged({ containers }, patch)).toEqual({
      containers: [containers[0], { name: 'b', image: 'b:2' }, { name: 'c', image: 'c:1' }],
    });
  });

  it('knows the keys of variables, ports, volumes, mounts and conditions', () => {
    const a = {
      name: 'a',
      env: [{ name: 'Y', value: '2' }],
      ports: [{ containerPort: 80, name: 'web' }],
      volumeMounts: [{ mountPath: '/data', name: 'd' }],
    };
    const result = merged(
      { containers, volumes: [{ name: 'd', emptyDir: {} }] },
      { containers: [a], volumes: [{ name: 'e', emptyDir: {} }] },
    );
    expect(result).toMatchObject({
      containers: [{ env: [{ name: 'Y' }, { name: 'X' }], ports: [{ containerPort: 80, name: 'web' }] }, { name: 'b' }],
      volumes: [{ name: 'e' }, { name: 'd' }],
    });
    const status = strategicMerge(
      { kind: 'Deployment', status: { conditions: [{ type: 'A', status: 'True' }, { type: 'B' }] } },
      { status: { conditions: [{ type: 'A', status: 'False' }] } },
    );
    expect(status.status).toEqual({ conditions: [{ type: 'A', status: 'False' }, { type: 'B' }] });
  });

  it('puts what is new first, and else keeps the old order', () => {
    const named = (...names: readonly string[]) => ({ containers: names.map((name) => ({ name })) });
    const order = (before: readonly string[], patch: readonly string[]) =>
      (merged(named(...before), named(...patch)) as ReturnType<typeof named>).containers
        .map(({ name }) => name)
        .join('');
    expect(order(['a', 'b', 'c'], ['b'])).toBe('abc');
    expect(order(['a', 'b', 'c'], ['x', 'c'])).toBe('xabc');
    expect(order(['a', 'b', 'c'], ['c', 'x', 'a'])).toBe('bcxa');
  });

  it('tells the ports of a Service apart by port, and replaces those of a policy', () => {
    const service = { kind: 'Service', spec: { ports: [{ port: 80, targetPort: 1 }, { port: 81 }] } };
    const patch = { spec: { ports: [{ port: 80, targetPort: 8080 }] } };
    expect(strategicMerge(service, patch).spec).toEqual({ ports: [{ port: 80, targetPort: 8080 }, { port: 81 }] });
    expect(strategicMerge({ ...service, kind: 'NetworkPolicy' }, patch).spec).toEqual(patch.spec);
  });

  it('replaces lists without a key', () => {
    expect(merged({ args: ['a', 'b'] }, { args: ['c'] })).toEqual({ args: ['c'] });
  });

  it('deletes by null and by directive', () => {
    const patch = {
      nodeName: null,
      containers: [
        { name: 'a', $patch: 'delete' },
        { name: 'gone', $patch: 'delete' },
      ],
    };
    expect(merged({ nodeName: 'n', containers }, patch)).toEqual({ containers: [containers[1]] });
  });

  it('replaces a list or a map by directive', () => {
    const list = { containers: [{ $patch: 'replace' }, { name: 'z', image: 'z:1' }] };
    expect(merged({ containers }, list)).toEqual({ containers: [{ name: 'z', image: 'z:1' }] });
    const map = { securityContext: { $patch: 'replace', runAsUser: 1 } };
    expect(merged({ securityContext: { fsGroup: 2 } }, map)).toEqual({ securityContext: { runAsUser: 1 } });
  });

  it('obeys the directives that kubectl apply writes', () => {
    const patch = {
      $retainKeys: ['containers'],
      '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
      containers: [{ name: 'a', image: 'a:2' }],
    };
    expect(merged({ containers, dropped: 1 }, patch)).toMatchObject({
      containers: [{ name: 'b' }, { name: 'a', image: 'a:2' }],
    });
    expect(merged({ containers, dropped: 1 }, patch)).not.toHaveProperty('dropped');
    const metadata = strategicMerge(
      { kind: 'Pod', metadata: { finalizers: ['a', 'b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'], finalizers: ['c'] } },
    );
    expect(metadata.metadata).toEqual({ finalizers: ['c', 'b'] });
  });

  it('leaves no directive in what is new', () => {
    const patch = {
      affinity: { $patch: 'replace', a: { b: 1 } },
      containers: [{ name: 'c', env: [{ name: 'X', $patch: 'delete' }] }],
    };
    expect(JSON.stringify(merged({}, patch))).not.toContain('$patch');
  });

  it('refuses an item without its key', () => {
    expect(() => merged({ containers }, { containers: [{ image: 'x' }] })).toThrow(
      'does not contain declared merge key: name',
    );
  });

  it('changes nothing when it says what is there already', () => {
    const variables = fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[A-Z]{1,4}$/), value: fc.string() }), {
      selector: ({ name }) => name,
    });
    fc.assert(
      fc.property(variables, (env) => {
        const spec = { containers: [{ name: 'a', env }] };
        expect(merged(spec, spec)).toEqual(spec);
      }),
    );
  });
});

describe('a merge patch', () => {
  it('removes nulls, even inside maps that are new', () => {
    expect(mergePatch({ a: 1, b: { c: 1 } }, { a: null, b: { c: null, d: { e: null, f: 2 } } })).toEqual({
      b: { d: { f: 2 } },
    });
  });
});

describe('sets of fields', () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.integer(),
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const object = fc
    .dictionary(fc.stringMatching(/^[a-z]{1,3}$/), json, { maxKeys: 4 })
    .map((spec): KubeObject => ({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x' }, spec }));
  const leaves = (set: FieldSet, prefix = ''): readonly string[] =>
    Object.entries(set).flatMap(([step, inner]) =>
      isEmpty(inner) ? [prefix + step] : leaves(inner, `${prefix}${step}/`),
    );

  it('name nothing when nothing changed, and everything of what is new', () => {
    fc.assert(
      fc.property(object, (it) => {
        expect(isEmpty(changedFields(it, it))).toBe(true);
        expect(changedFields(undefined, it)).toEqual(allFields(it));
      }),
    );
  });

  it('join and part as sets do', () => {
    fc.assert(
      fc.property(object, object, (left, right) => {
        const [a, b] = [allFields(left), allFields(right)];
        const both = intersection(a, b);
        expect(leaves(both).every((leaf) => leaves(a).includes(leaf) || leaves(b).includes(leaf))).toBe(true);
        expect(isEmpty(without(a, a))).toBe(true);
        expect(isEmpty(without(a, union(a, b)))).toBe(true);
      }),
    );
  });
});

describe('quantities', () => {
  it.each([
    ['250m', 0.25],
    ['1.5Gi', 1_610_612_736],
    ['2e3', 2_000],
    ['100k', 100_000],
    ['.5', 0.5],
    [3, 3],
  ])('%s is %d', (text, amount) => expect(parseQuantity(text)).toBeCloseTo(amount, 9));

  it.each(['', 'x', '1 Gi', '1gi', '--1', null, {}])('%j is none', (text) => expect(parseQuantity(text)).toBeNull());

  it.each([
    ['0.5', '500m'],
    ['1000m', '1'],
    ['1024Mi', '1Gi'],
    ['1.5Gi', '1536Mi'],
    ['1000Mi', '1000Mi'],
    ['0', '0'],
    ['2000k', '2M'],
    ['1e3', '1e3'],
  ])('%s is written back as %s', (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));

  it('keep their amount in canonical form', () => {
    const quantity = fc
      .tuple(fc.integer({ min: 0, max: 1e9 }), fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi'))
      .map(([digits, suffix]) => `${digits}${suffix}`);
    fc.assert(
      fc.property(quantity, (text) => {
        const amount = parseQuantity(text) ?? Number.NaN;
        expect(Math.abs((parseQuantity(canonicalQuantity(text)) ?? 0) - amount)).toBeLessThanOrEqual(amount * 1e-12);
      }),
    );
  });
});

describe('label selectors', () => {
  const labelled = (labels: Record<string, string>): KubeObject => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'x', labels },
  });

  it.each([
    ['a=1', { a: '1' }, true],
    ['a==1,b!=2', { a: '1' }, true],
    ['a in (1, 2),b', { a: '2', b: '' }, true],
    ['a notin (1)', {}, true],
    ['!a', { a: '1' }, false],
    ['app.kubernetes.io/name=web', { 'app.kubernetes.io/name': 'web' }, true],
    ['', {}, true],
  ])('%s on %j is %s', (text, labels, holds) =>
    expect(labelMatcher(text)(labelled(labels as Record<string, string>))).toBe(holds),
  );

  it('hold no label of the prototype', () => {
    expect(labelMatcher('constructor')(labelled({}))).toBe(false);
    expect(selectorHolds({ matchExpressions: [{ key: 'toString', operator: 'Exists' }] }, {})).toBe(false);
  });
});

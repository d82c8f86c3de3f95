import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import { shellWord } from '../src/actions/drafting/kubectl.ts';
import { undoneChanges } from '../src/actions/drafting/undone-change.ts';
import { actions } from '../src/actions/index.ts';
import { patchService } from '../src/actions/patch-service.ts';
import { restartWorkload } from '../src/actions/restart-workload.ts';
import { revertChange } from '../src/actions/revert-change.ts';
import { rollBack } from '../src/actions/roll-back.ts';
import { scale } from '../src/actions/scale.ts';
import { setResources } from '../src/actions/set-resources.ts';
import { diffFields } from '../src/adapters/kubernetes/field-diff.ts';
import type { MetricData } from '../src/domain/evidence.ts';
import { hiddenValue } from '../src/domain/hidden-value.ts';
import { actionNames } from '../src/domain/plan.ts';
import { evidence, facts, recorded, replicaSet, service, withAt, workload } from './actions-world.ts';
import { describeAction } from './contracts/action.ts';

for (const action of actions) describeAction(action);

const metric = (about: Partial<MetricData>): MetricData => ({
  kind: 'metric',
  signal: 'memory_working_set',
  workload: 'cart',
  unit: 'bytes',
  points: [],
  ...about,
});

const serverAt = ['spec', 'template', 'spec', 'containers', 0] as const;
const early = '2026-11-22T17:00:00Z';
const onset = '2026-11-22T18:30:05Z';

describe('the shelf', () => {
  it('holds one remedy for each name', () => {
    expect(new Set(actions.map(({ name }) => name))).toEqual(new Set(actionNames));
    expect(actions).toHaveLength(actionNames.length);
  });

  it('ranks the narrow undo of a scaling above a mere scaling, and the roll-back above the undo of an image', () => {
    const cart = workload({ name: 'cart', replicas: 3 });
    const gone = withAt(cart, ['spec', 'replicas'], 0);
    const zero = facts(
      { workload: 'cart', fault: 'scaled-to-zero' },
      { objects: [gone], changes: recorded(cart, gone) },
    );
    expect(revertChange.draft(zero)?.fitness).toBeGreaterThan(scale.draft(zero)?.fitness ?? 1);
    const bad = withAt(cart, [...serverAt, 'image'], 'registry/cart:nope');
    const image = facts(
      { workload: 'cart', fault: 'bad-image' },
      {
        objects: [bad, replicaSet(cart, 1, { at: early, ready: 3 }), replicaSet(bad, 2, { at: onset })],
        changes: recorded(cart, bad),
      },
    );
    expect(rollBack.draft(image)?.fitness).toBeGreaterThan(revertChange.draft(image)?.fitness ?? 1);
  });
});

describe('scale', () => {
  const gone = workload({ name: 'cart', replicas: 0 });

  it('asks for the size that the flight recorder saw last, and names who took it away', () => {
    const changes = recorded(workload({ name: 'cart', replicas: 4 }), gone);
    const draft = scale.draft(facts({ workload: 'cart', fault: 'scaled-to-zero' }, { objects: [gone], changes }));
    expect(draft).toMatchObject({
      parameters: { replicas: 4 },
      kubectl: ['kubectl -n shop scale deployment/cart --replicas=4'],
      risk: 'low',
      reason: expect.stringContaining('kubectl-edit set /spec/replicas of deployment/cart from 4 to 0 at 18:30:05'),
    });
  });

  it('remembers by the ReplicaSet, then by the autoscaler, and else dares one', () => {
    const known = (objects: readonly (typeof gone)[]) =>
      scale.draft(facts({ workload: 'cart', fault: 'scaled-to-zero' }, { objects: [gone, ...objects] }))?.parameters
        .replicas;
    const annotations = { 'deployment.kubernetes.io/desired-replicas': '5' };
    const autoscaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'cart', namespace: 'shop' },
      spec: { minReplicas: 2, scaleTargetRef: { kind: 'Deployment', name: 'cart' } },
    };
    expect(known([replicaSet(gone, 1, { at: early, annotations }), autoscaler])).toBe(5);
    expect(known([autoscaler])).toBe(2);
    expect(known([])).toBe(1);
  });

  it('refuses more replicas than the limit allows, and leaves a workload alone that runs', () => {
    const many = recorded(workload({ name: 'cart', replicas: 21 }), gone);
    expect(
      scale.draft(facts({ workload: 'cart', fault: 'scaled-to-zero' }, { objects: [gone], changes: many })),
    ).toBeNull();
    const running = workload({ name: 'cart', replicas: 1 });
    expect(scale.draft(facts({ workload: 'cart', fault: 'scaled-to-zero' }, { objects: [running] }))).toBeNull();
  });
});

describe('roll-back', () => {
  const good = workload({ name: 'cart' });
  const bad = withAt(good, [...serverAt, 'image'], 'registry/cart:nope');
  const revisions = [replicaSet(good, 1, { at: early }), replicaSet(bad, 2, { at: onset })];
  const cause = { workload: 'cart', fault: 'bad-image' } as const;

  it('puts the template of the last good revision back, without the hash of the controller', () => {
    const draft = rollBack.draft(facts(cause, { objects: [bad, ...revisions], changes: recorded(good, bad) }));
    expect(draft?.kubectl).toEqual(['kubectl -n shop rollout undo deployment/cart --to-revision=1']);
    expect(draft?.patches[0]?.body).toContainEqual({
      op: 'replace',
      path: '/spec/template',
      value: (good.spec as { template: unknown }).template,
    });
  });

  it('suspects a young revision even when nobody recorded its change, but less', () => {
    const certain = rollBack.draft(facts(cause, { objects: [bad, ...revisions], changes: recorded(good, bad) }));
    const guessed = rollBack.draft(facts(cause, { objects: [bad, ...revisions] }));
    expect(guessed?.fitness).toBeLessThan(certain?.fitness ?? 0);
    const old = [
      replicaSet(good, 1, { at: '2026-11-20T00:00:00Z' }),
      replicaSet(bad, 2, { at: '2026-11-21T00:00:00Z' }),
    ];
    expect(rollBack.draft(facts(cause, { objects: [bad, ...old] }))).toBeNull();
  });

  it('skips revisions that never stood, and revisions that only restarted the bad one', () => {
    const worse = withAt(good, [...serverAt, 'image'], 'registry/cart:worse');
    const draft = rollBack.draft(
      facts(cause, {
        objects: [
          bad,
          replicaSet(good, 1, { at: early }),
          replicaSet(worse, 2, { at: '2026-11-22T18:30:00Z' }),
          replicaSet(bad, 3, { at: onset }),
          replicaSet(bad, 4, { at: '2026-11-22T18:30:30Z' }),
        ],
      }),
    );
    expect(draft?.parameters.toRevision).toBe(1);
  });

  it('does not touch a paused rollout', () => {
    const paused = withAt(bad, ['spec', 'paused'], true);
    expect(rollBack.draft(facts(cause, { objects: [paused, ...revisions] }))).toBeNull();
  });
});

describe('revert-change', () => {
  const cart = workload({
    name: 'cart',
    env: [
      { name: 'A', value: '1' },
      { name: 'REDIS_ADDR', value: 'redis-cart:6379' },
    ],
  });

  it('puts an environment variable back and nothing else', () => {
    const broken = withAt(cart, [...serverAt, 'env', 1, 'value'], 'nowhere:1');
    const draft = revertChange.draft(
      facts({ workload: 'cart', fault: 'crash-loop' }, { objects: [broken], changes: recorded(cart, broken) }),
    );
    expect(draft?.patches[0]?.body).toEqual([
      { op: 'test', path: '/spec/template/spec/containers/0/env/1/value', value: 'nowhere:1' },
      { op: 'replace', path: '/spec/template/spec/containers/0/env/1/value', value: 'redis-cart:6379' },
    ]);
    expect(draft?.kubectl[0]).toContain("--type=json -p '[{");
  });

  it('puts a variable back that was taken away, at its old place', () => {
    const broken = withAt(cart, [...serverAt, 'env'], [{ name: 'REDIS_ADDR', value: 'redis-cart:6379' }]);
    const draft = revertChange.draft(
      facts({ workload: 'cart', fault: 'crash-loop' }, { objects: [broken], changes: recorded(cart, broken) }),
    );
    expect(draft?.patches[0]?.body).toContainEqual({
      op: 'add',
      path: '/spec/template/spec/containers/0/env/0',
      value: { name: 'A', value: '1' },
    });
  });

  it('refuses what has moved on, what was hidden, and what a controller did', () => {
    const broken = withAt(cart, [...serverAt, 'env', 1, 'value'], 'nowhere:1');
    const moved = withAt(cart, [...serverAt, 'env', 1, 'value'], 'elsewhere:2');
    const cause = { workload: 'cart', fault: 'crash-loop' } as const;
    const changes = recorded(cart, broken);
    expect(revertChange.draft(facts(cause, { objects: [moved], changes }))).toBeNull();
    const hidden = changes.map((change) => ({ ...change, before: hiddenValue('ab12') }));
    expect(revertChange.draft(facts(cause, { objects: [broken], changes: hidden }))).toBeNull();
    const byController = recorded(cart, broken, { manager: 'kube-controller-manager', at: onset });
    expect(revertChange.draft(facts(cause, { objects: [broken], changes: byController }))).toBeNull();
  });

  it('undoes the newest change that explains the fault and ignores newer ones that do not', () => {
    const lowered = withAt(cart, [...serverAt, 'resources', 'limits', 'memory'], '16Mi');
    const scaled = withAt(lowered, ['spec', 'replicas'], 5);
    const changes = [
      ...recorded(lowered, scaled, { manager: 'alice', at: '2026-11-22T18:31:00Z' }),
      ...recorded(cart, lowered),
    ];
    const draft = revertChange.draft(
      facts({ workload: 'cart', fault: 'memory-limit' }, { objects: [scaled], changes }),
    );
    expect(draft?.parameters.paths).toEqual(['/spec/template/spec/containers/0/resources/limits/memory']);
  });

  it('takes the request back up with the limit that forced it down', () => {
    const resources = (limit: string, request: string) => ({
      limits: { memory: limit },
      requests: { memory: request },
    });
    const before = withAt(cart, [...serverAt, 'resources'], resources('256Mi', '128Mi'));
    const cut = withAt(cart, [...serverAt, 'resources'], resources('32Mi', '32Mi'));
    const draft = revertChange.draft(
      facts({ workload: 'cart', fault: 'memory-limit' }, { objects: [cut], changes: recorded(before, cut) }),
    );
    expect(draft?.parameters.paths).toEqual([
      '/spec/template/spec/containers/0/resources/limits/memory',
      '/spec/template/spec/containers/0/resources/requests/memory',
    ]);
    expect(draft?.fitness).toBe(0.95);
  });

  it('puts a Service selector back, and a ConfigMap that the workload reads', () => {
    const [right, wrong] = [service('cart', { app: 'cart' }), service('cart', { app: 'cart-v2' })];
    const drift = facts(
      { workload: 'cart', fault: 'selector-drift' },
      { objects: [cart, wrong], changes: recorded(right, wrong) },
    );
    expect(revertChange.draft(drift)).toMatchObject({
      risk: 'low',
      patches: [{ target: { kind: 'Service', name: 'cart' } }],
    });
    const reader = workload({
      name: 'cart',
      podSpec: { volumes: [{ name: 'c', configMap: { name: 'cart-config' } }] },
    });
    const config = (mode: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'cart-config', namespace: 'shop', uid: 'u' },
      data: { mode },
    });
    const misread = facts(
      { workload: 'cart', fault: 'crash-loop' },
      { objects: [reader, config('bad')], changes: recorded(config('good'), config('bad')) },
    );
    expect(revertChange.draft(misread)).toMatchObject({ risk: 'medium', patches: [{ target: { kind: 'ConfigMap' } }] });
  });

  it('never brings a workload down to nothing', () => {
    const [none, some] = [workload({ name: 'front', replicas: 0 }), workload({ name: 'front', replicas: 3 })];
    const draft = revertChange.draft(
      facts(
        { workload: 'redis-cart', fault: 'connection-exhaustion', component: 'client front' },
        { objects: [some, workload({ name: 'redis-cart', image: 'redis:7' })], changes: recorded(none, some) },
      ),
    );
    expect(draft).toBeNull();
  });
});

describe('patch-service', () => {
  const objects = [workload({ name: 'cart' }), workload({ name: 'front' }), service('cart', { app: 'cart-v2' })];
  const cause = { workload: 'cart', fault: 'selector-drift' } as const;

  it('selects what the pods of the workload carry', () => {
    expect(patchService.draft(facts(cause, { objects }))).toMatchObject({ parameters: { selector: { app: 'cart' } } });
  });

  it('drops keys that the pods do not carry, and falls back to the labels that the workload itself selects by', () => {
    const odd = [objects[0] ?? {}, service('cart', { tier: 'x' })];
    expect(patchService.draft(facts(cause, { objects: odd }))).toMatchObject({
      parameters: { selector: { app: 'cart' } },
    });
  });

  it('refuses a selector that would find the pods of others too, and leaves a good one alone', () => {
    const twin = workload({ name: 'front', labels: { app: 'cart' } });
    expect(patchService.draft(facts(cause, { objects: [objects[0] ?? {}, twin, objects[2] ?? {}] }))).toBeNull();
    const good = [objects[0] ?? {}, service('cart', { app: 'cart' })];
    expect(patchService.draft(facts(cause, { objects: good }))).toBeNull();
  });

  it('mends the Service that the cause names', () => {
    const named = { ...cause, component: 'service way-in' };
    const wayIn = service('way-in', { app: 'gone' });
    const draft = patchService.draft(facts(named, { objects: [workload({ name: 'cart' }), wayIn] }));
    expect(draft?.parameters.service).toBe('way-in');
    const changes = recorded(service('way-in', { app: 'cart' }), wayIn);
    const undo = revertChange.draft(facts(named, { objects: [workload({ name: 'cart' }), wayIn], changes }));
    expect(undo?.parameters.object).toBe('Service/way-in');
  });

  it('finds a Service of another name when the evidence says what should be behind it', () => {
    const external = service('cart-external', { app: 'gone' });
    const told = evidence('E4', {
      kind: 'service',
      service: { apiVersion: 'v1', kind: 'Service', namespace: 'shop', name: 'cart-external' },
      selector: { app: 'gone' },
      ready: 0,
      notReady: 0,
      matches: [],
      expected: ['cart'],
    });
    const draft = patchService.draft(facts(cause, { objects: [objects[0] ?? {}, external], evidence: [told] }));
    expect(draft).toMatchObject({ parameters: { service: 'cart-external' }, reason: expect.stringContaining('(E4)') });
  });
});

describe('set-resources', () => {
  const cause = { workload: 'cart', fault: 'memory-limit' } as const;
  const cart = workload({ name: 'cart', limits: { memory: '64Mi' } });

  it('gives back the last good limit when one is known', () => {
    const before = workload({ name: 'cart', limits: { memory: '200Mi' } });
    const draft = setResources.draft(facts(cause, { objects: [cart], changes: recorded(before, cart) }));
    expect(draft?.parameters).toEqual({ container: 'server', resource: 'memory', limit: '200Mi', limitBefore: '64Mi' });
    expect(draft?.kubectl).toEqual([
      'kubectl -n shop set resources deployment/cart --containers=server --limits=memory=200Mi',
    ]);
  });

  it('doubles it otherwise, gives more when more was seen, and never more than four times', () => {
    const seen = (bytes: number) => [evidence('E2', metric({ points: [[1, bytes]] }))];
    const limit = (bytes: number) =>
      setResources.draft(facts(cause, { objects: [cart], evidence: seen(bytes) }))?.parameters.limit;
    expect(limit(60 * 2 ** 20)).toBe('128Mi');
    expect(limit(100 * 2 ** 20)).toBe('150Mi');
    expect(limit(900 * 2 ** 20)).toBe('256Mi');
  });

  it('leaves a container without a limit alone', () => {
    expect(setResources.draft(facts(cause, { objects: [workload({ name: 'cart', limits: {} })] }))).toBeNull();
  });
});

describe('restart-workload', () => {
  const redis = workload({ name: 'redis-cart', image: 'redis:7-alpine', replicas: 1 });
  const edges = [
    { from: 'cart', to: 'redis-cart' },
    { from: 'front', to: 'redis-cart' },
  ];
  const objects = [redis, workload({ name: 'cart' }), workload({ name: 'front' })];

  it('restarts as kubectl does, at the time of the evidence', () => {
    const draft = restartWorkload.draft(facts({ workload: 'cart', fault: 'cpu-saturation' }, { objects }));
    expect(draft).toMatchObject({
      kubectl: ['kubectl -n shop rollout restart deployment/cart'],
      inverse: [],
      blastRadius: { pods: 2, description: '2 of 5 pods in shop (40 %)' },
    });
    expect(draft?.patches[0]?.body).toEqual([
      {
        op: 'add',
        path: '/spec/template/metadata/annotations',
        value: { 'kubectl.kubernetes.io/restartedAt': '2026-11-22T18:35:00.000Z' },
      },
    ]);
  });

  it('restarts the client that holds the connections, never the store', () => {
    const exhausted = { workload: 'redis-cart', fault: 'connection-exhaustion' } as const;
    const named = facts({ ...exhausted, component: 'client front' }, { objects, edges });
    expect(restartWorkload.draft(named)?.workload.name).toBe('front');
    const held = (from: string, value: number) =>
      evidence(
        from,
        metric({
          signal: 'connections',
          workload: 'redis-cart',
          edge: { from, to: 'redis-cart' },
          points: [[1, value]],
        }),
      );
    const measured = facts(exhausted, { objects, edges, evidence: [held('cart', 90), held('front', 4)] });
    expect(restartWorkload.draft(measured)?.workload.name).toBe('cart');
    const young = [
      replicaSet(workload({ name: 'front' }), 3, { at: onset }),
      replicaSet(workload({ name: 'cart' }), 1, { at: early }),
    ];
    expect(restartWorkload.draft(facts(exhausted, { objects: [...objects, ...young], edges }))?.workload.name).toBe(
      'front',
    );
    expect(restartWorkload.draft(facts({ ...exhausted, component: 'container redis' }, { objects }))).toBeNull();
  });

  it('is careful with data: lone keepers of data are refused, StatefulSets are high risk, data stores medium', () => {
    const volumes = { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'd' } }] };
    const saturated = { workload: 'cart', fault: 'cpu-saturation' } as const;
    const draft = (sketch: object) =>
      restartWorkload.draft(facts(saturated, { objects: [workload({ name: 'cart', ...sketch })] }));
    expect(draft({ replicas: 1, podSpec: volumes })).toBeNull();
    expect(draft({ kind: 'StatefulSet', replicas: 3 })?.risk).toBe('high');
    expect(draft({ image: 'redis:7', replicas: 1 })?.risk).toBe('medium');
    expect(draft({})?.risk).toBe('low');
    expect(draft({ replicas: 51 })).toBeNull();
  });
});

describe('undoing what the flight recorder saw', () => {
  const named = fc.uniqueArray(fc.record({ name: fc.constantFrom('A', 'B', 'C', 'D', 'E/~'), value: fc.string() }), {
    selector: (entry) => entry.name,
  });
  const spec = fc.record(
    {
      env: named,
      args: fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
      labels: fc.dictionary(fc.constantFrom('a/b', 'c~d', 'e'), fc.string({ maxLength: 3 })),
      ports: fc.array(fc.record({ port: fc.nat(3) }), { maxLength: 3 }),
      replicas: fc.nat(3),
    },
    { requiredKeys: [] },
  );

  it('gives back exactly what was there before, for any two states', () => {
    fc.assert(
      fc.property(spec, spec, (before, after) => {
        const changes = diffFields({ spec: before }, { spec: after }).map((field) => ({
          at: onset,
          manager: 'alice',
          object: { apiVersion: 'v1', kind: 'Thing', name: 'x' },
          ...field,
        }));
        const operations = undoneChanges({ spec: after }, changes);
        expect(operations).not.toBeNull();
        const undone = jsonPatch.applyPatch(
          { spec: structuredClone(after) },
          structuredClone([...(operations ?? [])]),
          true,
        );
        expect(undone.newDocument).toEqual({ spec: before });
      }),
      { numRuns: 500 },
    );
  });
});

describe('words for a shell', () => {
  it('quotes everything that a shell could read as more than a word', () => {
    expect(shellWord('deployment/cart')).toBe('deployment/cart');
    expect(shellWord("$(rm -rf /) 'x'")).toBe(`'$(rm -rf /) '\\''x'\\'''`);
    expect(shellWord('')).toBe("''");
  });
});

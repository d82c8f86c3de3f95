import fc from 'fast-check';
import jsonPatch from 'fast-json-patch';
import { describe, expect, it } from 'vitest';
import type { FieldChange } from '../../src/domain/evidence.ts';
import { type FaultName, faultNames } from '../../src/domain/fault.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { resolvePointer } from '../../src/domain/json-pointer.ts';
import type { Patch, PlanDraft } from '../../src/domain/plan.ts';
import { limits } from '../../src/limits.ts';
import type { Action, RemedyFacts } from '../../src/ports/action.ts';
import { evidence, facts, recorded, replicaSet, service, type WorkloadSketch, workload } from '../actions-world.ts';

const name = fc.constantFrom('cart', 'redis-cart', 'front', 'pay');
const quantity = fc.constantFrom('16Mi', '64Mi', '128Mi', '1Gi');
const env = fc.uniqueArray(
  fc.record({ name: fc.constantFrom('A', 'B', 'C', 'D/E', '~F'), value: fc.string({ maxLength: 8 }) }),
  { maxLength: 4, selector: (entry) => entry.name },
);
const kind = fc.constantFrom('Deployment', 'Deployment', 'Deployment', 'StatefulSet', 'DaemonSet');
const sketch: fc.Arbitrary<Omit<WorkloadSketch, 'name'>> = fc.record({
  kind,
  replicas: fc.constantFrom(0, 0, 1, 2, 5, 30, 80),
  image: fc.constantFrom('registry/cart:v1', 'registry/cart:v2', 'redis:7'),
  env,
  limits: fc.record({ memory: quantity, cpu: fc.constantFrom('100m', '1') }, { requiredKeys: [] }),
  spec: fc.constantFrom({}, {}, { paused: true }),
  podSpec: fc.constantFrom({}, {}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }),
});
const selector = fc.constantFrom({ app: 'cart' }, { app: 'front' }, { app: 'cart-v2' }, { app: 'pay', tier: 'x' });

/** What workloads depend on: a cordoned node, a full quota, a wall that was built just now. */
const surroundings: readonly JsonObject[] = [
  {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'worker-1', uid: 'uid-node' },
    spec: { unschedulable: true, podCIDR: '10.0.0.0/24' },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  },
  {
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'team', namespace: 'shop', uid: 'uid-quota' },
    spec: { hard: { pods: '4', 'requests.cpu': '2' } },
    status: { used: { pods: '4', 'requests.cpu': '1' } },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'wall', namespace: 'shop', uid: 'uid-wall' },
    spec: { podSelector: { matchLabels: { app: 'cart' } }, policyTypes: ['Ingress'] },
  },
];

const wallBuilt: FieldChange = {
  at: '2026-11-22T18:30:05.000Z',
  manager: 'kubectl-create',
  object: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace: 'shop', name: 'wall' },
  path: '',
  after: { spec: {} },
};

/** The quota's word against the newest ReplicaSet's pods. */
const refused = (set: JsonObject): JsonObject => {
  const message =
    'pods "cart-2-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4';
  const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
  return { ...set, status: { ...(set.status as JsonObject), conditions } };
};

const fittingComponents: Readonly<Record<string, string>> = {
  'quota-exceeded': 'quota team',
  'network-policy': 'networkpolicy wall',
};

const componentOf = (component: string | undefined, fault: FaultName): { readonly component?: string } => {
  const chosen = component === 'fitting' ? fittingComponents[fault] : component;
  return chosen === undefined ? {} : { component: chosen };
};

/** Facts as they may come: something was changed, somebody is blamed, rightly or not. */
const anyFacts: fc.Arbitrary<RemedyFacts> = fc
  .record({
    fault: fc.constantFrom<FaultName>(...faultNames),
    blamed: fc.oneof(
      { weight: 8, arbitrary: fc.constant('cart') },
      { arbitrary: name, weight: 2 },
      { arbitrary: fc.string({ maxLength: 5 }), weight: 1 },
    ),
    component: fc.option(
      fc.constantFrom('client front', 'container server', 'caller cart', 'odd', 'fitting', 'fitting'),
      {
        nil: undefined,
      },
    ),
    before: sketch,
    after: sketch,
    selectors: fc.tuple(selector, selector),
    ready: fc.nat(2),
    namespace: fc.constantFrom('shop', 'shop', 'shop', 'kube-system'),
  })
  .map(({ fault, blamed, component, before, after, selectors, ready, namespace }) => {
    const old = workload({ ...before, kind: after.kind ?? 'Deployment', name: 'cart' });
    const now = workload({ ...after, name: 'cart' });
    const others = [
      workload({ name: 'front' }),
      workload({ name: 'redis-cart', image: 'redis:7' }),
      workload({ name: 'pay' }),
    ];
    const services = [service('cart', selectors[0]), service('cart', selectors[1])] as const;
    const objects = [
      now,
      ...others,
      services[1],
      replicaSet(old, 1, {
        at: '2026-11-22T18:00:00Z',
        ready,
        annotations: { 'deployment.kubernetes.io/desired-replicas': '3' },
      }),
      refused(replicaSet(now, 2, { at: '2026-11-22T18:30:05Z' })),
      ...surroundings,
    ];
    const metric = {
      kind: 'metric',
      signal: 'memory_working_set',
      workload: 'cart',
      unit: 'bytes',
      points: [[1_700_000_000, 90 * 2 ** 20]],
    } as const;
    return facts(
      { workload: blamed, fault, ...componentOf(component, fault) },
      {
        objects:
          namespace === 'shop'
            ? objects
            : objects.map((object) => ({ ...object, metadata: { ...(object.metadata as JsonObject), namespace } })),
        changes: [...recorded(services[0], services[1]), ...recorded(old, now), wallBuilt],
        evidence: [evidence('E1', metric)],
        edges: [
          { from: 'front', to: 'cart' },
          { from: 'cart', to: 'redis-cart' },
        ],
        namespace,
      },
    );
  });

const apply = (objects: readonly JsonObject[], patches: readonly Patch[]): readonly JsonObject[] =>
  objects.map((object) =>
    patches
      .filter(({ target }) => target.kind === object.kind && target.name === (object.metadata as JsonObject).name)
      .reduce((state, { body }) => {
        const operations = structuredClone(body) as unknown as jsonPatch.Operation[];
        return jsonPatch.applyPatch(structuredClone(state), operations, true).newDocument;
      }, object),
  );

const deeplyFrozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) {
    for (const member of Object.values(value)) deeplyFrozen(member);
    Object.freeze(value);
  }
  return value;
};

const checkDraft = (draft: PlanDraft, { objects }: RemedyFacts, action: Action): void => {
  expect(draft.action).toBe(action.name);
  expect(draft.fitness).toBeGreaterThan(0);
  expect(draft.fitness).toBeLessThanOrEqual(1);
  expect(draft.kubectl.length).toBeGreaterThan(0);
  expect(draft.reason).toMatch(/\.$/);
  expect(draft.blastRadius.pods).toBeLessThanOrEqual(limits.blastPodsMax);
  expect(draft.patches.every(({ target }) => target.kind !== 'Secret')).toBe(true);
  for (const { target, path, equals } of draft.preconditions) {
    const live = objects.find(
      (object) => object.kind === target.kind && (object.metadata as JsonObject).name === target.name,
    );
    expect(resolvePointer(live ?? null, path) ?? null).toEqual(equals);
  }
};

/** A remedy for a workload without replicas: taking it back would mean scaling to zero, which the bot never does. */
const startsFromZero = ({ patches }: PlanDraft): boolean =>
  JSON.stringify(patches).includes('{"op":"test","path":"/spec/replicas","value":0}');

/** What every remedy on the shelf must keep, whatever it is told. */
export const describeAction = (action: Action): void => {
  const drafted = (known: RemedyFacts) => action.draft(deeplyFrozen(known));

  describe(`the remedy ${action.name}`, () => {
    it('says what it is', () => {
      expect(action.title).not.toBe('');
      expect(action.description).toMatch(/\.$/);
    });

    it('drafts plans that are sound and say why, or none', () => {
      fc.assert(
        fc.property(anyFacts, (known) => {
          const draft = drafted(known);
          if (draft !== null) checkDraft(draft, known, action);
        }),
        { numRuns: 1000 },
      );
    });

    it('changes the live objects as it says, and its inverse gives back exactly what was there', () => {
      fc.assert(
        fc.property(anyFacts, (known) => {
          const draft = drafted(known);
          if (draft === null) return;
          const healed = apply(known.objects, draft.patches);
          expect(healed).not.toEqual(known.objects);
          if (draft.inverse.length > 0) expect(apply(healed, draft.inverse)).toEqual(known.objects);
          else expect(action.name === 'restart-workload' || startsFromZero(draft)).toBe(true);
        }),
        { numRuns: 200 },
      );
    });

    it('drafts something often enough for these properties to mean something', () => {
      expect(
        fc.sample(anyFacts, { numRuns: 5000, seed: 7 }).filter((known) => drafted(known) !== null).length,
      ).toBeGreaterThan(5);
    });

    it('says the same when it is asked again', () => {
      fc.assert(
        fc.property(anyFacts, (known) => {
          expect(drafted(known)).toEqual(drafted(structuredClone(known)));
        }),
      );
    });

    it('offers nothing when nothing is wrong, and nothing in a namespace that the cluster lives by', () => {
      fc.assert(
        fc.property(anyFacts, (known) => {
          expect(drafted({ ...known, cause: { ...known.cause, fault: 'none' } })).toBeNull();
          if (known.namespace === 'kube-system') expect(drafted(known)).toBeNull();
        }),
      );
    });
  });
};

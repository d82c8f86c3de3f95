import type { PlanDraft, Risk } from '../../../src/domain/plan.ts';
import type { Action, RemedyFacts } from '../../../src/ports/action.ts';
import type { Health } from './model-cluster.ts';

/** What becomes of the shop when a remedy is carried out. */
export type Effects = Readonly<Record<RemedyName, Health>>;

/** The remedies of the model: without inverse, ordinary, over two objects, dangerous. */
export const remedyNames = ['restart-workload', 'roll-back', 'set-resources', 'revert-change'] as const;
export type RemedyName = (typeof remedyNames)[number];

const risks: Readonly<Record<RemedyName, Risk>> = {
  'restart-workload': 'low',
  'roll-back': 'low',
  'set-resources': 'medium',
  'revert-change': 'high',
};

const targetsOf = (name: RemedyName): readonly string[] =>
  name === 'set-resources' ? ['cartservice', 'redis-cart'] : ['cartservice'];

const draftOf = (name: RemedyName, rank: number, facts: RemedyFacts): PlanDraft => {
  const targets = targetsOf(name).map((target) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    namespace: facts.namespace,
    name: target,
  }));
  const recipeOf = (target: string): string => {
    const object = facts.objects.find(({ metadata }) => (metadata as { name?: string } | undefined)?.name === target);
    return (object?.spec as { recipe?: string } | undefined)?.recipe ?? 'unknown';
  };
  return {
    action: name,
    workload: { namespace: facts.namespace, kind: 'Deployment', name: 'cartservice' },
    parameters: {},
    patches: targets.map((target) => ({ target, type: 'merge', body: { spec: { recipe: name } } })),
    inverse:
      name === 'restart-workload'
        ? []
        : targets.map((target) => ({ target, type: 'merge', body: { spec: { recipe: recipeOf(target.name) } } })),
    kubectl: [`kubectl ${name}`],
    risk: risks[name],
    blastRadius: { pods: 1, workloads: targets.length, description: 'one pod' },
    reason: 'the model says so',
    preconditions: targets.map((target) => ({ target, path: '/spec/recipe', equals: recipeOf(target.name) })),
    fitness: 1 - rank / 2,
  };
};

/** The shelf in an order of preference; risk counts too, as everywhere. */
export const createModelActions = (order: readonly RemedyName[]): readonly Action[] =>
  order.map((name, rank) => ({ name, title: name, description: name, draft: (facts) => draftOf(name, rank, facts) }));

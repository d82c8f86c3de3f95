import type { CaseFile } from '../domain/case-file.ts';
import type { Json, JsonObject } from '../domain/json.ts';
import type { Plan } from '../domain/plan.ts';
import { type Gate, guardGate } from '../domain/review.ts';
import { type ObjectRef, shortName } from '../domain/workload.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { DryRunAnswer } from '../ports/cluster-writer.ts';
import type { PolicyState } from '../ports/policy-engine.ts';
import { troubleOfAnswer, troubleOfChallenge, troubleOfPolicies } from './policy-guard.ts';

/** Everything that the adjudicators may look at. They ask nobody. */
export interface GuardFacts {
  readonly file: CaseFile;
  readonly namespaces: readonly string[];
  /** The targets as they are now, by `kind/name`. Absent: could not be read. */
  readonly live: ReadonlyMap<string, JsonObject>;
  readonly policies: Answer<readonly PolicyState[]>;
  readonly dryRuns: readonly DryRunAnswer[];
  /** What became of a dry run that the policies must refuse. */
  readonly challenge?: DryRunAnswer;
  /** Other cases with a write on its way, by `namespace/kind/name` of the target. */
  readonly lockedBy: ReadonlyMap<string, string>;
  readonly writesInTenMinutes: number;
  readonly writesPerTenMinutesMax: number;
}

/** Looks at a plan and says why it may not be carried out, or null. Pure; the reason is shown as it is. */
export type Adjudicator = (plan: Plan, facts: GuardFacts) => string | null;

const systemNamespaces = /^(kube-.*|kyverno|linkerd.*|sre|default)$/;

/** The value at a JSON pointer (RFC 6901), or null where there is none. */
export const valueAt = (object: Json, pointer: string): Json => {
  let value: Json | undefined = object;
  for (const part of pointer.split('/').slice(1)) {
    if (value === null || typeof value !== 'object') return null;
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    value = (value as JsonObject)[key];
  }
  return value ?? null;
};

const sameJson = (a: Json, b: Json): boolean => {
  if (a === b) return true;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return false;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) => sameJson((a as JsonObject)[key] ?? null, (b as JsonObject)[key] ?? null));
};

/** The one thing that the bot may change outside of namespaces: whether a node takes pods. */
const isNodeToUncordon = ({ action }: Plan, { kind, namespace }: ObjectRef): boolean =>
  action === 'uncordon-node' && kind === 'Node' && namespace === undefined;

const inScope: Adjudicator = (plan, facts) => {
  for (const { target } of plan.patches) {
    if (isNodeToUncordon(plan, target)) continue;
    const namespace = target.namespace ?? '';
    if (systemNamespaces.test(namespace)) return `${namespace} is a system namespace`;
    if (!facts.namespaces.includes(namespace))
      return `namespace ${namespace || '(none)'} is not one that the bot watches`;
    if (namespace !== facts.file.incident.namespace)
      return `${shortName(target)} lies outside the incident's namespace`;
  }
  return plan.patches.length === 0 ? 'the plan changes nothing' : null;
};

const withinBounds: Adjudicator = (plan) =>
  plan.blastRadius.pods > limits.blastPodsMax
    ? `it would touch ${plan.blastRadius.pods} pods; at most ${limits.blastPodsMax} are allowed`
    : null;

const rested: Adjudicator = (_plan, facts) =>
  facts.writesInTenMinutes >= facts.writesPerTenMinutesMax
    ? `${facts.writesInTenMinutes} writes in the last ten minutes; at most ${facts.writesPerTenMinutesMax} are allowed`
    : null;

const unlocked: Adjudicator = (plan, facts) => {
  for (const { target } of plan.patches) {
    const other = facts.lockedBy.get(`${target.namespace}/${shortName(target)}`);
    if (other !== undefined) return `${shortName(target)} is being changed for ${other}`;
  }
  return null;
};

const notPaused: Adjudicator = (plan, facts) => {
  for (const { target } of plan.patches) {
    const live = facts.live.get(shortName(target));
    if (live !== undefined && valueAt(live, '/spec/paused') === true) {
      return `${shortName(target)} is paused by a person: hands off`;
    }
  }
  return null;
};

/** One object is as the plan presumes, or why not. Asked again right before the write. */
export const objectionTo = (plan: Plan, target: ObjectRef, object: JsonObject): string | null => {
  const name = shortName(target);
  const broken = plan.preconditions.find(
    (condition) => shortName(condition.target) === name && !sameJson(valueAt(object, condition.path), condition.equals),
  );
  return broken === undefined ? null : `${name} has moved on: ${broken.path} is no longer what the plan presumes`;
};

const preconditionsHold: Adjudicator = (plan, { live }) => {
  for (const { target } of plan.preconditions) {
    const object = live.get(shortName(target));
    if (object === undefined) return `${shortName(target)} could not be read`;
    const objection = objectionTo(plan, target, object);
    if (objection !== null) return objection;
  }
  return null;
};

const kyvernoStandsGuard: Adjudicator = (_plan, { policies, dryRuns, challenge }) =>
  troubleOfPolicies(policies) ??
  dryRuns.map(troubleOfAnswer).find((trouble) => trouble !== null) ??
  (challenge === undefined ? null : troubleOfChallenge(challenge));

/** Whether the facts show that Kyverno does not stand guard. */
export const isGuardMissing = (plan: Plan, facts: GuardFacts): boolean => kyvernoStandsGuard(plan, facts) !== null;

const describeDryRun = (answer: DryRunAnswer): string | null => {
  switch (answer.kind) {
    case 'accepted':
      return null;
    case 'conflict':
      return 'the object changed while it was reviewed';
    case 'unreachable':
      return `the API server gave no answer: ${answer.reason}`;
    case 'denied':
      return answer.policy === undefined
        ? `the API server refuses it (${answer.by}): ${answer.message}`
        : `Kyverno policy "${answer.policy}" denies it: ${answer.message}`;
  }
};

const dryRunAccepted: Adjudicator = (plan, { dryRuns }) => {
  if (dryRuns.length !== plan.patches.length) return 'the dry run is not complete';
  return dryRuns.map(describeDryRun).find((reason) => reason !== null) ?? null;
};

/** The gates in the order in which they are shown, each with what its passing means. */
export const adjudicators: readonly { readonly name: string; readonly passed: string; readonly judge: Adjudicator }[] =
  [
    { name: 'Scope', passed: 'one watched namespace, no system namespace', judge: inScope },
    { name: 'Blast radius', passed: 'within bounds', judge: withinBounds },
    { name: 'Rate of writes', passed: 'below the limit', judge: rested },
    { name: 'Target lock', passed: 'no other incident is changing the target', judge: unlocked },
    { name: 'Hands off', passed: 'the target is not paused by a person', judge: notPaused },
    {
      name: 'Preconditions',
      passed: 'the objects are as the plan presumes',
      judge: preconditionsHold,
    },
    { name: guardGate, passed: 'its policies stand guard, and refuse what they must', judge: kyvernoStandsGuard },
    {
      name: 'Server dry run',
      passed: 'the API server and its admission accept the exact patch',
      judge: dryRunAccepted,
    },
  ];

/** Asks every gate, so that a person sees all reasons at once. */
export const judge = (plan: Plan, facts: GuardFacts): readonly Gate[] =>
  adjudicators.map(({ name, passed, judge: ask }) => {
    const reason = ask(plan, facts);
    return { name, passed: reason === null, reason: reason ?? passed };
  });

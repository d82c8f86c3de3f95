import type { Json, JsonObject } from '../domain/json.ts';
import { pointerOf } from '../domain/json-pointer.ts';
import { listAt, numberAt, objectAt, textAt, valueAt } from '../domain/json-read.ts';
import { cpuQuantity, memoryQuantity, parseQuantity } from '../domain/quantity.ts';
import { limits } from '../limits.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import { composeDraft } from './drafting/compose-draft.ts';
import type { Operation } from './drafting/json-patch.ts';
import { nameOf, objectsOfKind, podsWanted, replicaSetsOf, workloadNamed } from './drafting/live-object.ts';
import { cite } from './drafting/wording.ts';

/** The API server's own words, as they stand on the ReplicaSets: `requested: pods=1,requests.cpu=200m`. */
const requestedIn = (message: string): readonly (readonly [string, number])[] =>
  (/requested: ([^\s]+?),? used:/.exec(message)?.[1] ?? '').split(',').flatMap((pair) => {
    const [name = '', amount] = pair.split('=');
    const asked = parseQuantity(amount);
    return asked === undefined || name === '' ? [] : [[name, asked] as const];
  });

const refusalOf = (facts: RemedyFacts, workload: JsonObject, quota: string): string | undefined =>
  [workload, ...replicaSetsOf(facts, workload)]
    .flatMap((object) => listAt(object, 'status', 'conditions'))
    .filter((condition) => textAt(condition, 'type') === 'ReplicaFailure' && textAt(condition, 'status') === 'True')
    .map((condition) => textAt(condition, 'message'))
    .find((message) => message.includes(`exceeded quota: ${quota},`));

const written = (name: string, amount: number): string => {
  if (/memory|storage/.test(name)) return memoryQuantity(amount);
  return /cpu/.test(name) ? cpuQuantity(amount) : String(Math.ceil(amount));
};

/** How many pods the workload still lacks: at least the one that was refused. */
const missingPods = (workload: JsonObject): number =>
  Math.max(1, podsWanted(workload) - (numberAt(workload, 'status', 'replicas') ?? 0));

const raises = (quota: JsonObject, asked: readonly (readonly [string, number])[], pods: number): readonly Operation[] =>
  asked.flatMap(([name, each]): readonly Operation[] => {
    const hard = parseQuantity(objectAt(quota, 'spec', 'hard')[name]);
    const used = parseQuantity(valueAt(quota, 'status', 'used', name));
    if (hard === undefined || hard <= 0) return [];
    const needed = (used ?? hard) + each * pods;
    if (needed <= hard || needed > hard * limits.resourceFactorMax) return [];
    return [{ op: 'replace', path: pointerOf('spec', 'hard', name), value: written(name, needed) }];
  });

const told = (operations: readonly Operation[], quota: JsonObject): string =>
  operations
    .map((operation) => {
      const name = operation.path.split('/').at(-1) ?? '';
      const before: Json = objectAt(quota, 'spec', 'hard')[name] ?? 'nothing';
      return `${name} from ${String(before)} to ${'value' in operation ? String(operation.value) : 'nothing'}`;
    })
    .join(', ');

/** Raises a quota by what the refused pods ask for, and no further. */
export const raiseQuota: Action = {
  name: 'raise-quota',
  title: 'Raise the quota',
  description: 'Raises a ResourceQuota by exactly what the refused pods ask for.',
  draft: (facts) => {
    const workload = workloadNamed(facts, facts.cause.workload);
    if (facts.cause.fault !== 'quota-exceeded' || workload === undefined) return null;
    const quota = objectsOfKind(facts, 'ResourceQuota').find(
      (object) => facts.cause.component?.split(',')[0] === `quota ${nameOf(object)}`,
    );
    const refusal = quota === undefined ? undefined : refusalOf(facts, workload, nameOf(quota));
    if (quota === undefined || refusal === undefined) return null;
    const operations = raises(quota, requestedIn(refusal), missingPods(workload));
    const cited = cite(facts.context, ({ data }) => data?.kind === 'quota' && data.quota.name === nameOf(quota));
    return composeDraft({
      action: 'raise-quota',
      facts,
      workload,
      target: quota,
      operations,
      parameters: { quota: nameOf(quota), raised: told(operations, quota) },
      pods: podsWanted(workload),
      // How much a team may use is for people to say: the window never decides it alone.
      risk: 'medium',
      reason: `ResourceQuota ${nameOf(quota)} refuses the pods of ${nameOf(workload)}${cited}; what they ask for is let in: ${told(operations, quota)}.`,
      fitness: 0.8,
    });
  },
};

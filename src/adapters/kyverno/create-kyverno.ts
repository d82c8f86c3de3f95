import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, textAt, valueAt } from '../../domain/json-read.ts';
import type { Answer } from '../../ports/answer.ts';
import type { PolicyEngine, PolicyState } from '../../ports/policy-engine.ts';
import { troubleWith } from './policy-trouble.ts';

/** Reads all objects of a collection by its API path; `empty` when the server has no such API. */
export type ListObjects = (path: string) => Promise<Answer<readonly JsonObject[]>>;

const paths = {
  webhooks: '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations',
  validating: '/apis/policies.kyverno.io/v1/validatingpolicies',
  classic: '/apis/kyverno.io/v1/clusterpolicies',
} as const;

const webhookName = 'kyverno-resource-validating-webhook-cfg';

const names = (rule: Json, field: string, wanted: string): boolean =>
  listAt(rule, field).some((entry) => entry === wanted || entry === '*' || entry === '*/*');

/** Whether Kyverno is called when a Deployment changes. Without that its policies exist and judge nothing. */
const judgesDeployments = (configuration: JsonObject): boolean =>
  textAt(configuration, 'metadata', 'name') === webhookName &&
  listAt(configuration, 'webhooks')
    .flatMap((webhook) => listAt(webhook, 'rules'))
    .some(
      (rule) =>
        names(rule, 'apiGroups', 'apps') &&
        names(rule, 'resources', 'deployments') &&
        names(rule, 'operations', 'UPDATE'),
    );

const nameOf = (policy: JsonObject): string => textAt(policy, 'metadata', 'name');

/** A policy may do several things at once: the strictest counts. Kyverno denies when nothing is said. */
const strictest = (actions: readonly Json[]): PolicyState['action'] => {
  if (actions.length === 0 || actions.includes('Deny')) return 'Deny';
  return actions.includes('Warn') ? 'Warn' : 'Audit';
};

const validatingState = (policy: JsonObject): PolicyState => ({
  name: nameOf(policy),
  action: strictest(listAt(policy, 'spec', 'validationActions')),
  ready: valueAt(policy, 'status', 'conditionStatus', 'ready') === true,
});

/** Classic policies say `Enforce` for each rule, older ones once for all; either makes them deny. */
const classicState = (policy: JsonObject): PolicyState => {
  const words = [
    textAt(policy, 'spec', 'validationFailureAction'),
    ...listAt(policy, 'spec', 'rules').map((rule) => textAt(rule, 'validate', 'failureAction')),
  ];
  const isReady = listAt(policy, 'status', 'conditions').some(
    (condition) => textAt(condition, 'type') === 'Ready' && textAt(condition, 'status') === 'True',
  );
  return {
    name: nameOf(policy),
    action: words.some((word) => word.toLowerCase() === 'enforce') ? 'Deny' : 'Audit',
    ready: isReady || valueAt(policy, 'status', 'ready') === true,
  };
};

const statesOf = (
  answer: Answer<readonly JsonObject[]>,
  stateOf: (policy: JsonObject) => PolicyState,
): readonly PolicyState[] => (answer.outcome === 'found' ? answer.value.map(stateOf) : []);

/** The policies on which the bot counts, each with what is wrong with it; one that does not exist is in trouble too. */
const withTrouble = (
  policies: readonly PolicyState[],
  required: readonly string[],
  configuration: JsonObject,
): readonly PolicyState[] => {
  const told = policies.map((state) => {
    const trouble = required.includes(state.name) ? troubleWith(state, configuration) : null;
    return trouble === null ? state : { ...state, trouble };
  });
  const missing = required.filter((name) => !policies.some((state) => state.name === name));
  return [...told, ...missing.map((name) => ({ name, action: 'Deny', ready: false, trouble: 'is missing' }) as const)];
};

/** Kyverno as its policies and its webhook configuration show it. Fails closed: any doubt is `unreachable`, any gap `empty`. */
export const createKyverno = ({
  list,
  required = [],
}: {
  readonly list: ListObjects;
  /** Names of the policies that must all stand guard. */
  readonly required?: readonly string[];
}): PolicyEngine => ({
  policies: async () => {
    const [webhooks, validating, classic] = await Promise.all([
      list(paths.webhooks),
      list(paths.validating),
      list(paths.classic),
    ]);
    if (webhooks.outcome !== 'found') return webhooks;
    const configuration = webhooks.value.find(judgesDeployments);
    if (configuration === undefined) return { outcome: 'empty', query: paths.webhooks };
    if (validating.outcome === 'unreachable') return validating;
    const policies = [...statesOf(validating, validatingState), ...statesOf(classic, classicState)];
    if (policies.length > 0) {
      return { outcome: 'found', value: withTrouble(policies, required, configuration), query: paths.validating };
    }
    // Classic policies are the older way: only when there are no others does it matter that they could not be read.
    return classic.outcome === 'unreachable' ? classic : { outcome: 'empty', query: paths.validating };
  },
});

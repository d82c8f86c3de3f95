import { type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import type { CompiledPolicy } from './validating-policy.ts';

/** The name of the configuration that Kyverno keeps for its resource webhooks. */
export const configurationName = 'kyverno-resource-validating-webhook-cfg';

/** The webhook that serves a policy: one with match conditions gets its own, so that a dead engine stops nobody else. */
export const webhookName = ({ name, spec }: Pick<CompiledPolicy, 'name' | 'spec'>): string => {
  const mode = spec.failurePolicy === 'Ignore' ? 'ignore' : 'fail';
  const own = listOf(spec.matchConditions).length > 0 ? `-finegrained-${name}` : '';
  return `vpol.validate.kyverno.svc-${mode}${own}`;
};

const webhookOf = (policies: readonly CompiledPolicy[]): JsonMap => {
  const [first] = policies;
  const spec = mapOf(first?.spec);
  const constraints = policies.map((policy) => mapOf(policy.spec.matchConstraints));
  return {
    name: first === undefined ? '' : webhookName(first),
    clientConfig: {
      service: {
        name: 'kyverno-svc',
        namespace: 'kyverno',
        path: `/vpol/validate/${policies.map(({ name }) => name).join('/')}`,
        port: 443,
      },
    },
    rules: constraints.flatMap(({ resourceRules }) => listOf(resourceRules)),
    failurePolicy: spec.failurePolicy ?? 'Fail',
    matchPolicy: 'Equivalent',
    namespaceSelector: mapOf(constraints[0]?.namespaceSelector),
    objectSelector: mapOf(constraints[0]?.objectSelector),
    matchConditions: listOf(spec.matchConditions),
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: 10,
    admissionReviewVersions: ['v1'],
  };
};

/** The configuration that makes the API server ask Kyverno about what the policies match. */
export const webhookConfiguration = (policies: readonly CompiledPolicy[]): KubeObject => {
  const byWebhook = new Map<string, CompiledPolicy[]>();
  for (const policy of policies) {
    const name = webhookName(policy);
    byWebhook.set(name, [...(byWebhook.get(name) ?? []), policy]);
  }
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: configurationName, labels: { 'webhook.kyverno.io/managed-by': 'kyverno' } },
    webhooks: [...byWebhook.values()].map(webhookOf),
  };
};

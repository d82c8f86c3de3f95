import { ApiError } from '../api/api-error.ts';
import { type JsonMap, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { ClusterReads, celValue, createCelEnvironment } from './cel-environment.ts';
import { type AdmissionRequest, constraintsMatch } from './match-constraints.ts';
import { type CompiledPolicy, compilePolicy, type PolicyOutcome } from './validating-policy.ts';
import { configurationName, webhookConfiguration, webhookName } from './webhook-configuration.ts';

/** The policy engine as the API server meets it. */
export interface PolicyAdmission {
  /** Lets the request pass with warnings, or throws the refusal that the client sees. */
  admit(request: AdmissionRequest): readonly string[];
  /** Takes the engine's server away or brings it back: the webhook configuration stays, as in a crash. */
  setAvailable(available: boolean): void;
  close(): void;
}

const manager = 'kyverno';

const bindingsOf = (request: AdmissionRequest, namespace: KubeObject | undefined): JsonMap => {
  const { group, version, kind, plural, subresource, user } = request;
  return mapOf(
    celValue({
      object: request.object,
      oldObject: request.oldObject,
      namespaceObject: namespace ?? null,
      request: {
        operation: request.operation,
        name: request.name,
        namespace: request.namespace,
        kind: { group, version, kind },
        resource: { group, version, resource: plural },
        subResource: subresource,
        dryRun: request.dryRun,
        userInfo: { username: user.username, groups: user.groups, uid: user.uid },
      },
    }),
  );
};

const deadWebhook = (policy: CompiledPolicy): ApiError => {
  const path = `https://kyverno-svc.kyverno.svc:443/vpol/validate/fail/${policy.name}?timeout=10s`;
  const why = `failed calling webhook "${webhookName(policy)}": failed to call webhook: Post "${path}": dial tcp 10.96.10.43:443: connect: connection refused`;
  return new ApiError(500, `Internal error occurred: ${why}`, {
    reason: 'InternalError',
    details: { causes: [{ message: why }] },
  });
};

const denial = (policy: CompiledPolicy, text: string): ApiError =>
  new ApiError(400, `admission webhook "${webhookName(policy)}" denied the request: ${text}`);

const textOf = (policy: CompiledPolicy, outcome: Exclude<PolicyOutcome, { kind: 'passed' }>): string =>
  `Policy ${policy.name} ${outcome.kind === 'failed' ? 'failed' : 'error'}: ${outcome.message}`;

/** The status that Kyverno writes on a policy once it has read it. */
const statusOf = (reason: string | null): JsonMap => {
  const ready = reason === null;
  return {
    autogen: {},
    generated: false,
    conditionStatus: {
      ready,
      conditions: [
        {
          type: 'PolicyCached',
          status: ready ? 'True' : 'False',
          reason: ready ? 'Succeeded' : 'Failed',
          message: ready ? '' : reason,
        },
        {
          type: 'WebhookConfigured',
          status: ready ? 'True' : 'False',
          reason: ready ? 'Succeeded' : 'Failed',
          message: '',
        },
      ],
    },
  };
};

/** The compiled policies, kept in step with the store, which also learns each policy's status and the webhook configuration. */
const followPolicies = (
  store: KubeStore,
): { readonly compiled: () => readonly CompiledPolicy[]; readonly stop: () => void } => {
  const environment = createCelEnvironment();
  const compiled = new Map<string, CompiledPolicy>();

  const publish = (): void => {
    const wanted = webhookConfiguration([...compiled.values()]);
    const { name } = wanted.metadata;
    if (store.get('validatingwebhookconfigurations', '', name) === undefined) {
      store.create('validatingwebhookconfigurations', wanted, manager);
    } else {
      store.update('validatingwebhookconfigurations', wanted, manager);
    }
  };
  const read = (object: KubeObject): void => {
    const compilation = compilePolicy(environment, object);
    if (compilation.ok) compiled.set(object.metadata.name, compilation.policy);
    else compiled.delete(object.metadata.name);
    const status = statusOf(compilation.ok ? null : compilation.reason);
    store.updateStatus('validatingpolicies', { ...object, metadata: { name: object.metadata.name }, status }, manager);
    publish();
  };

  for (const object of store.list('validatingpolicies')) read(object);
  const stop = store.watch(({ type, resource, object }) => {
    if (resource !== 'validatingpolicies') return;
    if (type === 'DELETED') {
      compiled.delete(object.metadata.name);
      publish();
    } else {
      read(object);
    }
  });
  return { compiled: () => [...compiled.values()].sort((a, b) => a.name.localeCompare(b.name)), stop };
};

/** Starts the policy engine on a store: ValidatingPolicy objects in it judge every create, update and delete. */
export const startKyverno = (store: KubeStore): PolicyAdmission => {
  const policies = followPolicies(store);
  const resource = new ClusterReads({
    get: (_apiVersion, plural, namespace, name) => store.get(plural, namespace, name),
    list: (_apiVersion, plural, namespace) => store.list(plural, ...(namespace === '' ? [] : [namespace])),
  });
  let isAvailable = true;

  /** Match conditions are the API server's own work: a condition that cannot be evaluated refuses the request. */
  const isMeant = (policy: CompiledPolicy, bindings: JsonMap): boolean => {
    try {
      return policy.matches(bindings);
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
      throw new ApiError(403, `${webhookName(policy)}: match condition failed to evaluate: ${why}`, {
        reason: 'Forbidden',
      });
    }
  };

  const judge = (policy: CompiledPolicy, bindings: JsonMap): readonly string[] => {
    if (!isAvailable) {
      if (policy.spec.failurePolicy === 'Ignore') return [];
      throw deadWebhook(policy);
    }
    const outcome = policy.judge(bindings);
    if (outcome.kind === 'passed') return [];
    if (policy.actions.includes('Deny')) throw denial(policy, textOf(policy, outcome));
    return policy.actions.includes('Warn') ? [textOf(policy, outcome)] : [];
  };

  const admit = (request: AdmissionRequest): readonly string[] => {
    if (store.get('validatingwebhookconfigurations', '', configurationName) === undefined) return [];
    const namespace = request.namespace === '' ? undefined : store.get('namespaces', '', request.namespace);
    const bindings = { ...bindingsOf(request, namespace), resource };
    return policies
      .compiled()
      .filter(({ spec }) => constraintsMatch(spec.matchConstraints, request, namespace))
      .filter((policy) => isMeant(policy, bindings))
      .flatMap((policy) => judge(policy, bindings));
  };

  return {
    admit,
    setAvailable: (available) => {
      isAvailable = available;
    },
    close: policies.stop,
  };
};

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PolicyAdmission, startKyverno } from '../../../src/lab/cluster/admission/kyverno.ts';
import type { AdmissionRequest } from '../../../src/lab/cluster/admission/match-constraints.ts';
import { ApiError } from '../../../src/lab/cluster/api/api-error.ts';
import { type ApiStore, createKubeStore } from '../../../src/lab/cluster/create-kube-store.ts';
import type { KubeObject } from '../../../src/lab/cluster/kube-object.ts';

const configMap = (fields: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop', labels: { tier: 'web' } },
  data: { size: '3' },
  ...fields,
});

const policy = (name: string, spec: object): KubeObject => ({
  apiVersion: 'policies.kyverno.io/v1',
  kind: 'ValidatingPolicy',
  metadata: { name },
  spec: {
    matchConstraints: {
      resourceRules: [
        { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
      ],
    },
    ...spec,
  },
});

const request = (fields: Partial<AdmissionRequest> = {}): AdmissionRequest => ({
  operation: 'UPDATE',
  group: '',
  version: 'v1',
  plural: 'configmaps',
  subresource: '',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'settings',
  dryRun: false,
  user: { username: 'alice', groups: ['people'] },
  object: configMap(),
  oldObject: configMap(),
  ...fields,
});

const never = [{ expression: 'false', message: 'no' }];

let store: ApiStore;
let kyverno: PolicyAdmission;

beforeEach(() => {
  store = createKubeStore({ now: () => 0 });
  store.create(
    'namespaces',
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop', labels: { env: 'prod' } } },
    'kubectl',
  );
  kyverno = startKyverno(store);
});
afterEach(() => kyverno.close());

const add = (name: string, spec: object): KubeObject =>
  store.create('validatingpolicies', policy(name, spec), 'kubectl');

/** The message of the refusal; '' when the request passes. */
const refusal = (asked: AdmissionRequest = request()): string => {
  try {
    kyverno.admit(asked);
    return '';
  } catch (error) {
    if (error instanceof ApiError) return error.message;
    throw error;
  }
};

describe('the policy engine', () => {
  it('is not there before the first policy, and its webhook names every policy that is ready', () => {
    const configuration = () =>
      store.get('validatingwebhookconfigurations', '', 'kyverno-resource-validating-webhook-cfg')?.webhooks ?? [];
    expect(configuration()).toEqual([]);
    add('first', { validations: never });
    add('second', { validations: never, matchConditions: [{ name: 'a', expression: 'true' }] });
    const names = configuration().map((webhook: { name: string }) => webhook.name);
    expect(names).toEqual(['vpol.validate.kyverno.svc-fail', 'vpol.validate.kyverno.svc-fail-finegrained-second']);
  });

  it('judges no request while the webhook configuration is gone', () => {
    add('first', { validations: never });
    expect(refusal()).toContain('Policy first failed: no');
    store.remove('validatingwebhookconfigurations', '', 'kyverno-resource-validating-webhook-cfg');
    expect(refusal()).toBe('');
  });

  it('says of a policy that does not compile what is wrong, and does without it', () => {
    add('broken', { validations: [{ expression: 'object.data.size >' }] });
    add('unknown', { validations: [{ expression: 'nobody.knows == 1' }] });
    for (const name of ['broken', 'unknown']) {
      const { ready, conditions } = store.get('validatingpolicies', '', name)?.status.conditionStatus ?? {};
      expect(ready).toBe(false);
      expect(conditions[0].message).toContain('spec.validations[0].expression: Invalid value');
    }
    expect(refusal()).toBe('');
  });

  it('takes up a policy that is mended, and lets go of one that is deleted', () => {
    const broken = add('late', { validations: [{ expression: 'object.' }] });
    const { resourceVersion: _version, ...metadata } = broken.metadata;
    store.update(
      'validatingpolicies',
      { ...broken, metadata, spec: { ...broken.spec, validations: never } },
      'kubectl',
    );
    expect(store.get('validatingpolicies', '', 'late')?.status.conditionStatus.ready).toBe(true);
    expect(refusal()).toContain('Policy late failed');
    store.remove('validatingpolicies', '', 'late');
    expect(refusal()).toBe('');
  });

  it('knows the request, both objects, the namespace and its own variables', () => {
    add('all', {
      variables: [
        { name: 'size', expression: 'int(object.data.size)' },
        { name: 'double', expression: 'variables.size + variables.size' },
      ],
      validations: [
        {
          expression:
            'request.operation == "UPDATE" && request.userInfo.username == "alice" && "people" in request.userInfo.groups && !request.dryRun && request.resource.resource == "configmaps"',
        },
        { expression: 'namespaceObject.metadata.labels["env"] == "prod"' },
        { expression: 'oldObject.data == object.data' },
        {
          expression: 'variables.double < 6',
          messageExpression: '"twice the size is " + string(variables.double)',
        },
      ],
    });
    expect(refusal()).toBe(
      'admission webhook "vpol.validate.kyverno.svc-fail" denied the request: Policy all failed: twice the size is 6',
    );
  });

  it('reads quantities, optional fields and text as Kubernetes does', () => {
    const truths = [
      'quantity("1Gi").isGreaterThan(quantity("1000Mi"))',
      'quantity("250m").add(quantity("250m")).compareTo(quantity("0.5")) == 0',
      'isQuantity("3x") == false',
      'object.?spec.?missing.orValue("none") == "none"',
      'object.metadata.?labels[?"absent"].orValue("") == ""',
      'has(object.data.size) && !has(object.data.other)',
      '"shop/web:1".replace("web", "api") == "shop/api:1"',
      '"host:5000/shop/web:1".find("^([^/@]+/)*[^/:@]+") == "host:5000/shop/web"',
    ];
    add('truths', { validations: truths.map((expression) => ({ expression, message: expression })) });
    expect(refusal()).toBe('');
  });

  it('asks a policy only about what it matches', () => {
    const selecting = (selector: object) => ({
      matchConstraints: { ...policy('x', {}).spec.matchConstraints, ...selector },
    });
    add('elsewhere', { ...selecting({ namespaceSelector: { matchLabels: { env: 'test' } } }), validations: never });
    add('others', { ...selecting({ objectSelector: { matchLabels: { tier: 'data' } } }), validations: never });
    add('bob', {
      matchConditions: [{ name: 'bob', expression: 'request.userInfo.username == "bob"' }],
      validations: never,
    });
    expect(refusal()).toBe('');
    expect(refusal(request({ operation: 'DELETE', object: null, user: { username: 'bob', groups: [] } }))).toBe('');
    expect(refusal(request({ user: { username: 'bob', groups: [] } }))).toContain('Policy bob failed: no');
  });

  it('denies when an expression cannot be evaluated', () => {
    add('blind', { validations: [{ expression: 'object.spec.replicas > 1' }] });
    expect(refusal()).toMatch(/denied the request: Policy blind error: No such key: spec/);
  });

  it('warns where it should only warn, and is silent where it only audits', () => {
    add('softly', { validationActions: ['Warn'], validations: never });
    add('silently', { validationActions: ['Audit'], validations: never });
    expect(kyverno.admit(request())).toEqual(['Policy softly failed: no']);
  });

  it('while away stops what would be judged, unless the policy says to ignore that', () => {
    add('lenient', { failurePolicy: 'Ignore', validations: never });
    kyverno.setAvailable(false);
    expect(refusal()).toBe('');
    add('strict', { validations: never });
    expect(refusal()).toMatch(
      /^Internal error occurred: failed calling webhook "vpol\.validate\.kyverno\.svc-fail": failed to call webhook: Post /,
    );
    kyverno.setAvailable(true);
    expect(refusal()).toContain('denied the request');
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { ClusterReads, celValue, createCelEnvironment } from '../../src/lab/cluster/admission/cel-environment.ts';
import { type AdmissionRequest, constraintsMatch } from '../../src/lab/cluster/admission/match-constraints.ts';
import { compilePolicy } from '../../src/lab/cluster/admission/validating-policy.ts';
import { builtinResources } from '../../src/lab/cluster/api/served-resource.ts';
import type { KubeObject } from '../../src/lab/cluster/kube-object.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const folders = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** One expectation of a `kyverno-test.yaml`. */
interface Result {
  readonly policy: string;
  readonly kind: string;
  readonly operation?: AdmissionRequest['operation'];
  readonly resources: readonly string[];
  readonly result: 'pass' | 'fail' | 'skip';
}

const all = (path: string): readonly KubeObject[] =>
  parseAllDocuments(readFileSync(path, 'utf8')).map((document) => document.toJS());

const pluralOf = (kind: string): string => builtinResources.find((entry) => entry.kind === kind)?.plural ?? '';

/** A test of Kyverno's command line, as the laboratory's evaluator is asked the same. */
const readTest = (folder: string) => {
  const path = (name: string): string => join(root, folder, name);
  const test = parse(readFileSync(path('kyverno-test.yaml'), 'utf8'));
  const policies: readonly KubeObject[] = test.policies.map((name: string) => parse(readFileSync(path(name), 'utf8')));
  const context: readonly KubeObject[] = parse(readFileSync(path(test.context), 'utf8')).spec.resources;
  const { namespaces } = parse(readFileSync(path(test.variables), 'utf8'));
  const { userInfo } = parse(readFileSync(path(test.userinfo), 'utf8'));
  const resources: readonly KubeObject[] = test.resources.flatMap((name: string) => all(path(name)));
  return { results: test.results as readonly Result[], policies, context, namespaces, userInfo, resources };
};

type Test = ReturnType<typeof readTest>;

const readsOf = (context: readonly KubeObject[]): ClusterReads => {
  const of = (plural: string, namespace: string) =>
    context.filter(({ kind, metadata }) => pluralOf(kind) === plural && metadata.namespace === namespace);
  return new ClusterReads({
    get: (_version, plural, namespace, name) => of(plural, namespace).find(({ metadata }) => metadata.name === name),
    list: (_version, plural, namespace) => of(plural, namespace),
  });
};

/** As the command line does it: an update has the same object before and after. */
const requestFor = (test: Test, object: KubeObject, operation: AdmissionRequest['operation']): AdmissionRequest => {
  const [group = '', version = ''] = object.apiVersion.includes('/')
    ? object.apiVersion.split('/')
    : ['', object.apiVersion];
  return {
    operation,
    ...{ group, version, plural: pluralOf(object.kind), subresource: '', kind: object.kind },
    ...{ namespace: object.metadata.namespace ?? '', name: object.metadata.name, dryRun: false },
    user: test.userInfo,
    object: operation === 'DELETE' ? null : object,
    oldObject: operation === 'CREATE' ? null : object,
  };
};

const verdictOf = (test: Test, policy: KubeObject, request: AdmissionRequest): Result['result'] => {
  const compiled = compilePolicy(createCelEnvironment(), policy);
  if (!compiled.ok) throw new Error(compiled.reason);
  const namespace = test.namespaces.find((entry: KubeObject) => entry.metadata.name === request.namespace);
  if (!constraintsMatch(policy.spec.matchConstraints, request, namespace)) return 'skip';
  const { group, plural, operation, user } = request;
  const asked = {
    operation,
    namespace: request.namespace,
    subResource: '',
    userInfo: user,
    resource: { group, resource: plural },
  };
  const bindings = {
    object: celValue(request.object),
    oldObject: celValue(request.oldObject),
    namespaceObject: celValue(namespace ?? null),
    request: celValue(asked),
    resource: readsOf(test.context),
  };
  if (!compiled.policy.matches(bindings)) return 'skip';
  const outcome = compiled.policy.judge(bindings);
  if (outcome.kind === 'error') throw new Error(outcome.message);
  return outcome.kind === 'passed' ? 'pass' : 'fail';
};

describe.each(folders)('the tests for Kyverno’s command line in %s hold in the laboratory', (folder) => {
  const test = readTest(folder);
  const cases = test.results.flatMap(({ policy, kind, operation = 'CREATE', resources, result }) =>
    resources.map((resource) => ({ policy, kind, operation, resource, result })),
  );

  it.each(cases)(
    '$policy: $operation of $kind $resource is a $result',
    ({ policy, kind, operation, resource, result }) => {
      const found = test.policies.find(({ metadata }) => metadata.name === policy);
      const object = test.resources.find((entry) => entry.kind === kind && entry.metadata.name === resource);
      if (found === undefined || object === undefined) throw new Error('the test names what is not there');
      expect(verdictOf(test, found, requestFor(test, object, operation))).toBe(result);
    },
  );
});

describe('every policy', () => {
  it('is judged by a test of the command line', () => {
    const tested = new Set(folders.flatMap((folder) => readTest(folder).results.map(({ policy }) => policy)));
    const names = readdirSync(join(root, '../../manifests/kyverno'))
      .filter((name) => !['kustomization.yaml', 'reading-rights.yaml', 'node-fields.yaml'].includes(name))
      .map((name) => `ai4all-sre-${name.replace('.yaml', '')}`);
    expect([...tested].toSorted()).toEqual(names.toSorted());
  });
});

import { isMap, type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { selectorHolds } from '../objects/selectors.ts';

/** What admission is asked about. */
export interface AdmissionRequest {
  readonly operation: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly subresource: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly user: { readonly username: string; readonly groups: readonly string[]; readonly uid?: string };
  readonly object: KubeObject | null;
  readonly oldObject: KubeObject | null;
}

const names = (list: unknown, wanted: string): boolean => {
  const all = listOf(list);
  return all.includes('*') || all.includes(wanted);
};

const resourceNamed = (list: unknown, request: AdmissionRequest): boolean => {
  const { plural, subresource } = request;
  const wanted =
    subresource === '' ? ['*', '*/*', plural] : ['*/*', `${plural}/${subresource}`, `${plural}/*`, `*/${subresource}`];
  return listOf(list).some((name) => wanted.includes(String(name)));
};

const ruleNames = (rule: JsonMap, request: AdmissionRequest): boolean => {
  const only = listOf(rule.resourceNames);
  const scope = rule.scope ?? '*';
  return (
    names(rule.apiGroups, request.group) &&
    names(rule.apiVersions, request.version) &&
    names(rule.operations, request.operation) &&
    resourceNamed(rule.resources, request) &&
    (only.length === 0 || only.includes(request.name)) &&
    (scope === '*' || (scope === 'Namespaced') === (request.namespace !== ''))
  );
};

/** Whether a policy's matchConstraints mean the request. `namespace` is the stored namespace, if there is one. */
export const constraintsMatch = (
  constraints: unknown,
  request: AdmissionRequest,
  namespace: KubeObject | undefined,
): boolean => {
  const { resourceRules, excludeResourceRules, namespaceSelector, objectSelector } = mapOf(constraints);
  const isNamed = (rules: unknown): boolean => listOf(rules).some((rule) => isMap(rule) && ruleNames(rule, request));
  const objects = [request.object, request.oldObject].filter((object) => object !== null);
  return (
    isNamed(resourceRules) &&
    !isNamed(excludeResourceRules) &&
    (request.namespace === '' || selectorHolds(namespaceSelector, namespace?.metadata.labels ?? {})) &&
    objects.some((object) => selectorHolds(objectSelector, object.metadata.labels ?? {}))
  );
};

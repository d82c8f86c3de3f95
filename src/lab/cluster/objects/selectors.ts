import { badRequest } from '../api/api-error.ts';
import { isMap, type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';

/** Says whether an object is meant. */
export type Matcher = (object: KubeObject) => boolean;

type Labels = Readonly<Record<string, unknown>>;
type LabelTest = (labels: Labels) => boolean;

const oneOf = (key: string, values: readonly string[], labels: Labels): boolean =>
  Object.hasOwn(labels, key) && values.includes(String(labels[key]));

const splitTerms = (text: string): readonly string[] =>
  text
    .split(/,(?![^()]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');

const labelName = '[A-Za-z0-9][A-Za-z0-9_./-]*';
const setTerm = new RegExp(`^(${labelName})\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const equalTerm = new RegExp(`^(${labelName})\\s*(==|=|!=)\\s*([A-Za-z0-9_.-]*)$`);
const presentTerm = new RegExp(`^(!?)\\s*(${labelName})$`);

const labelTest = (term: string): LabelTest => {
  const [, setKey = '', operator, list = ''] = setTerm.exec(term) ?? [];
  if (operator !== undefined) {
    const values = list.split(',').map((value) => value.trim());
    return (labels) => oneOf(setKey, values, labels) === (operator === 'in');
  }
  const [, key = '', sign, value = ''] = equalTerm.exec(term) ?? [];
  if (sign !== undefined) return (labels) => oneOf(key, [value], labels) === (sign !== '!=');
  const [, not, name = ''] = presentTerm.exec(term) ?? [];
  if (not === undefined) {
    throw badRequest(`unable to parse requirement: found '${term}', expected: !, identifier, or 'end of string'`);
  }
  return (labels) => Object.hasOwn(labels, name) === (not === '');
};

/** Reads `?labelSelector=`; throws 400 when it cannot be read. */
export const labelMatcher = (text: string): Matcher => {
  const tests = splitTerms(text).map(labelTest);
  return ({ metadata }) => tests.every((test) => test(metadata.labels ?? {}));
};

const fieldAt = (object: KubeObject, path: string): string => {
  const value = path.split('.').reduce<unknown>((inner, step) => (isMap(inner) ? inner[step] : undefined), object);
  return value === undefined || value === null ? '' : String(value);
};

const fieldsByKind: Readonly<Record<string, RegExp>> = {
  Pod: /^(spec\.(nodeName|restartPolicy|schedulerName|serviceAccountName)|status\.(phase|podIP|nominatedNodeName))$/,
  Event:
    /^(involvedObject\.(kind|namespace|name|uid|apiVersion|resourceVersion|fieldPath)|reason|reportingComponent|source|type)$/,
  Namespace: /^status\.phase$/,
  Node: /^spec\.unschedulable$/,
  Secret: /^type$/,
  Job: /^status\.successful$/,
  ReplicaSet: /^status\.replicas$/,
};

/** Only kinds that can be selected by more than their names have words of their own. */
const unknownField = (path: string, kind: string): string =>
  fieldsByKind[kind] === undefined
    ? `"${path}" is not a known field selector: only "metadata.name", "metadata.namespace"`
    : `field label not supported: ${path}`;

/** Reads `?fieldSelector=`; throws 400 for a field that the kind cannot be selected by. */
export const fieldMatcher = (text: string, kind: string): Matcher => {
  const tests = splitTerms(text).map((term): Matcher => {
    const [, path = '', sign = '', value = ''] = /^([\w.]+?)\s*(==|!=|=)\s*(.*)$/.exec(term) ?? [];
    if (sign === '') throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    const known = /^metadata\.(name|namespace)$/.test(path) || fieldsByKind[kind]?.test(path) === true;
    if (!known) throw badRequest(unknownField(path, kind));
    return (object) => (fieldAt(object, path) === value) === (sign !== '!=');
  });
  return (object) => tests.every((test) => test(object));
};

const expressionHolds = (expression: JsonMap, labels: Labels): boolean => {
  const key = String(expression.key);
  const values = listOf(expression.values).map(String);
  switch (expression.operator) {
    case 'In':
      return oneOf(key, values, labels);
    case 'NotIn':
      return !oneOf(key, values, labels);
    case 'Exists':
      return Object.hasOwn(labels, key);
    case 'DoesNotExist':
      return !Object.hasOwn(labels, key);
    default:
      return false;
  }
};

/** Whether labels satisfy a LabelSelector object; an empty or absent selector is satisfied by all. */
export const selectorHolds = (selector: unknown, labels: Labels): boolean => {
  const { matchLabels, matchExpressions } = mapOf(selector);
  return (
    Object.entries(mapOf(matchLabels)).every(([key, value]) => oneOf(key, [String(value)], labels)) &&
    listOf(matchExpressions).every((expression) => expressionHolds(mapOf(expression), labels))
  );
};

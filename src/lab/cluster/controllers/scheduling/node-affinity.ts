import { type JsonMap, listOf, mapOf } from '../../frozen.ts';
import type { KubeObject } from '../../kube-object.ts';
import type { PodSpec } from '../shapes.ts';

/** The term of hard demands, by its long name. */
export const required = 'requiredDuringSchedulingIgnoredDuringExecution';

const holds = (expression: JsonMap, value: string | undefined): boolean => {
  const values = listOf(expression.values).map(String);
  switch (expression.operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return Number(value) > Number(values[0]);
    case 'Lt':
      return Number(value) < Number(values[0]);
    default:
      return false;
  }
};

const termHolds = (term: JsonMap, node: KubeObject): boolean => {
  const labels = listOf(term.matchExpressions).map(mapOf);
  const fields = listOf(term.matchFields).map(mapOf);
  // A term without any demand finds no node.
  if (labels.length + fields.length === 0) return false;
  return (
    labels.every((expression) => holds(expression, node.metadata.labels?.[String(expression.key)])) &&
    fields.every((expression) => holds(expression, node.metadata.name))
  );
};

/** Whether a node satisfies the pod's node selector and its required node affinity. */
export const isSelected = (spec: PodSpec, node: KubeObject): boolean => {
  const labels = node.metadata.labels ?? {};
  const isNamed = Object.entries(spec.nodeSelector ?? {}).every(([label, value]) => labels[label] === value);
  const demanded = mapOf(mapOf(mapOf(spec.affinity).nodeAffinity)[required]).nodeSelectorTerms;
  return isNamed && (demanded === undefined || listOf(demanded).some((term) => termHolds(mapOf(term), node)));
};

import { mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { type FieldProblem, required, wrongValue } from './field-problem.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const qualifiedName =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelRule =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const labelValueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedNameRule =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

const annotationBytesMax = 262_144;
const freelyNamed = /^(Cluster)?Role(Binding)?$/;
const narrowlyNamed = new Set(['Namespace', 'Service']);

const nameProblems = ({ kind, metadata }: KubeObject): readonly FieldProblem[] => {
  const { name } = metadata;
  if (name === undefined || name === '') return [required('metadata.name', 'name or generateName is required')];
  if (freelyNamed.test(kind)) return [];
  const [shape, rule, lengthMax] = narrowlyNamed.has(kind) ? [label, labelRule, 63] : [subdomain, subdomainRule, 253];
  if (name.length > lengthMax) return [wrongValue('metadata.name', name, `must be no more than ${lengthMax} bytes`)];
  return shape.test(name) ? [] : [wrongValue('metadata.name', name, rule)];
};

/** What is wrong with a map of labels. */
export const labelProblems = (labels: unknown, field: string): readonly FieldProblem[] =>
  Object.entries(mapOf(labels)).flatMap(([key, value]) => [
    ...(qualifiedName.test(key) ? [] : [wrongValue(field, key, qualifiedNameRule)]),
    ...(labelValue.test(String(value)) && String(value).length <= 63 ? [] : [wrongValue(field, value, labelValueRule)]),
  ]);

/** What is wrong with a map of annotations. */
export const annotationProblems = (annotations: unknown, field: string): readonly FieldProblem[] => {
  const entries = Object.entries(mapOf(annotations));
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key + String(value)), 0);
  const misnamed = entries
    .filter(([key]) => !qualifiedName.test(key.toLowerCase()))
    .map(([key]) => wrongValue(field, key, qualifiedNameRule));
  if (bytes <= annotationBytesMax) return misnamed;
  return [
    ...misnamed,
    { reason: 'FieldValueTooLong', message: `Too long: may not be more than ${annotationBytesMax} bytes`, field },
  ];
};

/** What is wrong with an object's metadata. */
export const metadataProblems = (object: KubeObject): readonly FieldProblem[] => [
  ...nameProblems(object),
  ...labelProblems(object.metadata.labels, 'metadata.labels'),
  ...annotationProblems(object.metadata.annotations, 'metadata.annotations'),
];

import { isMap, type JsonMap, listOf, mapOf } from '../frozen.ts';
import { duplicate, type FieldProblem, required, unsupported, wrongValue } from './field-problem.ts';
import { parseQuantity } from './quantity.ts';

const portProblems = (value: unknown, field: string): readonly FieldProblem[] =>
  typeof value === 'number' && value >= 1 && value <= 65_535
    ? []
    : [wrongValue(field, value, 'must be between 1 and 65535, inclusive')];

/** Items that repeat a name, each told by its place. */
const duplicateProblems = (items: unknown, field: string, key = 'name'): readonly FieldProblem[] => {
  const seen = new Set<unknown>();
  return listOf(items).flatMap((item, index) => {
    const name = mapOf(item)[key];
    if (name === undefined || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [duplicate(`${field}[${index}].${key}`, name)];
  });
};

const amountProblems = (amounts: JsonMap, field: string): readonly FieldProblem[] =>
  Object.entries(amounts).flatMap(([name, value]) => {
    const amount = parseQuantity(value);
    return amount !== null && amount < 0
      ? [wrongValue(`${field}[${name}]`, value, 'must be greater than or equal to 0')]
      : [];
  });

const resourceProblems = (resources: JsonMap, field: string): readonly FieldProblem[] => {
  const [limits, requests] = [mapOf(resources.limits), mapOf(resources.requests)];
  const above = Object.entries(requests).flatMap(([name, request]) => {
    const [asked, allowed] = [parseQuantity(request), parseQuantity(limits[name])];
    return asked !== null && allowed !== null && asked > allowed
      ? [wrongValue(`${field}.requests`, request, `must be less than or equal to ${name} limit of ${limits[name]}`)]
      : [];
  });
  return [...amountProblems(limits, `${field}.limits`), ...amountProblems(requests, `${field}.requests`), ...above];
};

const envProblems = (env: unknown, field: string): readonly FieldProblem[] =>
  listOf(env).flatMap((item, index) => {
    const { name, value, valueFrom } = mapOf(item);
    const at = `${field}[${index}]`;
    if (name === undefined || name === '') return [required(`${at}.name`)];
    return valueFrom !== undefined && value !== undefined && value !== ''
      ? [wrongValue(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty')]
      : [];
  });

const pullPolicies = ['Always', 'IfNotPresent', 'Never'];

const mountProblems = (mounts: unknown, field: string, volumes: ReadonlySet<unknown>): readonly FieldProblem[] =>
  listOf(mounts).flatMap((mount, index) => {
    const { name } = mapOf(mount);
    if (volumes.has(name)) return [];
    return [
      { reason: 'FieldValueNotFound', message: `Not found: ${JSON.stringify(name)}`, field: `${field}[${index}].name` },
    ];
  });

const imageProblems = (container: JsonMap, field: string): readonly FieldProblem[] => {
  const { image, imagePullPolicy } = container;
  if (image === undefined || image === '') return [required(`${field}.image`)];
  return [
    ...(String(image).trim() === image
      ? []
      : [wrongValue(`${field}.image`, image, 'must not have leading or trailing whitespace')]),
    ...(imagePullPolicy === undefined || pullPolicies.includes(String(imagePullPolicy))
      ? []
      : [unsupported(`${field}.imagePullPolicy`, imagePullPolicy, pullPolicies)]),
  ];
};

const containerProblems = (
  container: JsonMap,
  field: string,
  volumes: ReadonlySet<unknown>,
): readonly FieldProblem[] => [
  ...(container.name === undefined || container.name === '' ? [required(`${field}.name`)] : []),
  ...imageProblems(container, field),
  ...listOf(container.ports).flatMap((port, index) =>
    portProblems(mapOf(port).containerPort, `${field}.ports[${index}].containerPort`),
  ),
  ...envProblems(container.env, `${field}.env`),
  ...resourceProblems(mapOf(container.resources), `${field}.resources`),
  ...mountProblems(container.volumeMounts, `${field}.volumeMounts`, volumes),
];

const restartPolicies = ['Always', 'OnFailure', 'Never'];

/** What is wrong with a pod's spec. `policies` are the restart policies that its owner allows. */
export const podSpecProblems = (
  spec: JsonMap,
  field: string,
  policies: readonly string[] = restartPolicies,
): readonly FieldProblem[] => {
  const volumes = new Set(listOf(spec.volumes).map((volume) => mapOf(volume).name));
  const inLists = ['initContainers', 'containers'].flatMap((list) => [
    ...listOf(spec[list]).flatMap((item, index) =>
      isMap(item) ? containerProblems(item, `${field}.${list}[${index}]`, volumes) : [],
    ),
    ...duplicateProblems(spec[list], `${field}.${list}`),
  ]);
  return [
    ...(listOf(spec.containers).length === 0 ? [required(`${field}.containers`)] : []),
    ...inLists,
    ...duplicateProblems(spec.volumes, `${field}.volumes`),
    ...(policies.includes(String(spec.restartPolicy))
      ? []
      : [unsupported(`${field}.restartPolicy`, spec.restartPolicy, policies)]),
  ];
};

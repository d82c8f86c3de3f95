import { isDeepStrictEqual } from 'node:util';
import { isMap, type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import {
  duplicate,
  type FieldProblem,
  forbiddenField,
  immutable,
  required,
  unsupported,
  wrongValue,
} from './field-problem.ts';
import { selectorHolds } from './selectors.ts';
import { annotationProblems, labelProblems, metadataProblems } from './validate-metadata.ts';
import { podSpecProblems } from './validate-pod.ts';

type Check = (object: KubeObject) => readonly FieldProblem[];

const notNegative = (value: unknown, field: string): readonly FieldProblem[] =>
  typeof value === 'number' && value < 0 ? [wrongValue(field, value, 'must be greater than or equal to 0')] : [];

const templateProblems = (template: unknown, policies?: readonly string[]): readonly FieldProblem[] => {
  const { metadata, spec } = mapOf(template);
  const { labels, annotations } = mapOf(metadata);
  return [
    ...labelProblems(labels, 'spec.template.metadata.labels'),
    ...annotationProblems(annotations, 'spec.template.metadata.annotations'),
    ...podSpecProblems(mapOf(spec), 'spec.template.spec', policies),
  ];
};

const selectorProblems = (spec: JsonMap): readonly FieldProblem[] => {
  if (!isMap(spec.selector)) return [required('spec.selector')];
  if (Object.keys(spec.selector).length === 0) {
    return [wrongValue('spec.selector', spec.selector, 'empty selector is invalid for deployment')];
  }
  const labels = mapOf(mapOf(mapOf(spec.template).metadata).labels);
  return selectorHolds(spec.selector, labels)
    ? []
    : [wrongValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`')];
};

const workload: Check = ({ spec }) => [
  ...notNegative(spec.replicas, 'spec.replicas'),
  ...notNegative(spec.revisionHistoryLimit, 'spec.revisionHistoryLimit'),
  ...selectorProblems(spec),
  ...templateProblems(spec.template, ['Always']),
];

const strategies = ['Recreate', 'RollingUpdate'];

const deployment: Check = (object) => {
  const { type, rollingUpdate } = mapOf(object.spec.strategy);
  const mixed = type === 'Recreate' && rollingUpdate !== undefined;
  return [
    ...workload(object),
    ...(strategies.includes(String(type)) ? [] : [unsupported('spec.strategy.type', type, strategies)]),
    ...(mixed
      ? [forbiddenField('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")]
      : []),
  ];
};

const serviceTypes = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const protocols = ['SCTP', 'TCP', 'UDP'];

const inPortRange = (value: unknown): boolean => typeof value === 'number' && value >= 1 && value <= 65_535;

const targetPortProblems = (target: unknown, field: string): readonly FieldProblem[] => {
  if (typeof target === 'number' && !inPortRange(target)) {
    return [wrongValue(field, target, 'must be between 1 and 65535, inclusive')];
  }
  return typeof target === 'string' && !/^[a-z0-9-]{1,15}$/.test(target)
    ? [wrongValue(field, target, 'must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')]
    : [];
};

const servicePortProblems = (port: JsonMap, field: string, isOnly: boolean): readonly FieldProblem[] => [
  ...(port.name === undefined && !isOnly ? [required(`${field}.name`)] : []),
  ...(inPortRange(port.port) ? [] : [wrongValue(`${field}.port`, port.port, 'must be between 1 and 65535, inclusive')]),
  ...(protocols.includes(String(port.protocol)) ? [] : [unsupported(`${field}.protocol`, port.protocol, protocols)]),
  ...targetPortProblems(port.targetPort, `${field}.targetPort`),
];

const repeatedPorts = (ports: readonly unknown[]): readonly FieldProblem[] => {
  const seen = new Set<string>();
  return ports.map(mapOf).flatMap((port, index) => {
    const key = `${port.protocol} ${port.port}`;
    if (seen.has(key)) return [duplicate(`spec.ports[${index}]`, { port: port.port, protocol: port.protocol })];
    seen.add(key);
    return [];
  });
};

const service: Check = ({ spec }) => {
  const ports = listOf(spec.ports);
  const needsPorts = spec.type !== 'ExternalName' && spec.clusterIP !== 'None';
  return [
    ...(serviceTypes.includes(String(spec.type)) ? [] : [unsupported('spec.type', spec.type, serviceTypes)]),
    ...(ports.length === 0 && needsPorts ? [required('spec.ports')] : []),
    ...ports.flatMap((port, index) => servicePortProblems(mapOf(port), `spec.ports[${index}]`, ports.length === 1)),
    ...repeatedPorts(ports),
    ...labelProblems(spec.selector, 'spec.selector'),
  ];
};

const autoscaler: Check = ({ spec }) => [
  ...(isMap(spec.scaleTargetRef) ? [] : [required('spec.scaleTargetRef')]),
  ...(typeof spec.maxReplicas === 'number' && spec.maxReplicas >= 1
    ? []
    : [wrongValue('spec.maxReplicas', spec.maxReplicas ?? 0, 'must be greater than 0')]),
  ...(spec.maxReplicas < spec.minReplicas
    ? [wrongValue('spec.maxReplicas', spec.maxReplicas, 'must be greater than or equal to `minReplicas`')]
    : []),
];

const checks: Readonly<Record<string, Check>> = {
  'apps/v1 Deployment': deployment,
  'apps/v1 ReplicaSet': workload,
  'apps/v1 StatefulSet': workload,
  'apps/v1 DaemonSet': workload,
  'batch/v1 Job': ({ spec }) => templateProblems(spec.template, ['OnFailure', 'Never']),
  'v1 Pod': ({ spec }) => podSpecProblems(mapOf(spec), 'spec'),
  'v1 Service': service,
  'autoscaling/v2 HorizontalPodAutoscaler': autoscaler,
};

/** What is wrong with an object that has its defaults. */
export const objectProblems = (object: KubeObject): readonly FieldProblem[] => [
  ...metadataProblems(object),
  ...(checks[`${object.apiVersion} ${object.kind}`]?.(object) ?? []),
];

const unchanged = (before: KubeObject, after: KubeObject, field: string): readonly FieldProblem[] =>
  isDeepStrictEqual(mapOf(before.spec)[field], mapOf(after.spec)[field])
    ? []
    : [wrongValue(`spec.${field}`, mapOf(after.spec)[field], immutable)];

const statefulSetFields = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const statefulSetChange = (before: KubeObject, after: KubeObject): readonly FieldProblem[] => {
  const frozen = (object: KubeObject): unknown =>
    Object.fromEntries(Object.entries(mapOf(object.spec)).filter(([field]) => !statefulSetFields.includes(field)));
  if (isDeepStrictEqual(frozen(before), frozen(after))) return [];
  const list = statefulSetFields
    .map((field) => `'${field}'`)
    .join(', ')
    .replace(/, (?='minReadySeconds')/, ' and ');
  return [forbiddenField('spec', `updates to statefulset spec for fields other than ${list} are forbidden`)];
};

const podChange = (before: KubeObject, after: KubeObject): readonly FieldProblem[] => {
  const fixed = (object: KubeObject): unknown => {
    const { activeDeadlineSeconds: _seconds, tolerations: _tolerations, ...spec } = mapOf(object.spec);
    const bare = (list: unknown): unknown => listOf(list).map((item) => ({ ...mapOf(item), image: '' }));
    return { ...spec, nodeName: '', containers: bare(spec.containers), initContainers: bare(spec.initContainers) };
  };
  if (isDeepStrictEqual(fixed(before), fixed(after))) return [];
  const allowed =
    '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
  return [forbiddenField('spec', `pod updates may not change fields other than ${allowed}`)];
};

const frozenData = (before: KubeObject, after: KubeObject): readonly FieldProblem[] =>
  before.immutable === true && !isDeepStrictEqual(before.data, after.data)
    ? [forbiddenField('data', 'field is immutable when `immutable` is set')]
    : [];

const changes: Readonly<Record<string, (before: KubeObject, after: KubeObject) => readonly FieldProblem[]>> = {
  Deployment: (before, after) => unchanged(before, after, 'selector'),
  DaemonSet: (before, after) => unchanged(before, after, 'selector'),
  ReplicaSet: (before, after) => unchanged(before, after, 'selector'),
  Job: (before, after) => unchanged(before, after, 'template'),
  StatefulSet: statefulSetChange,
  Pod: podChange,
  Service: (before, after) => (before.spec?.type === after.spec?.type ? unchanged(before, after, 'clusterIP') : []),
  ConfigMap: frozenData,
  Secret: frozenData,
};

/** What an update may not do to an object of its kind. */
export const changeProblems = (before: KubeObject, after: KubeObject): readonly FieldProblem[] =>
  changes[after.kind]?.(before, after) ?? [];

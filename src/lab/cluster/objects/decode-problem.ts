import { isMap, type JsonMap, listOf, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { badQuantity, parseQuantity } from './quantity.ts';

/** Why a body could not become a typed object, in the decoder's words; null when it can. */
type DecodeProblem = string | null;

const goTypes: Readonly<Record<string, string>> = {
  boolean: 'bool',
  object: 'object',
  string: 'string',
  number: 'number',
};

const mismatch = (value: unknown, where: string, type: string): string =>
  `json: cannot unmarshal ${Array.isArray(value) ? 'array' : (goTypes[typeof value] ?? 'null')} into Go struct field ${where} of type ${type}`;

const notText = (value: unknown, where: string): DecodeProblem =>
  value === undefined || value === null || typeof value === 'string' ? null : mismatch(value, where, 'string');

const notInteger = (value: unknown, where: string): DecodeProblem =>
  value === undefined || value === null || Number.isInteger(value) ? null : mismatch(value, where, 'int32');

const notTexts = (map: unknown, where: string): DecodeProblem => {
  if (map === undefined || map === null) return null;
  if (!isMap(map)) return mismatch(map, where, 'map[string]string');
  return first(Object.values(map).map((value) => notText(value, where)));
};

const first = (problems: readonly DecodeProblem[]): DecodeProblem =>
  problems.find((problem) => problem !== null) ?? null;

const quantities = (resources: JsonMap): DecodeProblem => {
  const amounts = [...Object.values(mapOf(resources.limits)), ...Object.values(mapOf(resources.requests))];
  return amounts.some((amount) => parseQuantity(amount) === null) ? badQuantity : null;
};

const container = (value: unknown): DecodeProblem => {
  const { name, image, env, ports, resources } = mapOf(value);
  return first([
    notText(name, 'Container.name'),
    notText(image, 'Container.image'),
    ...listOf(env).map((item) => notText(mapOf(item).value, 'EnvVar.value')),
    ...listOf(ports).map((item) => notInteger(mapOf(item).containerPort, 'ContainerPort.containerPort')),
    quantities(mapOf(resources)),
  ]);
};

const notList = (value: unknown, where: string, type: string): DecodeProblem =>
  value === undefined || value === null || Array.isArray(value) ? null : mismatch(value, where, `[]${type}`);

const podSpec = (spec: JsonMap): DecodeProblem =>
  first([
    notList(spec.containers, 'PodSpec.containers', 'v1.Container'),
    notList(spec.volumes, 'PodSpec.volumes', 'v1.Volume'),
    ...[...listOf(spec.containers), ...listOf(spec.initContainers)].map(container),
  ]);

const podSpecOf = (object: KubeObject): JsonMap =>
  mapOf(object.kind === 'Pod' ? object.spec : mapOf(mapOf(object.spec).template).spec);

const metadata = (object: KubeObject): DecodeProblem =>
  first([
    notTexts(object.metadata.labels, 'ObjectMeta.metadata.labels'),
    notTexts(object.metadata.annotations, 'ObjectMeta.metadata.annotations'),
  ]);

const specOf = (object: KubeObject): DecodeProblem => {
  const { kind } = object;
  if (object.spec !== undefined && object.spec !== null && !isMap(object.spec)) {
    return mismatch(object.spec, `${kind}.spec`, `v1.${kind}Spec`);
  }
  const spec = mapOf(object.spec);
  return first([
    kind === 'Service'
      ? first([
          notTexts(spec.selector, 'ServiceSpec.spec.selector'),
          notList(spec.ports, 'ServiceSpec.spec.ports', 'v1.ServicePort'),
          ...listOf(spec.ports).map((port) => notInteger(mapOf(port).port, 'ServicePort.spec.ports.port')),
        ])
      : null,
    kind === 'ConfigMap' ? notTexts(object.data, 'ConfigMap.data') : null,
    isMap(spec.template) ? notInteger(spec.replicas, `${kind}Spec.spec.replicas`) : null,
    podSpec(podSpecOf(object)),
  ]);
};

/** The first thing that keeps an object of a built-in kind from being decoded: a wrong JSON type or a quantity that is none. */
export const decodeProblem = (object: KubeObject): DecodeProblem => metadata(object) ?? specOf(object);

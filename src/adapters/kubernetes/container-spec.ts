import type { ContainerResources } from '../../domain/evidence.ts';
import type { Json } from '../../domain/json.ts';
import { listAt, numberAt, textAt, valueAt } from '../../domain/json-read.ts';
import type { ContainerPort, ProbeSpec } from '../../domain/pod-template.ts';
import { parseQuantity } from '../../domain/quantity.ts';

/** Words of a command that are kept: more of them are a script, and tell no more. */
const wordsMax = 20;
const wordCharsMax = 200;

const asks = [
  ['httpGet', 'http'],
  ['tcpSocket', 'tcp'],
  ['grpc', 'grpc'],
  ['exec', 'exec'],
] as const;

const portAt = (value: Json | undefined, ...keys: readonly string[]): number | string | undefined => {
  const port = valueAt(value, ...keys);
  return typeof port === 'number' || (typeof port === 'string' && port !== '') ? port : undefined;
};

const wordsAt = (value: Json | undefined, ...keys: readonly string[]): readonly string[] =>
  listAt(value, ...keys)
    .filter((word) => typeof word === 'string')
    .slice(0, wordsMax)
    .map((word) => word.slice(0, wordCharsMax));

/** A probe as its spec says it, with Kubernetes' defaults; undefined when there is none. */
const probeOf = (probe: Json | undefined): ProbeSpec | undefined => {
  const way = asks.find(([field]) => valueAt(probe, field) !== undefined);
  if (way === undefined) return undefined;
  const [field, ask] = way;
  const port = portAt(probe, field, 'port');
  const path = textAt(probe, field, 'path');
  const command = wordsAt(probe, field, 'command');
  return {
    ask,
    ...(port === undefined ? {} : { port }),
    ...(path === '' ? {} : { path }),
    ...(command.length === 0 ? {} : { command }),
    initialDelaySeconds: numberAt(probe, 'initialDelaySeconds') ?? 0,
    periodSeconds: numberAt(probe, 'periodSeconds') ?? 10,
    timeoutSeconds: numberAt(probe, 'timeoutSeconds') ?? 1,
    failureThreshold: numberAt(probe, 'failureThreshold') ?? 3,
  };
};

const portsOf = (container: Json): readonly ContainerPort[] =>
  listAt(container, 'ports').flatMap((entry) => {
    const port = numberAt(entry, 'containerPort');
    if (port === undefined) return [];
    const name = textAt(entry, 'name');
    const hostPort = numberAt(entry, 'hostPort');
    return [
      {
        ...(name === '' ? {} : { name }),
        port,
        protocol: textAt(entry, 'protocol') || 'TCP',
        ...(hostPort === undefined ? {} : { hostPort }),
      },
    ];
  });

const filled = <T extends object>(fields: T): Partial<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && !(Array.isArray(value) && value.length === 0)),
  ) as Partial<T>;

/** A container of a pod template, as far as it decides whether the container starts, is well and is reached. */
export const containerSpecOf = (container: Json): ContainerResources => {
  const amount = (list: 'requests' | 'limits', resource: 'cpu' | 'memory'): number | undefined =>
    parseQuantity(valueAt(container, 'resources', list, resource));
  const more = filled({
    cpuRequest: amount('requests', 'cpu'),
    cpuLimit: amount('limits', 'cpu'),
    memoryRequest: amount('requests', 'memory'),
    memoryLimit: amount('limits', 'memory'),
    readinessProbe: probeOf(valueAt(container, 'readinessProbe')),
    livenessProbe: probeOf(valueAt(container, 'livenessProbe')),
    startupProbe: probeOf(valueAt(container, 'startupProbe')),
    command: wordsAt(container, 'command'),
    args: wordsAt(container, 'args'),
  });
  return {
    name: textAt(container, 'name'),
    image: textAt(container, 'image'),
    ports: portsOf(container),
    ...(more as Partial<ContainerResources>),
  };
};

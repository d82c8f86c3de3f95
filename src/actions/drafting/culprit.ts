import type { FaultName } from '../../domain/fault.ts';
import type { JsonObject } from '../../domain/json.ts';
import { listAt, textAt } from '../../domain/json-read.ts';
import type { RemedyFacts } from '../../ports/action.ts';
import { nameOf } from './live-object.ts';

/** What an object is to the workload in trouble. */
export type Role = 'workload' | 'service' | 'config' | 'client';

/** A field that can bring a fault about when it is changed, and how well undoing the change fits. */
export interface Culprit {
  readonly role: Role;
  readonly path: RegExp;
  readonly fitness: number;
  /** Fields that the same write had to change too, and that go back with it; on their own they explain nothing. */
  readonly companions?: RegExp;
}

/** A request may not exceed its limit: who cuts the one must cut the other. */
const companions = /\/resources(\/|$)/;

const environment = /\/(env|envFrom|args|command)(\/|$)/;

/** For each fault, the fields to suspect, the most telling first. A fault that no recorded field explains has none. */
const culprits: Readonly<Partial<Record<FaultName, readonly Culprit[]>>> = {
  'bad-image': [
    { role: 'workload', path: /^\/spec\/template\/spec\/(initC|c)ontainers\/\d+(\/image)?$/, fitness: 0.85 },
  ],
  'crash-loop': [
    { role: 'workload', path: /\/(env|envFrom)(\/|$)/, fitness: 0.95 },
    { role: 'config', path: /^\/data(\/|$)/, fitness: 0.85 },
    { role: 'workload', path: /^\/spec\/template\/spec\//, fitness: 0.8 },
  ],
  'memory-limit': [{ role: 'workload', path: /\/resources(\/limits(\/memory)?)?$/, fitness: 0.95, companions }],
  'cpu-saturation': [
    { role: 'workload', path: /\/resources(\/limits(\/cpu)?)?$/, fitness: 0.9, companions },
    { role: 'workload', path: environment, fitness: 0.6 },
  ],
  'scaled-to-zero': [{ role: 'workload', path: /^\/spec\/replicas$/, fitness: 0.95 }],
  'selector-drift': [
    { role: 'service', path: /^\/spec\/selector(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /^\/spec\/template\/metadata\/labels(\/|$)/, fitness: 0.8 },
  ],
  'connection-exhaustion': [
    { role: 'workload', path: environment, fitness: 0.75 },
    { role: 'config', path: /^\/data(\/|$)/, fitness: 0.75 },
    { role: 'client', path: environment, fitness: 0.7 },
    { role: 'client', path: /^\/spec\/replicas$/, fitness: 0.7 },
  ],
};

/** The culprit that a changed field of an object in this role is; undefined when it explains nothing. */
export const culpritFor = (fault: FaultName, role: Role, path: string): Culprit | undefined =>
  culprits[fault]?.find((culprit) => culprit.role === role && culprit.path.test(path));

const configNamesOf = (workload: JsonObject): readonly string[] => {
  const containers = [
    ...listAt(workload, 'spec', 'template', 'spec', 'initContainers'),
    ...listAt(workload, 'spec', 'template', 'spec', 'containers'),
  ];
  return [
    ...listAt(workload, 'spec', 'template', 'spec', 'volumes').map((volume) => textAt(volume, 'configMap', 'name')),
    ...containers.flatMap((container) =>
      listAt(container, 'envFrom').map((entry) => textAt(entry, 'configMapRef', 'name')),
    ),
    ...containers.flatMap((container) =>
      listAt(container, 'env').map((entry) => textAt(entry, 'valueFrom', 'configMapKeyRef', 'name')),
    ),
  ];
};

const isBehind = ({ cause, context }: RemedyFacts, service: JsonObject, workload: JsonObject): boolean =>
  nameOf(service) === nameOf(workload) ||
  cause.component === `service ${nameOf(service)}` ||
  context.evidence.some(
    ({ data }) =>
      data?.kind === 'service' && data.service.name === nameOf(service) && data.expected.includes(nameOf(workload)),
  );

const isClient = ({ cause, context }: RemedyFacts, object: JsonObject): boolean => {
  const named = (cause.component ?? '').split(/\s+/).includes(nameOf(object));
  return named || context.topology.edges.some(({ from, to }) => to === cause.workload && from === nameOf(object));
};

/** What an object is to the workload; null when it has nothing to do with it. */
export const roleOf = (facts: RemedyFacts, object: JsonObject, workload: JsonObject): Role | null => {
  const kind = textAt(object, 'kind');
  if (kind === 'Service') return isBehind(facts, object, workload) ? 'service' : null;
  if (kind === 'ConfigMap') return configNamesOf(workload).includes(nameOf(object)) ? 'config' : null;
  if (object === workload) return 'workload';
  const isWorkload = kind === 'Deployment' || kind === 'StatefulSet' || kind === 'DaemonSet';
  return isWorkload && isClient(facts, object) ? 'client' : null;
};

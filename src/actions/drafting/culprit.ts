import type { FaultName } from '../../domain/fault.ts';
import type { JsonObject } from '../../domain/json.ts';
import { listAt, textAt } from '../../domain/json-read.ts';
import type { RemedyFacts } from '../../ports/action.ts';
import { nameOf } from './live-object.ts';

/** What an object is to the workload in trouble. */
export type Role = 'workload' | 'service' | 'config' | 'client' | 'bounds' | 'policy' | 'scaler';

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
  'memory-leak': [{ role: 'workload', path: /^\/spec\/template\/spec\/containers\/\d+\/image$/, fitness: 0.85 }],
  'image-registry': [
    { role: 'workload', path: /^\/spec\/template\/spec\/(initC|c)ontainers\/\d+(\/image)?$/, fitness: 0.85 },
  ],
  'image-pull-secret': [{ role: 'workload', path: /\/imagePullSecrets(\/|$)|\/image$/, fitness: 0.85 }],
  'wrong-command': [{ role: 'workload', path: /\/containers\/\d+(\/(command|args)(\/|$)|$)/, fitness: 0.95 }],
  'init-container': [
    { role: 'workload', path: /\/initContainers(\/|$)/, fitness: 0.95 },
    { role: 'config', path: /^\/data(\/|$)/, fitness: 0.8 },
  ],
  'missing-config': [
    { role: 'config', path: /^\/data(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /\/(env|envFrom|volumes|volumeMounts)(\/|$)/, fitness: 0.95 },
  ],
  'volume-mount': [{ role: 'workload', path: /\/(volumes|volumeMounts|securityContext)(\/|$)/, fitness: 0.9 }],
  'readiness-probe': [
    { role: 'workload', path: /\/readinessProbe(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /\/containers\/\d+\/ports(\/|$)/, fitness: 0.8 },
  ],
  'liveness-probe': [
    { role: 'workload', path: /\/livenessProbe(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /\/containers\/\d+\/ports(\/|$)/, fitness: 0.8 },
  ],
  'request-too-large': [{ role: 'workload', path: /\/resources(\/|$)/, fitness: 0.95 }],
  'quota-exceeded': [
    { role: 'bounds', path: /^\/spec\/hard(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /\/resources(\/|$)/, fitness: 0.9 },
    { role: 'workload', path: /^\/spec\/replicas$/, fitness: 0.85 },
  ],
  'limit-range': [
    { role: 'bounds', path: /^\/spec\/limits(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /\/resources(\/|$)/, fitness: 0.95 },
  ],
  'missing-service-account': [{ role: 'workload', path: /\/serviceAccount(Name)?$/, fitness: 0.95 }],
  'node-selector': [{ role: 'workload', path: /\/nodeSelector(\/|$)/, fitness: 0.95 }],
  'node-affinity': [{ role: 'workload', path: /\/affinity(\/|$)/, fitness: 0.95 }],
  'pod-anti-affinity': [{ role: 'workload', path: /\/affinity(\/|$)/, fitness: 0.95 }],
  'untolerated-taint': [{ role: 'workload', path: /\/tolerations(\/|$)/, fitness: 0.95 }],
  'port-conflict': [{ role: 'workload', path: /\/containers\/\d+(\/ports(\/|$)|$)/, fitness: 0.9 }],
  'service-port': [
    { role: 'service', path: /^\/spec\/ports(\/|$)/, fitness: 0.95 },
    { role: 'workload', path: /\/containers\/\d+\/ports(\/|$)/, fitness: 0.85 },
  ],
  'service-protocol': [{ role: 'service', path: /^\/spec\/ports(\/|$)/, fitness: 0.95 }],
  'traffic-policy': [{ role: 'service', path: /^\/spec\/internalTrafficPolicy$/, fitness: 0.95 }],
  'wrong-address': [
    { role: 'workload', path: environment, fitness: 0.95 },
    { role: 'config', path: /^\/data(\/|$)/, fitness: 0.9 },
  ],
  'database-address': [
    { role: 'workload', path: environment, fitness: 0.95 },
    { role: 'config', path: /^\/data(\/|$)/, fitness: 0.9 },
  ],
  'network-policy': [{ role: 'policy', path: /^\/spec\/(ingress|egress)(\/|$)/, fitness: 0.95 }],
  autoscaler: [
    { role: 'scaler', path: /^\/spec\/(min|max)Replicas$/, fitness: 0.95 },
    { role: 'workload', path: /\/resources(\/|$)/, fitness: 0.85 },
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

const isNamed = ({ cause }: RemedyFacts, policy: JsonObject): boolean =>
  cause.component === `networkpolicy ${nameOf(policy)}`;

const scales = (_facts: RemedyFacts, scaler: JsonObject, workload: JsonObject): boolean =>
  textAt(scaler, 'spec', 'scaleTargetRef', 'kind') === textAt(workload, 'kind') &&
  textAt(scaler, 'spec', 'scaleTargetRef', 'name') === nameOf(workload);

/** Kinds that matter to a workload, and when each does. */
const roles: Readonly<
  Record<string, readonly [Role, (facts: RemedyFacts, object: JsonObject, workload: JsonObject) => boolean]>
> = {
  Service: ['service', isBehind],
  ConfigMap: ['config', (_facts, object, workload) => configNamesOf(workload).includes(nameOf(object))],
  NetworkPolicy: ['policy', isNamed],
  HorizontalPodAutoscaler: ['scaler', scales],
  // Quotas and limit ranges hold for every workload of the namespace.
  ResourceQuota: ['bounds', () => true],
  LimitRange: ['bounds', () => true],
  Deployment: ['client', isClient],
  StatefulSet: ['client', isClient],
  DaemonSet: ['client', isClient],
};

/** What an object is to the workload; null when it has nothing to do with it. */
export const roleOf = (facts: RemedyFacts, object: JsonObject, workload: JsonObject): Role | null => {
  if (object === workload) return 'workload';
  const [role, holds] = roles[textAt(object, 'kind')] ?? [];
  return role !== undefined && holds?.(facts, object, workload) === true ? role : null;
};

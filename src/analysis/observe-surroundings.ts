import type {
  AutoscalerData,
  ClaimData,
  LimitRangeData,
  MeshPolicyData,
  NodeData,
  PolicyData,
  PolicyRule,
  QuotaData,
  RouteBackend,
  RouteData,
  SurroundingData,
  UnitData,
  VolumeData,
} from '../domain/surroundings.ts';
import { formatBytes } from './signal-trait.ts';

const listMax = 4;

const listed = (items: readonly string[]): string =>
  items.length <= listMax
    ? items.join(', ')
    : `${items.slice(0, listMax).join(', ')} and ${items.length - listMax} more`;

/** An amount of a resource as people read it. */
export const amountInWords = (resource: string, amount: number): string => {
  if (/memory|storage/.test(resource)) return formatBytes(amount);
  return /cpu/.test(resource) && amount < 1 ? `${Math.round(amount * 1_000)}m` : String(Number(amount.toFixed(3)));
};

const nodeTroubles = ({ ready, unschedulable, taints, conditions }: NodeData): readonly string[] => [
  ...(ready ? [] : ['is not ready']),
  ...(unschedulable ? ['is cordoned'] : []),
  ...taints
    .filter(({ key }) => !key.startsWith('node.kubernetes.io/unschedulable'))
    .map(({ key, value, effect }) => `carries the taint ${key}${value === undefined ? '' : `=${value}`}:${effect}`),
  ...conditions
    .filter(({ type, status }) => type !== 'Ready' && status === 'True')
    .map(({ type }) => `reports ${type}`),
];

const observeNode = (node: NodeData): string => {
  const troubles = nodeTroubles(node);
  return `Node ${node.name} ${troubles.length === 0 ? 'is ready and takes pods' : listed(troubles)}.`;
};

const ruleInWords = ({ peers, ports }: PolicyRule): string => {
  const who =
    peers === undefined
      ? 'everybody'
      : listed(peers.flatMap(({ workloads, beyond }) => [...workloads, ...(beyond === undefined ? [] : [beyond])])) ||
        'pods that do not exist';
  const where =
    ports === undefined ? '' : ` on ${listed(ports.map(({ port, protocol }) => `${port ?? 'any'}/${protocol}`))}`;
  return `${who}${where}`;
};

const directionInWords = (rules: readonly PolicyRule[] | undefined, words: string): readonly string[] =>
  rules === undefined ? [] : [`${words} ${rules.length === 0 ? 'nobody' : listed(rules.map(ruleInWords))}`];

const observePolicy = (data: PolicyData): string => {
  const selects = data.selects.length === 0 ? 'no workload' : listed(data.selects);
  const rules = [...directionInWords(data.ingress, 'lets in'), ...directionInWords(data.egress, 'lets out to')].join(
    '; ',
  );
  return `NetworkPolicy ${data.policy.name} selects ${selects} and ${rules || 'isolates nothing'}.`;
};

const observeQuota = ({ quota, resources }: QuotaData): string => {
  const told = resources.map(
    ({ name, hard, used }) =>
      `${name} ${used === undefined ? '?' : amountInWords(name, used)} of ${amountInWords(name, hard)}`,
  );
  return `ResourceQuota ${quota.name} uses ${listed(told) || 'nothing'}.`;
};

const observeRange = ({ range, bounds }: LimitRangeData): string => {
  const told = bounds.map(({ type, resource, min, max }) => {
    const ends = [
      ...(min === undefined ? [] : [`at least ${amountInWords(resource, min)}`]),
      ...(max === undefined ? [] : [`at most ${amountInWords(resource, max)}`]),
    ];
    return `${resource} per ${type} ${ends.join(' and ') || 'has a default'}`;
  });
  return `LimitRange ${range.name}: ${listed(told) || 'no bound'}.`;
};

const observeClaim = ({ claim, phase, storageClass, requestedBytes, usedBy }: ClaimData): string => {
  const size = requestedBytes === undefined ? '' : ` of ${formatBytes(requestedBytes)}`;
  const of = storageClass === undefined ? '' : ` of class ${storageClass}`;
  return `Claim ${claim.name}${size}${of} is ${phase}; ${usedBy.length === 0 ? 'no workload mounts it' : `${listed(usedBy)} mounts it`}.`;
};

const observeUnit = ({ node, unit, active }: UnitData): string =>
  `The service ${unit} of node ${node} ${active ? 'runs' : 'does not run'}.`;

const observeVolume = ({ name, phase, storageClass, accessModes, capacityBytes, claim }: VolumeData): string => {
  const size = capacityBytes === undefined ? '' : ` of ${formatBytes(capacityBytes)}`;
  const of = storageClass === undefined ? '' : ` of class ${storageClass}`;
  const keeps = claim === undefined ? '' : `, kept for ${claim}`;
  return `Volume ${name}${size}${of} (${listed(accessModes)}) is ${phase}${keeps}.`;
};

/** The conditions that keep an autoscaler from scaling, in its own words. */
const scalerTroubles = ({ conditions }: AutoscalerData): readonly string[] =>
  conditions
    .filter(({ type, status }) => (type === 'ScalingLimited' ? status === 'True' : status === 'False'))
    .map(({ type, reason, message }) => `${reason ?? type}${message === undefined ? '' : `: ${message}`}`);

const observeAutoscaler = (data: AutoscalerData): string => {
  const { autoscaler, target, min, max, current } = data;
  const troubles = scalerTroubles(data);
  const now = current === undefined ? '' : `, now ${current}`;
  return `HorizontalPodAutoscaler ${autoscaler.name} keeps ${target.name} between ${min} and ${max} replicas${now}${troubles.length === 0 ? '' : `; ${listed(troubles)}`}.`;
};

const flaws = { served: '', 'no-service': ', which does not exist', 'no-port': ', which has no such port' } as const;

const backendInWords = ({ host, path, service, port, state }: RouteBackend): string =>
  `${host ?? ''}${path ?? '/'} to service ${service}${port === undefined ? '' : `:${port}`}${flaws[state]}`;

const observeRoute = ({ route, backends }: RouteData): string =>
  `${route.kind} ${route.name} sends ${listed(backends.map(backendInWords)) || 'nothing anywhere'}.`;

const effects = {
  'denies-all': 'lets nobody call',
  'denies-some': 'refuses some calls of',
  'admits-some': 'lets only some call',
  'demands-mtls': 'lets only callers of the mesh call',
} as const;

const observeMeshPolicy = ({ policy, selects, effect }: MeshPolicyData): string =>
  `${policy.kind} ${policy.name} ${effects[effect]} ${selects.length === 0 ? 'no workload' : listed(selects)}.`;

/** One sentence of something that workloads depend on. */
export const observeSurrounding = (data: SurroundingData): string => {
  switch (data.kind) {
    case 'node':
      return observeNode(data);
    case 'policy':
      return observePolicy(data);
    case 'quota':
      return observeQuota(data);
    case 'limit-range':
      return observeRange(data);
    case 'claim':
      return observeClaim(data);
    case 'volume':
      return observeVolume(data);
    case 'unit':
      return observeUnit(data);
    case 'autoscaler':
      return observeAutoscaler(data);
    case 'route':
      return observeRoute(data);
    case 'mesh-policy':
      return observeMeshPolicy(data);
  }
};

const isFull = ({ resources }: QuotaData): boolean =>
  resources.some(({ hard, used }) => used !== undefined && used >= hard);

const either = (isLoud: boolean, loud: number, calm: number): number => (isLoud ? loud : calm);

/** How much it says, 0..1: what cannot take a pod, bars a call, leads nowhere or is used up says much. */
export const surroundingStrength = (data: SurroundingData): number => {
  switch (data.kind) {
    case 'node':
      return either(nodeTroubles(data).length > 0, 0.7, 0.1);
    case 'policy':
    case 'mesh-policy':
      return either(data.selects.length > 0, 0.5, 0.2);
    case 'quota':
      return either(isFull(data), 0.8, 0.3);
    case 'limit-range':
      return 0.3;
    case 'claim':
    case 'volume':
      return either(data.phase === 'Bound', 0.1, 0.8);
    case 'unit':
      return either(data.active, 0.05, 0.9);
    case 'autoscaler':
      return either(scalerTroubles(data).length > 0, 0.7, 0.2);
    case 'route':
      return either(
        data.backends.some(({ state }) => state !== 'served'),
        0.8,
        0.2,
      );
  }
};

/** The name that it is filed under: `node/worker-1`. */
export const surroundingSubject = (data: SurroundingData): string => {
  switch (data.kind) {
    case 'node':
      return `node/${data.name}`;
    case 'policy':
      return `networkpolicy/${data.policy.name}`;
    case 'quota':
      return `resourcequota/${data.quota.name}`;
    case 'limit-range':
      return `limitrange/${data.range.name}`;
    case 'claim':
      return `persistentvolumeclaim/${data.claim.name}`;
    case 'volume':
      return `persistentvolume/${data.name}`;
    case 'unit':
      return `node/${data.node} ${data.unit}`;
    case 'autoscaler':
      return `horizontalpodautoscaler/${data.autoscaler.name}`;
    case 'route':
      return `${data.route.kind.toLowerCase()}/${data.route.name}`;
    case 'mesh-policy':
      return `${data.policy.kind.toLowerCase()}/${data.policy.name}`;
  }
};

/** The workloads that it speaks of, where it speaks of some more than of others. */
export const surroundedWorkloads = (data: SurroundingData): readonly string[] => {
  if (data.kind === 'policy' || data.kind === 'mesh-policy') return data.selects;
  if (data.kind === 'autoscaler') return [data.target.name];
  return data.kind === 'claim' ? data.usedBy : [];
};

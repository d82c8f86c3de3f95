import type { JsonMap } from './frozen.ts';

/**
 * How Kubernetes' own schema merges lists and maps, as far as the laboratory's kinds need it. A path begins with the kind and
 * goes on with field names; list positions leave no trace in it: ['Deployment', 'spec', 'template', 'spec', 'containers'].
 */
export type FieldPath = readonly string[];

const keyByField: Readonly<Record<string, readonly string[]>> = {
  containers: ['name'],
  initContainers: ['name'],
  ephemeralContainers: ['name'],
  env: ['name'],
  volumes: ['name'],
  volumeMounts: ['mountPath'],
  volumeDevices: ['devicePath'],
  imagePullSecrets: ['name'],
  secrets: ['name'],
  hostAliases: ['ip'],
  resourceClaims: ['name'],
  topologySpreadConstraints: ['topologyKey', 'whenUnsatisfiable'],
  conditions: ['type'],
  ownerReferences: ['uid'],
  webhooks: ['name'],
  matchConditions: ['name'],
};

const atomicMaps = new Set([
  'selector',
  'nodeSelector',
  'configMapKeyRef',
  'secretKeyRef',
  'fieldRef',
  'scaleTargetRef',
]);

const portKeys = (path: FieldPath): readonly string[] | null => {
  if (path.at(-2) === 'containers' || path.at(-2) === 'initContainers') return ['containerPort', 'protocol'];
  return path[0] === 'Service' ? ['port', 'protocol'] : null;
};

/** The fields that tell the items of a keyed list apart; null when the list is replaced as a whole. */
export const listKeys = (path: FieldPath): readonly string[] | null => {
  const field = path.at(-1) ?? '';
  return field === 'ports' ? portKeys(path) : (keyByField[field] ?? null);
};

/** The one key that a strategic merge patch matches list items by: it is coarser than server-side apply's keys. */
export const patchMergeKey = (path: FieldPath): string | null => listKeys(path)?.[0] ?? null;

/** Whether the list is a set of plain values, merged by union. */
export const isValueSet = (path: FieldPath): boolean => path.at(-1) === 'finalizers' && path.at(-2) === 'metadata';

/** Whether the map is owned and replaced as a whole. */
export const isAtomicMap = (path: FieldPath): boolean =>
  atomicMaps.has(path.at(-1) ?? '') && path[0] !== 'NetworkPolicy';

const keyDefaults: JsonMap = { protocol: 'TCP' };

/** What identifies an item of a keyed list, in the order of `keys`. */
export const itemKey = (item: JsonMap, keys: readonly string[]): JsonMap =>
  Object.fromEntries(keys.map((key) => [key, item[key] ?? keyDefaults[key] ?? null]));

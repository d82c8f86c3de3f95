import type { Json, JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, objectAt, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import { parseQuantity } from '../../domain/quantity.ts';
import type {
  AutoscalerData,
  ClaimData,
  LimitRangeData,
  NodeData,
  QuotaData,
  Taint,
  VolumeData,
} from '../../domain/surroundings.ts';
import type { ObjectRef } from '../../domain/workload.ts';
import { conditionsOf } from './conditions.ts';
import { demandsOf } from './placement.ts';

const refOf = (object: JsonObject, apiVersion: string, kind: string): ObjectRef => ({
  apiVersion,
  kind,
  namespace: textAt(object, 'metadata', 'namespace'),
  name: textAt(object, 'metadata', 'name'),
});

const born = (object: JsonObject): { readonly createdAt?: string } => {
  const createdAt = textAt(object, 'metadata', 'creationTimestamp');
  return createdAt === '' ? {} : { createdAt };
};

const taintOf = (entry: Json): Taint => {
  const value = textAt(entry, 'value');
  return { key: textAt(entry, 'key'), ...(value === '' ? {} : { value }), effect: textAt(entry, 'effect') };
};

const amountsOf = (pairs: readonly (readonly [string, number | undefined])[]) =>
  Object.fromEntries(pairs.filter(([, amount]) => amount !== undefined));

/** A node as it reports itself; `heartbeatAt` is when its kubelet renewed its lease. */
export const nodeDataOf = (node: JsonObject, heartbeatAt?: string): NodeData => {
  const conditions = conditionsOf(node);
  const allocatable = (resource: string) => parseQuantity(valueAt(node, 'status', 'allocatable', resource));
  return {
    kind: 'node',
    name: textAt(node, 'metadata', 'name'),
    ready: conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
    unschedulable: valueAt(node, 'spec', 'unschedulable') === true,
    taints: listAt(node, 'spec', 'taints').map(taintOf),
    labels: textsAt(node, 'metadata', 'labels'),
    allocatable: amountsOf([
      ['cpu', allocatable('cpu')],
      ['memory', allocatable('memory')],
      ['pods', allocatable('pods')],
    ]),
    conditions,
    ...(heartbeatAt === undefined ? {} : { heartbeatAt }),
  };
};

/** A quota with what is used of each of its resources. The status is what the quota controller counted last. */
export const quotaDataOf = (quota: JsonObject): QuotaData => ({
  kind: 'quota',
  quota: refOf(quota, 'v1', 'ResourceQuota'),
  ...born(quota),
  resources: Object.entries(objectAt(quota, 'spec', 'hard')).flatMap(([name, amount]) => {
    const hard = parseQuantity(amount);
    const used = parseQuantity(valueAt(quota, 'status', 'used', name));
    return hard === undefined ? [] : [{ name, hard, ...(used === undefined ? {} : { used }) }];
  }),
});

const boundFields = ['min', 'max', 'default', 'defaultRequest'] as const;

const boundsOf = (entry: Json): LimitRangeData['bounds'] => {
  const fields = [...boundFields, 'maxLimitRequestRatio'];
  const resources = new Set(fields.flatMap((field) => Object.keys(objectAt(entry, field))));
  return [...resources].map((resource) => ({
    type: textAt(entry, 'type'),
    resource,
    ...amountsOf(boundFields.map((field) => [field, parseQuantity(valueAt(entry, field, resource))] as const)),
    ...amountsOf([['maxRatio', parseQuantity(valueAt(entry, 'maxLimitRequestRatio', resource))]]),
  }));
};

/** A limit range, one bound for each type and resource. */
export const limitRangeDataOf = (range: JsonObject): LimitRangeData => ({
  kind: 'limit-range',
  range: refOf(range, 'v1', 'LimitRange'),
  ...born(range),
  bounds: listAt(range, 'spec', 'limits').flatMap(boundsOf),
});

const mounts = (workload: JsonObject, claim: string): boolean =>
  listAt(workload, 'spec', 'template', 'spec', 'volumes').some(
    (volume) => textAt(volume, 'persistentVolumeClaim', 'claimName') === claim,
  );

/** A claim with the workloads that mount it by name. */
export const claimDataOf = (claim: JsonObject, workloads: readonly JsonObject[]): ClaimData => {
  const name = textAt(claim, 'metadata', 'name');
  const storageClass = textAt(claim, 'spec', 'storageClassName');
  const requestedBytes = parseQuantity(valueAt(claim, 'spec', 'resources', 'requests', 'storage'));
  const selector = demandsOf(valueAt(claim, 'spec', 'selector'));
  const volume = textAt(claim, 'spec', 'volumeName');
  return {
    kind: 'claim',
    claim: refOf(claim, 'v1', 'PersistentVolumeClaim'),
    phase: textAt(claim, 'status', 'phase') || 'Pending',
    ...(storageClass === '' ? {} : { storageClass }),
    accessModes: listAt(claim, 'spec', 'accessModes').filter((mode) => typeof mode === 'string'),
    ...(requestedBytes === undefined ? {} : { requestedBytes }),
    ...(selector.length === 0 ? {} : { selector }),
    ...(volume === '' ? {} : { volume }),
    usedBy: workloads
      .filter((workload) => mounts(workload, name))
      .map((workload) => textAt(workload, 'metadata', 'name')),
  };
};

/** A volume with what it offers. */
export const volumeDataOf = (volume: JsonObject): VolumeData => {
  const storageClass = textAt(volume, 'spec', 'storageClassName');
  const capacityBytes = parseQuantity(valueAt(volume, 'spec', 'capacity', 'storage'));
  const claim = textAt(volume, 'spec', 'claimRef', 'name');
  return {
    kind: 'volume',
    name: textAt(volume, 'metadata', 'name'),
    phase: textAt(volume, 'status', 'phase') || 'Available',
    ...(storageClass === '' ? {} : { storageClass }),
    accessModes: listAt(volume, 'spec', 'accessModes').filter((mode) => typeof mode === 'string'),
    ...(capacityBytes === undefined ? {} : { capacityBytes }),
    labels: textsAt(volume, 'metadata', 'labels'),
    ...(claim === '' ? {} : { claim: `${textAt(volume, 'spec', 'claimRef', 'namespace')}/${claim}` }),
  };
};

/** An autoscaler with what it says of itself. */
export const autoscalerDataOf = (scaler: JsonObject): AutoscalerData => ({
  kind: 'autoscaler',
  autoscaler: refOf(scaler, 'autoscaling/v2', 'HorizontalPodAutoscaler'),
  target: {
    kind: textAt(scaler, 'spec', 'scaleTargetRef', 'kind'),
    name: textAt(scaler, 'spec', 'scaleTargetRef', 'name'),
  },
  min: numberAt(scaler, 'spec', 'minReplicas') ?? 1,
  max: numberAt(scaler, 'spec', 'maxReplicas') ?? 1,
  ...amountsOf([
    ['current', numberAt(scaler, 'status', 'currentReplicas')],
    ['desired', numberAt(scaler, 'status', 'desiredReplicas')],
  ]),
  conditions: conditionsOf(scaler),
});

/** A port of a policy's rule, or of anything else that may name it. */
export const portAt = (value: Json | undefined, key: string): number | string | undefined =>
  numberAt(value, key) ?? (textAt(value, key) || undefined);

import type { JsonObject } from '../../../domain/json.ts';
import { numberAt, objectAt, textAt } from '../../../domain/json-read.ts';
import { labels } from './store-names.ts';

/** What a Lease is for: a share of the incidents, or the sign of life of a replica. */
export type LeasePurpose = 'shard' | 'member';

/** A Lease as it was read. */
export interface SeenLease {
  readonly name: string;
  readonly purpose: LeasePurpose;
  /** Empty when it was given up. */
  readonly holder: string;
  readonly durationMs: number;
  readonly object: JsonObject;
  /** Changes with each renewal. */
  readonly record: string;
}

/** Kubernetes' MicroTime. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace('Z', '000Z');

/** Reads a Lease. */
export const readLease = (object: JsonObject): SeenLease => {
  const spec = objectAt(object, 'spec');
  return {
    name: textAt(object, 'metadata', 'name'),
    purpose: textAt(object, 'metadata', 'labels', labels.lease) === 'shard' ? 'shard' : 'member',
    holder: textAt(spec, 'holderIdentity'),
    durationMs: (numberAt(spec, 'leaseDurationSeconds') ?? 0) * 1_000,
    object,
    record: [textAt(spec, 'holderIdentity'), textAt(spec, 'renewTime'), numberAt(spec, 'leaseTransitions')].join(' '),
  };
};

interface Holding {
  readonly identity: string;
  readonly durationMs: number;
  /** The wall clock, for people who read it; nobody decides by it. */
  readonly nowMs: number;
}

/** A Lease that does not exist yet. */
export const newLease = (
  place: { readonly name: string; readonly namespace: string; readonly purpose: LeasePurpose },
  by: Holding,
): JsonObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: place.name, namespace: place.namespace, labels: { [labels.lease]: place.purpose } },
  spec: {
    holderIdentity: by.identity,
    leaseDurationSeconds: Math.ceil(by.durationMs / 1_000),
    acquireTime: microTime(by.nowMs),
    renewTime: microTime(by.nowMs),
    leaseTransitions: 0,
  },
});

/** The Lease, renewed by its holder. */
export const renewed = (object: JsonObject, by: Holding): JsonObject => ({
  ...object,
  spec: { ...objectAt(object, 'spec'), renewTime: microTime(by.nowMs) },
});

/** The Lease, taken by another holder. */
export const takenOver = (object: JsonObject, by: Holding): JsonObject => {
  const spec = objectAt(object, 'spec');
  return {
    ...object,
    spec: {
      ...spec,
      holderIdentity: by.identity,
      leaseDurationSeconds: Math.ceil(by.durationMs / 1_000),
      acquireTime: microTime(by.nowMs),
      renewTime: microTime(by.nowMs),
      leaseTransitions: (numberAt(spec, 'leaseTransitions') ?? 0) + 1,
    },
  };
};

/** The Lease, given up: whoever sees it may take it at once. */
export const givenUp = (object: JsonObject, nowMs: number): JsonObject => ({
  ...object,
  spec: { ...objectAt(object, 'spec'), holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(nowMs) },
});

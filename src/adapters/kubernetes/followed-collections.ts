import type { FieldChange } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/json.ts';
import type { ChangeRecords } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import { createBacklog } from './backlog.ts';
import { createRecordedCollection, type RecordedCollection } from './recorded-collection.ts';
import { createRecordedView, keyName } from './recorded-view.ts';

/** A kind of objects that is followed. */
interface RecordedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  /** Not every cluster has it: where the server does not know it, nothing of it can change. */
  readonly isOptional: boolean;
}

/** The kinds whose changes may explain an incident. */
const recordedKinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['v1', 'Secret'],
  ['v1', 'PersistentVolumeClaim'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
] as const;

/** The same, of what not every cluster has: where the server does not know such a kind, nothing of it can change. */
const optionalKinds = [
  ['gateway.networking.k8s.io/v1', 'HTTPRoute'],
  ['gateway.networking.k8s.io/v1', 'GRPCRoute'],
  ['security.istio.io/v1', 'AuthorizationPolicy'],
  ['security.istio.io/v1', 'PeerAuthentication'],
  ['policy.linkerd.io/v1beta3', 'Server'],
  ['policy.linkerd.io/v1alpha1', 'AuthorizationPolicy'],
] as const;

/** The kinds that belong to no namespace, and matter to all of them. */
const clusterKinds = [['v1', 'Node']] as const;

const kindsIn = (namespaces: readonly string[]): readonly RecordedKind[] => [
  ...namespaces.flatMap((namespace) => [
    ...recordedKinds.map(([apiVersion, kind]) => ({ apiVersion, kind, namespace, isOptional: false })),
    ...optionalKinds.map(([apiVersion, kind]) => ({ apiVersion, kind, namespace, isOptional: true })),
  ]),
  ...clusterKinds.map(([apiVersion, kind]) => ({ apiVersion, kind, isOptional: false })),
];

/** A collection that the flight recorder follows. */
export interface Followed extends RecordedKind {
  readonly collection: RecordedCollection;
}

/** Everything that the flight recorder follows. `digestKey` keys the digests that stand for secret values. */
export const followedBy = (deps: {
  readonly records: ChangeRecords;
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  readonly digestKey: string;
  readonly log: Log;
}): readonly Followed[] => {
  const { records, clock, log } = deps;
  const backlog = createBacklog(records, log);
  const shared = {
    ...{ clock, log, sightings: records.sightings, record: backlog.put },
    view: createRecordedView(deps.digestKey),
    hiddenBy: keyName(deps.digestKey),
  };
  return kindsIn(deps.namespaces).map(({ isOptional, ...ref }) => {
    const recorded = async (since: Instant): Promise<readonly FieldChange[]> => {
      const found = await records.since(ref.namespace ?? '', since).catch(() => []);
      return found
        .flatMap(({ changes }) => changes)
        .filter(({ object }) => object.kind === ref.kind && object.apiVersion === ref.apiVersion);
    };
    return { ...ref, isOptional, collection: createRecordedCollection(ref, { ...shared, recorded }) };
  });
};

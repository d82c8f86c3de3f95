import { setMaxListeners } from 'node:events';
import { invariant } from '../../domain/bot-error.ts';
import type { ChangeLog, ChangeRecords } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ApiServer } from './api-server.ts';
import { createBacklog } from './backlog.ts';
import { followObjects, type WatchTimes } from './object-watch.ts';
import { createRecordedCollection, type RecordedCollection } from './recorded-collection.ts';
import { createRecordedView } from './recorded-view.ts';

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
  ['networking.k8s.io/v1', 'NetworkPolicy'],
  ['networking.k8s.io/v1', 'Ingress'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
] as const;

/** Watches objects and remembers what changed, by whom and when. `start` returns at once; `stop` when all watches have ended. */
export interface FlightRecorder extends ChangeLog {
  start(): void;
  stop(): Promise<void>;
  /** What it cannot see now, in one phrase each: `secrets in shop: 403: ...`. */
  troubles(): readonly string[];
}

/** What the recorder needs. `digestKey` keys the digests that stand for secret values. */
export interface FlightRecorderDeps {
  readonly server: ApiServer;
  readonly records: ChangeRecords;
  readonly namespaces: readonly string[];
  readonly clock: Clock;
  readonly random: () => number;
  readonly digestKey: string;
  readonly times: WatchTimes;
  readonly log: Log;
}

interface Followed {
  readonly namespace: string;
  readonly apiVersion: string;
  readonly kind: string;
  readonly collection: RecordedCollection;
}

/** Being allowed no look at a kind, or the server not having it, is a blind spot to tell of; it does not make the rest uncertain. */
const isBlindSpot = (reason: string): boolean => /^403|does not know this kind/.test(reason);

/** Puts the recorder together; it does nothing until it is started. */
export const createFlightRecorder = (deps: FlightRecorderDeps): FlightRecorder => {
  const backlog = createBacklog(deps.records, deps.log);
  const view = createRecordedView(deps.digestKey);
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // one for each collection
  let running: Promise<unknown> = Promise.resolve();

  const followed: readonly Followed[] = deps.namespaces.flatMap((namespace) =>
    recordedKinds.map(([apiVersion, kind]) => ({
      namespace,
      apiVersion,
      kind,
      collection: createRecordedCollection(
        { apiVersion, kind, namespace },
        { view, clock: deps.clock, record: backlog.put },
      ),
    })),
  );

  const follow = async ({ collection, ...query }: Followed): Promise<void> => {
    const path = await deps.server.paths.of(query);
    invariant(path !== null, 'recorded kinds have paths');
    const listener = {
      ...collection.listener,
      trouble: (reason: string | null) => {
        const before = collection.trouble();
        collection.listener.trouble(reason);
        if (reason !== null && reason !== before) deps.log.warn({ path, reason }, 'the flight recorder lost sight');
      },
    };
    await followObjects({ ...deps.server, ...deps, listener }, path, ending.signal);
  };

  /** Why silence about a namespace would prove nothing; null when it does. */
  const uncertainty = (namespace: string): string | null => {
    const own = followed.filter((entry) => entry.namespace === namespace);
    if (own.length === 0) return 'the flight recorder does not watch this namespace';
    const blinded = own.find(({ collection }) => {
      const trouble = collection.trouble();
      return trouble !== null && !isBlindSpot(trouble);
    });
    return blinded === undefined ? null : `${blinded.kind}: ${blinded.collection.trouble()}`;
  };

  return {
    start: () => {
      running = Promise.all(followed.map(follow));
    },
    stop: async () => {
      ending.abort();
      await running;
    },
    troubles: () =>
      followed.flatMap(({ kind, namespace, collection }) => {
        const trouble = collection.trouble();
        return trouble === null ? [] : [`${kind} in ${namespace}: ${trouble}`];
      }),
    since: async (namespace, at) => {
      const query = `changes in ${namespace} since ${at}`;
      const reason = uncertainty(namespace);
      const hasListed = followed.some((entry) => entry.namespace === namespace && entry.collection.hasListed());
      if (reason !== null && !hasListed) return { outcome: 'unreachable', query, reason };
      const value = await deps.records.since(namespace, at);
      if (value.length > 0) return { outcome: 'found', value, query };
      return reason === null ? { outcome: 'empty', query } : { outcome: 'unreachable', query, reason };
    },
  };
};

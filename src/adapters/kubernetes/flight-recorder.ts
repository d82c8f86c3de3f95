import { setMaxListeners } from 'node:events';
import { invariant } from '../../domain/bot-error.ts';
import type { ChangeData } from '../../domain/evidence.ts';
import type { Instant } from '../../domain/json.ts';
import type { ChangeLog, ChangeRecords } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { ApiServer } from './api-server.ts';
import { type Followed, followedBy } from './followed-collections.ts';
import { followObjects, type WatchTimes } from './object-watch.ts';

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

const isUnknownKind = (reason: string): boolean => reason.includes('does not know this kind');

/** Being allowed no look at a kind, or the server not having it, is a blind spot to tell of; it does not make the rest uncertain. */
const isBlindSpot = (reason: string): boolean => reason.startsWith('403') || isUnknownKind(reason);

const firstAt = ({ changes: [first] }: ChangeData): Instant => first?.at ?? '';

/** What silence since then does not speak of: the time before the first look. */
const caveatFor = (followed: readonly Followed[], at: Instant): { readonly caveat?: string } => {
  const latest = followed
    .flatMap(({ collection }) => collection.knownSince() ?? [])
    .toSorted()
    .at(-1);
  return latest === undefined || latest <= at
    ? {}
    : { caveat: `The flight recorder has watched since ${latest}; what was changed before is not known.` };
};

/** Puts the recorder together; it does nothing until it is started. */
export const createFlightRecorder = (deps: FlightRecorderDeps): FlightRecorder => {
  const followed = followedBy(deps);
  const ending = new AbortController();
  setMaxListeners(0, ending.signal); // one for each collection
  let running: Promise<unknown> = Promise.resolve();

  const follow = async ({ collection, isOptional, ...query }: Followed): Promise<void> => {
    const path = await deps.server.paths.of(query);
    invariant(path !== null, 'recorded kinds have paths');
    const listener = {
      ...collection.listener,
      trouble: (told: string | null) => {
        const before = collection.trouble();
        const reason = told !== null && isOptional && isUnknownKind(told) ? null : told;
        collection.listener.trouble(reason);
        if (reason !== null && reason !== before) deps.log.warn({ path, reason }, 'the flight recorder lost sight');
      },
    };
    await followObjects({ ...deps.server, ...deps, listener }, path, ending.signal);
  };

  /** What matters to a namespace: its own collections, and those of the whole cluster. */
  const about = (namespace: string): readonly Followed[] =>
    followed.filter((entry) => entry.namespace === undefined || entry.namespace === namespace);

  /** Why silence about a namespace would prove nothing; null when it does. */
  const uncertainty = (namespace: string): string | null => {
    if (!deps.namespaces.includes(namespace)) return 'the flight recorder does not watch this namespace';
    const own = about(namespace);
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
      await Promise.all(followed.map(({ collection }) => collection.settle()));
    },
    troubles: () =>
      followed.flatMap(({ kind, namespace, collection }) => {
        const trouble = collection.trouble();
        const where = namespace === undefined ? 'the cluster' : namespace;
        return trouble === null ? [] : [`${kind} in ${where}: ${trouble}`];
      }),
    since: async (namespace, at) => {
      const query = `changes in ${namespace} since ${at}`;
      const reason = uncertainty(namespace);
      const hasListed = followed.some((entry) => entry.namespace === namespace && entry.collection.hasListed());
      if (reason !== null && !hasListed) return { outcome: 'unreachable', query, reason };
      const value = [...(await deps.records.since(namespace, at)), ...(await deps.records.since('', at))].toSorted(
        (left, right) => firstAt(left).localeCompare(firstAt(right)),
      );
      if (value.length > 0) return { outcome: 'found', value, query };
      return reason === null
        ? { outcome: 'empty', query, ...caveatFor(about(namespace), at) }
        : { outcome: 'unreachable', query, reason };
    },
  };
};

import type { Alert } from '../../../domain/alert.ts';
import type { Instant } from '../../../domain/json.ts';
import { limits } from '../../../limits.ts';
import type { AlertInbox } from '../../../ports/alert-inbox.ts';
import { incidentName } from './incident-object.ts';
import type { StoreRecord } from './records.ts';
import type { StoreParts } from './store-parts.ts';

/** What a record of the inbox holds. */
export interface Kept {
  readonly id: string;
  readonly uid: string | null;
  readonly alert: Alert;
}

/** Acceptances at the same time: the road to the API server has eight lanes, and others want to pass. */
const atOnceMax = 4;

const identityOf = (alert: Alert): string =>
  JSON.stringify([alert.source, alert.fingerprint, alert.status, alert.occurrence ?? alert.startsAt]);

const keptIn = (record: StoreRecord): Kept => JSON.parse(record.value) as Kept;

const reassigned = (kept: Kept, uid: string | null): string | null =>
  uid === kept.uid ? null : JSON.stringify({ ...kept, uid });

/** The durable inbox in the API server: one record a delivery, named by its identity, so that two replicas cannot both take it for new. */
export const createAlertInbox = (deps: Pick<StoreParts, 'records' | 'watched' | 'cases' | 'ids'>): AlertInbox => {
  const { records, watched, cases, ids } = deps;
  const listeners = new Set<() => void>();

  const entries = (): readonly (Kept & { readonly key: string })[] =>
    watched
      .all()
      .filter(({ collection }) => collection === 'inbox')
      .map((record) => ({ ...(record.content as Kept), key: record.key }));

  /** A repeat belongs to its case while that is open, and for a while after; later it is news again. */
  const isStale = ({ uid }: Kept, receivedAt: Instant): boolean => {
    if (uid === null) return false;
    const closedAt = cases.get(incidentName(uid))?.closure?.at;
    return closedAt !== undefined && Date.parse(closedAt) <= Date.parse(receivedAt) - limits.groupingMsMax;
  };

  const acceptOne = async (alert: Alert): Promise<{ readonly id: string; readonly repeated: boolean }> => {
    const fresh: Kept = { id: ids.uid(), uid: null, alert };
    if (await records.create('inbox', identityOf(alert), JSON.stringify(fresh)))
      return { id: fresh.id, repeated: false };
    let known: Kept | undefined;
    await records.change('inbox', identityOf(alert), (now) => {
      known = now === null ? undefined : keptIn(now);
      return known === undefined || isStale(known, alert.receivedAt) ? JSON.stringify(fresh) : null;
    });
    const repeated = known !== undefined && !isStale(known, alert.receivedAt);
    return repeated && known !== undefined ? { id: known.id, repeated } : { id: fresh.id, repeated: false };
  };

  const tellAll = (): void => {
    for (const listener of listeners) listener();
  };

  /** Gives entries another case, or none; those that are not here (any more) are left. */
  const changeEach = async (some: readonly string[], uidOf: (kept: Kept) => string | null): Promise<void> => {
    const wanted = new Set(some);
    for (const { key } of entries().filter(({ id }) => wanted.has(id))) {
      await records.change('inbox', key, (now) => {
        const kept = now === null ? null : keptIn(now);
        return kept !== null && wanted.has(kept.id) ? reassigned(kept, uidOf(kept)) : null;
      });
    }
  };

  watched.subscribe((now) => {
    if (now?.collection === 'inbox' && (now.content as Kept).uid === null) tellAll();
  });

  return {
    accept: async (alerts) => {
      const accepted: { readonly id: string; readonly repeated: boolean }[] = [];
      for (let from = 0; from < alerts.length; from += atOnceMax) {
        accepted.push(...(await Promise.all(alerts.slice(from, from + atOnceMax).map(acceptOne))));
      }
      return accepted;
    },
    pending: async (limit, after = '') =>
      entries()
        .filter(({ id, uid }) => uid === null && id > after)
        .sort((left, right) => (left.id < right.id ? -1 : 1))
        .slice(0, limit)
        .map(({ id, alert }) => ({ id, alert })),
    size: async () => entries().filter(({ uid }) => uid === null).length,
    assign: (some, uid) => changeEach(some, () => uid),
    release: async (some, uid) => {
      await changeEach(some, (kept) => (kept.uid === uid ? null : kept.uid));
      tellAll();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};

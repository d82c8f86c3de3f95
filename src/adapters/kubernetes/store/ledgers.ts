import type { Settings } from '../../../ports/settings.ts';
import type { SeenLedger, Shown, ShownLedger } from '../../../ports/shown-ledger.ts';
import { recordName, type StoreRecord } from './records.ts';
import type { StoreParts } from './store-parts.ts';

/** Slack stops to retry after some five minutes; a day leaves room for an outage of ours. */
export const seenMsMax = 86_400_000;

const shownIn = (record: StoreRecord | null): readonly Shown[] =>
  record === null ? [] : (JSON.parse(record.value) as readonly Shown[]);

/** The key under which a message leads back to its incident. */
export const messageKey = ({ channel, ts }: Pick<Shown, 'channel' | 'ts'>): string => `${channel}/${ts}`;

/** What the threads show: one record a thread, and one for each message that leads from its address to its thread. */
export const createShownLedger = ({ records }: Pick<StoreParts, 'records'>): ShownLedger => {
  const of = async (uid: string): Promise<readonly Shown[]> => shownIn(await records.get('shown', uid));
  return {
    of,
    put: async (shown) => {
      // The way back comes first: an emoji on a message that nobody knows would be lost.
      await records.create('message', messageKey(shown), shown.uid);
      await records.change('shown', shown.uid, (now) => {
        const before = shownIn(now);
        const known = before.find(({ key }) => key === shown.key);
        const next = { ...shown, at: known?.at ?? shown.at };
        const list = known === undefined ? [...before, next] : before.map((one) => (one === known ? next : one));
        return JSON.stringify(list);
      });
    },
    byMessage: async (channel, ts) => {
      const thread = await records.get('message', messageKey({ channel, ts }));
      if (thread === null) return null;
      return (await of(thread.value)).find((one) => one.channel === channel && one.ts === ts) ?? null;
    },
  };
};

/** Which outside events were handled, by any replica; entries older than a day count as forgotten. */
export const createSeenLedger = ({ records, clock }: Pick<StoreParts, 'records' | 'clock'>): SeenLedger => {
  return {
    first: async (key) => {
      if (await records.create('seen', key, '')) return true;
      const renewed = await records.change('seen', key, (now) => {
        const isOld = now === null || clock.nowMs() - Date.parse(now.at) > seenMsMax;
        return isOld ? '' : null;
      });
      return renewed !== null;
    },
    release: (key) => records.remove('seen', key),
  };
};

/** Durable settings; what one replica sets, all see. */
export const createSettings = ({ records, watched }: Pick<StoreParts, 'records' | 'watched'>): Settings => ({
  get: async (key) => watched.get(recordName('setting', key))?.value ?? null,
  set: async (key, value) => {
    await records.change('setting', key, () => value);
  },
  subscribe: (listener) =>
    watched.subscribe((now) => {
      if (now?.collection === 'setting') listener(now.key);
    }),
});

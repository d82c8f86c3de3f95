import type { CaseFile } from '../../domain/case-file.ts';

/** Where a message stands. */
export interface Address {
  readonly channel: string;
  readonly ts: string;
}

/** Finds the root of an incident that the ledger does not know. */
export type FindRoot = (file: CaseFile, channel: string) => Promise<Address | undefined>;

/** Reads the channel since an instant (epoch seconds) and yields where the root of each incident stands. */
export type ReadRoots = (channel: string, sinceSeconds: number) => Promise<ReadonlyMap<string, string>>;

interface Reading {
  readonly channel: string;
  sinceSeconds: number;
  readonly roots: Promise<ReadonlyMap<string, string>>;
}

/** A minute earlier, in case the clocks differ. */
const earlierSeconds = 60;

/** One reading of the channel answers for all incidents that ask before it begins: in a storm each asking alone would take an hour. */
export const createFindRoot = (readRoots: ReadRoots): FindRoot => {
  let last: Promise<unknown> = Promise.resolve();
  let next: Reading | undefined;

  const reading = (channel: string, sinceSeconds: number): Reading => {
    if (next?.channel === channel) {
      next.sinceSeconds = Math.min(next.sinceSeconds, sinceSeconds);
      return next;
    }
    const own: Reading = {
      channel,
      sinceSeconds,
      roots: last.then(() => {
        if (next === own) next = undefined;
        return readRoots(channel, own.sinceSeconds);
      }),
    };
    next = own;
    last = own.roots.catch(() => undefined);
    return own;
  };

  return async ({ incident }, channel) => {
    const since = Date.parse(incident.openedAt) / 1_000 - earlierSeconds;
    const ts = (await reading(channel, since).roots).get(incident.uid);
    return ts === undefined ? undefined : { channel, ts };
  };
};

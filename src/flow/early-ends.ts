import type { InboxEntry } from '../ports/alert-inbox.ts';
import { fingerprintKey } from './grouping.ts';

/** Ends that came before their beginnings: deliveries over several connections overtake each other. */
export interface EarlyEnds {
  keep(end: InboxEntry): void;
  /** The end of this very firing, once. */
  take(beginning: InboxEntry): InboxEntry | undefined;
}

const keptMax = 1_000;

const occurrenceKey = ({ alert }: InboxEntry): string =>
  `${fingerprintKey(alert)} ${alert.occurrence ?? alert.startsAt}`;

/** Keeps the newest thousand; after a restart they stay what they were filed as. */
export const createEarlyEnds = (): EarlyEnds => {
  const kept = new Map<string, InboxEntry>();
  return {
    keep: (end) => {
      kept.set(occurrenceKey(end), end);
      const [oldest] = kept.keys();
      if (kept.size > keptMax && oldest !== undefined) kept.delete(oldest);
    },
    take: (beginning) => {
      const key = occurrenceKey(beginning);
      const end = kept.get(key);
      kept.delete(key);
      return end;
    },
  };
};

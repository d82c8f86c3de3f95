import type { AuditRecord } from '../../../domain/audit.ts';
import { BotError } from '../../../domain/bot-error.ts';
import type { BrokenLink, Journal, JournalEntry } from '../../../ports/journal.ts';
import { breakOf, isFull, linked, type StoredChain, setAside, wholeChain } from './chain-parts.ts';
import { heldOf } from './incident-object.ts';
import type { StoreParts } from './store-parts.ts';

const racesMax = 20;

/** Chains of what belongs to no incident: the bot's own, and alerts that came too late. */
const strayChains = ['bot', 'none'] as const;

const noChain: StoredChain = { chain: [], parts: 0 };
const chainIn = (value: string | undefined): StoredChain =>
  value === undefined ? noChain : (JSON.parse(value) as StoredChain);

/**
 * The journal in the API server: a chain for each incident, kept in the Incident itself, so that a page and its line are one
 * write; and a chain for each other uid, kept in records. One chain over all would be a race over every line.
 */
export const createJournal = (deps: Pick<StoreParts, 'chest' | 'cases' | 'records' | 'clock'>): Journal => {
  const { chest, cases, records, clock } = deps;

  /** Links a record to a chain that belongs to no incident. */
  const appendStray = async (entry: JournalEntry): Promise<AuditRecord> => {
    for (let race = 0; race < racesMax; race += 1) {
      const before = chainIn((await records.get('journal', entry.uid))?.value);
      const full = isFull(before);
      if (full) await setAside(records, entry.uid, before);
      let record: AuditRecord | undefined;
      const stored = await records.change('journal', entry.uid, (now) => {
        const chain = chainIn(now?.value);
        // It became full meanwhile: it has to be set aside first.
        if (isFull(chain) && !(full && chain.parts === before.parts)) return null;
        const { record: link, ...next } = linked(chain, entry, clock.now());
        record = link;
        return JSON.stringify(next);
      });
      if (stored !== null && record !== undefined) return record;
    }
    throw new BotError('store_busy', `the journal of ${entry.uid} kept changing`, { retryable: true });
  };

  const chainOf = async (uid: string): Promise<StoredChain> => {
    const incident = /^[0-9a-f-]+$/i.test(uid) ? await chest.raw(uid) : null;
    return incident === null ? chainIn((await records.get('journal', uid))?.value) : heldOf(incident);
  };

  const of = async (uid: string): Promise<readonly AuditRecord[]> => wholeChain(records, uid, await chainOf(uid));

  return {
    append: async (entry) => (await chest.note(entry)) ?? appendStray(entry),
    of,
    firstBroken: async (): Promise<BrokenLink | null> => {
      for (const uid of [...strayChains, ...cases.all().map(({ incident }) => incident.uid)]) {
        const sequence = breakOf(await of(uid));
        if (sequence !== null) return { chain: uid, sequence };
      }
      return null;
    },
  };
};

import { join } from 'node:path';
import type { Clock, Ids } from '../../ports/clock.ts';
import { soleOwner } from '../../ports/ownership.ts';
import type { Stores } from '../../ports/stores.ts';
import { createAlertInbox } from './alert-inbox.ts';
import { createCaseStore } from './case-store.ts';
import { openDatabase } from './database.ts';
import { createJournal } from './journal.ts';
import { createSeenLedger, createSettings, createShownLedger } from './ledgers.ts';
import { createChangeRecords, createMemoryRecords } from './records.ts';

/** The embedded store: one SQLite file in `dataDir`. Throws BotError `store_newer` when a newer version of the bot wrote it. */
export const openSqliteStores = (deps: {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly ids: Ids;
}): Stores => {
  const database = openDatabase(join(deps.dataDir, 'bot.db'));
  return {
    cases: createCaseStore({ database, clock: deps.clock }),
    inbox: createAlertInbox({ database, ids: deps.ids }),
    journal: createJournal({ database, clock: deps.clock }),
    shown: createShownLedger(database),
    seen: createSeenLedger({ database, clock: deps.clock }),
    settings: createSettings(database),
    memories: createMemoryRecords(database),
    changes: createChangeRecords(database),
    // A database file belongs to one process, which therefore owns every incident.
    ownership: soleOwner,
    close: () => database.close(),
  };
};

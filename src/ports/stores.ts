import type { AlertInbox } from './alert-inbox.ts';
import type { CaseStore } from './case-store.ts';
import type { ChangeRecords } from './change-log.ts';
import type { Journal } from './journal.ts';
import type { MemoryRecords } from './memory-shelf.ts';
import type { Ownership } from './ownership.ts';
import type { Settings } from './settings.ts';
import type { SeenLedger, ShownLedger } from './shown-ledger.ts';

/** Everything that outlives the process, in one store, and who may work on it. */
export interface Stores {
  readonly cases: CaseStore;
  readonly inbox: AlertInbox;
  readonly journal: Journal;
  readonly shown: ShownLedger;
  readonly seen: SeenLedger;
  readonly settings: Settings;
  readonly memories: MemoryRecords;
  readonly changes: ChangeRecords;
  readonly ownership: Ownership;
  close(): void;
}

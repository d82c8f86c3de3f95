import type { Stores } from '../../../ports/stores.ts';
import { createAlertInbox } from './alert-inbox.ts';
import { createCaseStore } from './case-store.ts';
import { createJanitor } from './janitor.ts';
import { createJournal } from './journal.ts';
import { createChangeRecords, createMemoryRecords } from './kept-records.ts';
import { createSeenLedger, createSettings, createShownLedger } from './ledgers.ts';
import { openOwnership } from './open-ownership.ts';
import type { KubernetesStoresOptions } from './store-options.ts';
import { createStoreParts } from './store-parts.ts';

/** The stores, and the round by which they are kept bounded. */
export interface KubernetesStores extends Stores {
  clean(): Promise<void>;
}

/**
 * The distributed store: everything in the API server, several replicas at once. Resolves when its collections were seen
 * whole. Rejects with BotError `store_unreachable` and advice when they cannot be.
 */
export const openKubernetesStores = async (options: KubernetesStoresOptions): Promise<KubernetesStores> => {
  const parts = createStoreParts(options);
  const { cases, watched } = parts;
  const ownership = openOwnership(options, async () => {
    await Promise.all([cases.refresh(), watched.refresh()]);
  });
  const janitor = createJanitor(parts, ownership, options.incidentsKeptMax);
  const close = (): void => {
    janitor.stop();
    cases.stop();
    watched.stop();
  };
  try {
    await Promise.all([cases.start(), watched.start()]);
  } catch (error) {
    close();
    throw error;
  }
  janitor.start();
  return {
    cases: createCaseStore(parts),
    inbox: createAlertInbox(parts),
    journal: createJournal(parts),
    shown: createShownLedger(parts),
    seen: createSeenLedger(parts),
    settings: createSettings(parts),
    memories: createMemoryRecords(parts),
    changes: createChangeRecords(parts),
    ownership,
    clean: janitor.clean,
    close,
  };
};

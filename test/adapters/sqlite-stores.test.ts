import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { openSqliteStores } from '../../src/adapters/sqlite/open-stores.ts';
import type { Stores } from '../../src/ports/stores.ts';
import { describeStores, type StoresBench } from '../contracts/stores.ts';
import { createStillClock, realIds } from '../fakes/clock.ts';

/** One process owns the file, so that everybody in it shares one handle until that is closed. */
const openBench = async (): Promise<StoresBench> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'sre-stores-'));
  const clock = createStillClock();
  let current: Stores | undefined;
  return {
    clock,
    open: async () => {
      if (current !== undefined) return current;
      const stores = openSqliteStores({ dataDir, clock, ids: realIds });
      current = {
        ...stores,
        close: () => {
          current = undefined;
          stores.close();
        },
      };
      return current;
    },
    tamper: async (uid, sequence, how) => {
      const database = new Database(join(dataDir, 'bot.db'));
      const change = `UPDATE journal SET body = replace(body, '"verb":"page"', '"verb":"forged"')`;
      database
        .prepare(`${how === 'cut' ? 'DELETE FROM journal' : change} WHERE uid = ? AND sequence = ?`)
        .run(uid, sequence);
      database.close();
    },
    close: async () => {
      current?.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
};

describeStores('the embedded store', openBench);

import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFaissIndex } from '../../src/adapters/faiss/faiss-index.ts';
import { createHashEmbedder } from '../../src/adapters/faiss/hash-embedder.ts';
import { createMemoryShelf } from '../../src/adapters/faiss/memory-shelf.ts';
import { backUp, restoreBackup } from '../../src/adapters/sqlite/backup.ts';
import { openSqliteStores } from '../../src/adapters/sqlite/open-stores.ts';
import type { Memory } from '../../src/domain/memory.ts';
import { aCase, anAlert } from '../fakes/cases.ts';
import { createStillClock, realIds, silentLog } from '../fakes/clock.ts';

let folder: string;
const clock = createStillClock();
const inFolder = (name: string): string => join(folder, name);
const open = (dataDir: string) => openSqliteStores({ dataDir: inFolder(dataDir), clock, ids: realIds });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sre-backup-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const uidNumbered = (n: number): string => `019b8d1e-000${n}-7000-8000-000000000001`;
const caseNumbered = (n: number) => {
  const file = aCase();
  return { ...file, incident: { ...file.incident, uid: uidNumbered(n) } };
};

const summary = 'cartservice crashes since a variable was changed';

const aMemory: Memory = {
  uid: uidNumbered(1),
  at: clock.now(),
  namespace: 'online-boutique',
  workload: 'cartservice',
  alertName: 'WorkloadErrorsHigh',
  fault: 'crash-loop',
  outcome: 'resolved',
  summary,
  signature: 'online-boutique/cartservice/WorkloadErrorsHigh',
};

/** A bot's data with two incidents, their journal, a memory and an alert that waits. */
const lived = async (dataDir: string) => {
  const stores = open(dataDir);
  for (const n of [1, 2]) {
    await stores.cases.create(caseNumbered(n));
    await stores.journal.append({ uid: uidNumbered(n), actor: 'bot', verb: 'open', subject: '', detail: {} });
  }
  await stores.memories.put(aMemory);
  await stores.inbox.accept([anAlert()]);
  await stores.settings.set('mode', 'watchtower');
  return stores;
};

describe('a backup', () => {
  it('is taken while the bot writes, holds one instant, and can be opened as if nothing had happened', async () => {
    const stores = await lived('data');
    const report = await backUp(inFolder('data'), inFolder('backups/bot-1.db'), clock);
    expect(report).toMatchObject({ incidents: 2, memories: 1, records: 2, journal: 'whole' });
    // What comes later is not in it.
    await stores.cases.create(caseNumbered(3));
    stores.close();

    await restoreBackup(inFolder('backups/bot-1.db'), inFolder('elsewhere'), clock);
    const restored = open('elsewhere');
    expect((await restored.cases.open()).map(({ incident }) => incident.uid)).toEqual([uidNumbered(1), uidNumbered(2)]);
    expect(await restored.cases.read(uidNumbered(2))).toEqual(
      expect.objectContaining({ version: 1, incident: expect.objectContaining({ number: 2 }) }),
    );
    expect(await restored.journal.firstBroken()).toBeNull();
    expect(await restored.inbox.pending(10)).toHaveLength(1);
    expect(await restored.settings.get('mode')).toBe('watchtower');
    // Life goes on where it was: the chain grows, the numbers follow.
    await restored.journal.append({ uid: uidNumbered(1), actor: 'bot', verb: 'go-on', subject: '', detail: {} });
    expect(await restored.journal.firstBroken()).toBeNull();
    expect((await restored.cases.create(caseNumbered(3))).incident.number).toBe(3);
    restored.close();
  });

  it('brings the memories back: the index is built from them anew', async () => {
    const stores = await lived('data');
    stores.close();
    await backUp(inFolder('data'), inFolder('copy.db'), clock);
    await restoreBackup(inFolder('copy.db'), inFolder('new'), clock);
    const restored = open('new');
    const memory = createMemoryShelf({
      records: restored.memories,
      embedder: createHashEmbedder(),
      index: await createFaissIndex(),
      log: silentLog,
    });
    await memory.start();
    const [found] = await memory.recall({ signature: 'another', text: summary, limit: 1 });
    expect(found?.memory.uid).toBe(uidNumbered(1));
    await memory.stop();
    restored.close();
  });

  it('is readable by its owner alone', async () => {
    (await lived('data')).close();
    await backUp(inFolder('data'), inFolder('copy.db'), clock);
    expect(statSync(inFolder('copy.db')).mode & 0o777).toBe(0o600);
  });

  it('never replaces a file, and needs a database', async () => {
    (await lived('data')).close();
    writeFileSync(inFolder('precious.db'), 'keep me');
    await expect(backUp(inFolder('data'), inFolder('precious.db'), clock)).rejects.toMatchObject({ code: 'exists' });
    await expect(backUp(inFolder('nowhere'), inFolder('copy.db'), clock)).rejects.toMatchObject({
      code: 'no_database',
    });
    expect(existsSync(inFolder('copy.db'))).toBe(false);
    expect(existsSync(inFolder('nowhere/bot.db'))).toBe(false);
  });

  it('says so when the journal that it copies is broken', async () => {
    (await lived('data')).close();
    const database = new Database(inFolder('data/bot.db'));
    database.exec("UPDATE journal SET body = json_set(body, '$.actor', 'mallory') WHERE sequence = 1");
    database.close();
    expect(await backUp(inFolder('data'), inFolder('copy.db'), clock)).toMatchObject({ journal: 'broken' });
  });
});

describe('a restore', () => {
  it('touches no data folder that has a database', async () => {
    const stores = await lived('data');
    await backUp(inFolder('data'), inFolder('copy.db'), clock);
    await expect(restoreBackup(inFolder('copy.db'), inFolder('data'), clock)).rejects.toMatchObject({ code: 'exists' });
    expect((await stores.cases.open()).length).toBe(2);
    stores.close();
  });

  it('refuses what is no database or is cut off, and leaves nothing behind', async () => {
    (await lived('data')).close();
    await backUp(inFolder('data'), inFolder('copy.db'), clock);
    writeFileSync(inFolder('junk.db'), 'not a database at all. '.repeat(500));
    writeFileSync(inFolder('empty.db'), '');
    for (const bad of ['junk.db', 'empty.db']) {
      await expect(restoreBackup(inFolder(bad), inFolder('new'), clock)).rejects.toMatchObject({
        code: 'backup_damaged',
      });
    }
    await expect(restoreBackup(inFolder('gone.db'), inFolder('new'), clock)).rejects.toMatchObject({
      code: 'no_database',
    });
    expect(readdirSync(inFolder('new'))).toEqual([]);
  });

  it('refuses a database of a newer bot', async () => {
    (await lived('data')).close();
    const database = new Database(inFolder('data/bot.db'));
    database.exec('PRAGMA user_version = 999');
    database.close();
    expect(await backUp(inFolder('data'), inFolder('copy.db'), clock)).toMatchObject({
      journal: 'not checked',
      schema: 999,
    });
    await expect(restoreBackup(inFolder('copy.db'), inFolder('new'), clock)).rejects.toMatchObject({
      code: 'store_newer',
    });
    expect(readdirSync(inFolder('new'))).toEqual([]);
  });
});

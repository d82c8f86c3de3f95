import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAlertInbox } from '../../src/adapters/sqlite/alert-inbox.ts';
import { createCaseStore } from '../../src/adapters/sqlite/case-store.ts';
import { openDatabase, type Sqlite } from '../../src/adapters/sqlite/database.ts';
import { createJournal } from '../../src/adapters/sqlite/journal.ts';
import { createSeenLedger, createSettings, createShownLedger } from '../../src/adapters/sqlite/ledgers.ts';
import { createChangeRecords, createMemoryRecords } from '../../src/adapters/sqlite/records.ts';
import { aCase, aContext, anAlert } from '../fakes/cases.ts';
import { createStillClock, realIds } from '../fakes/clock.ts';

let folder: string;
let path: string;
let database: Sqlite;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sre-store-'));
  path = join(folder, 'deep/bot.db');
  database = openDatabase(path);
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

const uidNumbered = (n: number): string => `019b8d1e-000${n}-7000-8000-000000000001`;
const caseNumbered = (n: number) => {
  const file = aCase();
  return { ...file, incident: { ...file.incident, uid: uidNumbered(n) } };
};

describe('the case store in SQLite', () => {
  it('numbers cases in order and finds them by number, uid and prefix', async () => {
    const store = createCaseStore({ database, clock: createStillClock() });
    await store.create(caseNumbered(1));
    const second = await store.create(caseNumbered(2));
    expect(second.incident.number).toBe(2);
    for (const handle of ['INC-2', 'inc-2', '2', uidNumbered(2), uidNumbered(2).slice(0, 14)]) {
      expect((await store.find(handle))?.incident.uid).toBe(uidNumbered(2));
    }
    expect(await store.find('019b8d1e')).toBeNull();
    expect(await store.find('%')).toBeNull();
    expect(await store.find('____')).toBeNull();
  });

  it('lets exactly one of two writers win, and tells the other', async () => {
    const store = createCaseStore({ database, clock: createStillClock() });
    const file = await store.create(caseNumbered(1));
    const won = await store.replace({ ...file, noPlan: 'first' });
    const lost = await store.replace({ ...file, noPlan: 'second' });
    expect(won?.version).toBe(2);
    expect(lost).toBeNull();
    expect((await store.read(uidNumbered(1)))?.noPlan).toBe('first');
  });

  it('refuses a second case with the same uid', async () => {
    const store = createCaseStore({ database, clock: createStillClock() });
    await store.create(caseNumbered(1));
    await expect(store.create(caseNumbered(1))).rejects.toMatchObject({ code: 'exists' });
  });

  it('keeps everything over a restart and forgets nothing open', async () => {
    await createCaseStore({ database, clock: createStillClock() }).create(caseNumbered(1));
    database.close();
    database = openDatabase(path);
    const store = createCaseStore({ database, clock: createStillClock() });
    const [file] = await store.open();
    expect(file?.incident.uid).toBe(uidNumbered(1));
    await store.replace({ ...caseNumbered(1), rememberedAt: '2026-01-05T10:00:00.000Z' });
    expect(await store.open()).toEqual([]);
    expect(await store.recent(5)).toHaveLength(1);
  });

  it('keeps a page and its line in the journal together: a page that cannot be told of is not turned', async () => {
    const clock = createStillClock();
    const store = createCaseStore({ database, clock });
    const journal = createJournal({ database, clock });
    const note = { uid: uidNumbered(1), actor: 'bot', verb: 'open', subject: '', detail: {} };
    const file = await store.create(caseNumbered(1), note);
    await store.replace({ ...file, noPlan: 'first' }, { ...note, verb: 'no-plan' });
    await store.replace({ ...file, noPlan: 'lost' }, { ...note, verb: 'lost-race' });
    expect((await journal.of(uidNumbered(1))).map(({ verb }) => verb)).toEqual(['open', 'no-plan']);

    database.exec("CREATE TRIGGER no_more BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    const stored = { ...file, version: 2, noPlan: 'third' };
    await expect(store.replace(stored, { ...note, verb: 'untold' })).rejects.toThrow('the disk is full');
    await expect(store.create(caseNumbered(2), note)).rejects.toThrow('the disk is full');
    expect(await store.read(uidNumbered(1))).toMatchObject({ version: 2, noPlan: 'first' });
    expect(await store.read(uidNumbered(2))).toBeNull();
  });

  it('gives back the evidence of the newest look, whoever changed the case meanwhile, also after a write that failed', async () => {
    const clock = createStillClock();
    const store = createCaseStore({ database, clock });
    const contextSaying = (source: string) => ({ ...aContext, unreachable: [source] });
    const first = await store.create({ ...caseNumbered(1), context: contextSaying('first look') });
    const turned = await store.replace({ ...first, noPlan: 'turned' });
    expect((await store.read(uidNumbered(1)))?.context?.unreachable).toEqual(['first look']);
    expect(await store.replace({ ...first, context: contextSaying('too late') })).toBeNull();

    database.exec("CREATE TRIGGER no_more BEFORE UPDATE ON cases BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");
    const second = { ...first, version: turned?.version ?? 0, context: contextSaying('second look') };
    await expect(store.replace(second)).rejects.toThrow('the disk is full');
    expect((await store.read(uidNumbered(1)))?.context?.unreachable).toEqual(['first look']);
    database.exec('DROP TRIGGER no_more');
    await store.replace(second);

    const anew = createCaseStore({ database, clock });
    const read = await anew.read(uidNumbered(1));
    expect(read?.context?.unreachable).toEqual(['second look']);
    if (read === null) return;
    const { context: _context, ...cleared } = read;
    await anew.replace(cleared);
    expect((await createCaseStore({ database, clock }).read(uidNumbered(1)))?.context).toBeUndefined();
    expect(database.prepare('SELECT COUNT(*) AS n FROM contexts').get()).toMatchObject({ n: 1 });
  });

  it('takes the evidence out of the rows that an older version wrote', async () => {
    const old = { ...caseNumbered(1), version: 1, context: aContext };
    await createCaseStore({ database, clock: createStillClock() }).create(caseNumbered(1));
    database.prepare('UPDATE cases SET body = ?').run(JSON.stringify(old));
    database.exec('DROP INDEX changes_origin; ALTER TABLE changes DROP COLUMN origin');
    database.exec(
      'DROP TABLE sightings; DROP TABLE contexts; ALTER TABLE cases DROP COLUMN look; PRAGMA user_version = 2',
    );
    database.close();
    database = openDatabase(path);
    const store = createCaseStore({ database, clock: createStillClock() });
    expect(await store.read(uidNumbered(1))).toEqual(old);
    expect(database.prepare('SELECT body FROM cases').get()).toMatchObject({
      body: expect.not.stringContaining('baseline'),
    });
  });

  it('lists what was written last, however often it was listed before', async () => {
    const store = createCaseStore({ database, clock: createStillClock() });
    const file = await store.create(caseNumbered(1));
    expect((await store.open())[0]?.noPlan).toBeUndefined();
    await store.replace({ ...file, noPlan: 'said since' });
    expect((await store.open())[0]?.noPlan).toBe('said since');
    expect((await store.recent(1))[0]).toMatchObject({ version: 2, noPlan: 'said since' });
  });

  it('writes nothing by halves on a full disk, and goes on when there is room', async () => {
    const clock = createStillClock();
    const store = createCaseStore({ database, clock });
    const journal = createJournal({ database, clock });
    const note = { uid: uidNumbered(1), actor: 'bot', verb: 'open', subject: '', detail: {} };
    const file = await store.create(caseNumbered(1), note);
    const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
    database.exec(`PRAGMA max_page_count = ${pages}`);
    const heavy = { ...file, noPlan: 'x'.repeat(1_000_000) };
    await expect(store.replace(heavy, { ...note, verb: 'heavy' })).rejects.toThrow(/full/);
    expect(await store.read(uidNumbered(1))).toEqual(file);
    database.exec('PRAGMA max_page_count = 1000000');
    expect(await store.replace(heavy, { ...note, verb: 'heavy' })).toMatchObject({ version: 2 });
    expect((await journal.of(uidNumbered(1))).map(({ verb }) => verb)).toEqual(['open', 'heavy']);
    expect(await journal.firstBroken()).toBeNull();
  });

  it('tells its subscribers after each write, and not after a lost race', async () => {
    const store = createCaseStore({ database, clock: createStillClock() });
    const told: string[] = [];
    const stop = store.subscribe((uid) => told.push(uid));
    const file = await store.create(caseNumbered(1));
    await store.replace(file);
    await store.replace(file);
    stop();
    await store.replace({ ...file, version: 2 });
    expect(told).toHaveLength(2);
  });

  it('refuses a database that a newer version wrote, with advice', () => {
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openDatabase(path)).toThrow(/newer version/);
    database = openDatabase(':memory:');
  });
});

describe('the alert inbox in SQLite', () => {
  it('stores the same delivery once and counts the repeat', async () => {
    const inbox = createAlertInbox({ database, ids: realIds });
    const [first] = await inbox.accept([anAlert()]);
    const [again] = await inbox.accept([anAlert()]);
    expect(again).toEqual({ id: first?.id, repeated: true });
    expect(await inbox.pending(10)).toHaveLength(1);
  });

  it('keeps deliveries that arrive together apart, and tells of news only', async () => {
    const inbox = createAlertInbox({ database, ids: realIds });
    let told = 0;
    inbox.subscribe(() => {
      told += 1;
    });
    const [one, two] = await Promise.all([
      inbox.accept([anAlert()]),
      inbox.accept([anAlert(), anAlert({ fingerprint: 'f2' })]),
    ]);
    expect([one, two].map((accepted) => accepted?.map(({ repeated }) => repeated))).toEqual([[false], [true, false]]);
    const before = told;
    await inbox.accept([anAlert()]);
    expect(told).toBe(before);
  });

  it('fails every delivery of a commit that fails, and none that comes after', async () => {
    const inbox = createAlertInbox({ database, ids: realIds });
    database.exec("CREATE TRIGGER no_more BEFORE INSERT ON alerts BEGIN SELECT RAISE(ABORT, 'no'); END");
    const both = await Promise.allSettled([inbox.accept([anAlert()]), inbox.accept([anAlert({ fingerprint: 'f2' })])]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    database.exec('DROP TRIGGER no_more');
    expect(await inbox.accept([anAlert()])).toMatchObject([{ repeated: false }]);
    expect(await inbox.pending(10)).toHaveLength(1);
  });

  it('keeps a new firing and the resolved notice apart', async () => {
    const inbox = createAlertInbox({ database, ids: realIds });
    await inbox.accept([anAlert(), anAlert({ status: 'resolved' }), anAlert({ startsAt: '2026-01-05T11:00:00.000Z' })]);
    expect(await inbox.pending(10)).toHaveLength(3);
  });

  it('does not hand out an entry again after it was assigned', async () => {
    const inbox = createAlertInbox({ database, ids: realIds });
    const [entry] = await inbox.accept([anAlert()]);
    await inbox.assign([entry?.id ?? ''], uidNumbered(1));
    expect(await inbox.pending(10)).toEqual([]);
  });

  it('lets entries wait again that a case gives back, but not those that belong to another by now', async () => {
    const inbox = createAlertInbox({ database, ids: realIds });
    const [one, two] = await inbox.accept([anAlert(), anAlert({ fingerprint: 'f2' })]);
    const ids = [one?.id ?? '', two?.id ?? ''];
    await inbox.assign(ids, uidNumbered(1));
    await inbox.assign(ids.slice(1), uidNumbered(2));
    let told = 0;
    inbox.subscribe(() => {
      told += 1;
    });
    await inbox.release(ids, uidNumbered(1));
    expect((await inbox.pending(10)).map(({ id }) => id)).toEqual(ids.slice(0, 1));
    expect(await inbox.pending(10, ids[0])).toEqual([]);
    expect(told).toBe(1);
  });

  it('takes a repeat for news when its case was closed long ago', async () => {
    const store = createCaseStore({ database, clock: createStillClock() });
    const inbox = createAlertInbox({ database, ids: realIds });
    const [entry] = await inbox.accept([anAlert()]);
    const file = await store.create(caseNumbered(1));
    await inbox.assign([entry?.id ?? ''], uidNumbered(1));
    await store.replace({ ...file, closure: { at: '2026-01-05T10:01:00.000Z', outcome: 'resolved', reason: '' } });
    const [soon] = await inbox.accept([anAlert({ receivedAt: '2026-01-05T10:02:00.000Z' })]);
    const [late] = await inbox.accept([anAlert({ receivedAt: '2026-01-05T12:00:00.000Z' })]);
    expect([soon?.repeated, late?.repeated]).toEqual([true, false]);
  });
});

describe('the journal in SQLite', () => {
  const entry = { uid: 'u', actor: 'bot', verb: 'open', subject: '', detail: {} };

  it('takes texts that were cut in the middle of a character, and numbers that are none, and stays whole', async () => {
    const journal = createJournal({ database, clock: createStillClock() });
    const half = '\ud83d';
    await journal.append({ ...entry, subject: `cut ${half}`, detail: { inner: [half], ratio: Number.NaN } });
    expect(await journal.of('u')).toMatchObject([
      { subject: 'cut \ufffd', detail: { inner: ['\ufffd'], ratio: null } },
    ]);
    expect(await journal.firstBroken()).toBeNull();
  });

  it('chains records and finds the first one that was tampered with', async () => {
    const journal = createJournal({ database, clock: createStillClock() });
    for (let n = 0; n < 5; n += 1) await journal.append({ ...entry, subject: String(n) });
    expect(await journal.firstBroken()).toBeNull();
    database
      .prepare('UPDATE journal SET body = replace(body, \'"subject":"2"\', \'"subject":"9"\') WHERE sequence = 3')
      .run();
    expect(await journal.firstBroken()).toMatchObject({ sequence: 3 });
  });

  it('sees a record that was cut out', async () => {
    const journal = createJournal({ database, clock: createStillClock() });
    for (let n = 0; n < 4; n += 1) await journal.append(entry);
    database.prepare('DELETE FROM journal WHERE sequence = 2').run();
    expect(await journal.firstBroken()).toMatchObject({ sequence: 2 });
  });

  it('returns the records of one incident in order', async () => {
    const journal = createJournal({ database, clock: createStillClock() });
    await journal.append(entry);
    await journal.append({ ...entry, uid: 'other' });
    await journal.append({ ...entry, verb: 'close' });
    expect((await journal.of('u')).map((record) => record.verb)).toEqual(['open', 'close']);
  });
});

describe('the smaller ledgers in SQLite', () => {
  it('finds a shown message by its address and keeps the time at which it was first shown', async () => {
    const shown = createShownLedger(database);
    const message = { uid: 'u', key: 'root', channel: 'C', ts: '1.1', hash: 'a', at: '2026-01-05T10:00:00.000Z' };
    await shown.put(message);
    await shown.put({ ...message, hash: 'b', at: '2026-01-05T11:00:00.000Z' });
    expect(await shown.byMessage('C', '1.1')).toEqual({ ...message, hash: 'b' });
    expect(await shown.byMessage('C', '2.2')).toBeNull();
  });

  it('lets an outside event act once, again after a release, and again after a day', async () => {
    const clock = createStillClock();
    const seen = createSeenLedger({ database, clock });
    expect([await seen.first('e'), await seen.first('e')]).toEqual([true, false]);
    await seen.release('e');
    expect(await seen.first('e')).toBe(true);
    clock.advance(2 * 86_400_000);
    expect(await seen.first('e')).toBe(true);
  });

  it('keeps settings, memories and changes', async () => {
    const settings = createSettings(database);
    await settings.set('mode', 'autonomous');
    await settings.set('mode', 'watchtower');
    expect(await settings.get('mode')).toBe('watchtower');
    const memories = createMemoryRecords(database);
    const memory = {
      uid: 'u',
      at: '',
      namespace: 'n',
      workload: 'w',
      alertName: 'a',
      outcome: 'resolved',
      summary: 's',
      signature: 'x',
    } as const;
    await memories.put(memory);
    await memories.put({ ...memory, outcome: 'escalated' });
    expect(await memories.all()).toEqual([{ ...memory, outcome: 'escalated' }]);
    const changes = createChangeRecords(database);
    const object = { apiVersion: 'v1', kind: 'Service', namespace: 'n', name: 's' };
    await changes.put({
      kind: 'change',
      changes: [{ at: '2026-01-05T10:00:00.000Z', object, path: '/spec', manager: 'm' }],
    });
    expect(await changes.since('n', '2026-01-05T09:00:00.000Z')).toHaveLength(1);
    expect(await changes.since('n', '2026-01-05T11:00:00.000Z')).toHaveLength(0);
  });
});

import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'libsql';
import { BotError } from '../../domain/bot-error.ts';
import { type CaseFile, summaryOf } from '../../domain/case-file.ts';

/** An open SQLite database with the bot's schema. */
export type Sqlite = Database.Database;

/** Lists read the summary alone: the evidence of a thousand open cases does not fit into memory. */
const addSummaries = (database: Sqlite): void => {
  database.exec("ALTER TABLE cases ADD COLUMN summary TEXT NOT NULL DEFAULT '{}'");
  const update = database.prepare('UPDATE cases SET summary = ? WHERE uid = ?');
  const rows = database.prepare('SELECT uid FROM cases').all() as readonly { uid: string }[];
  const body = database.prepare('SELECT body FROM cases WHERE uid = ?');
  for (const { uid } of rows) {
    const file = JSON.parse((body.get(uid) as { body: string }).body) as CaseFile;
    update.run(JSON.stringify(summaryOf(file)), uid);
  }
};

/** Evidence lies apart from the pages: a page is turned some thirty times a case, and the evidence is nine tenths of it. */
const setEvidenceApart = (database: Sqlite): void => {
  database.exec(`CREATE TABLE contexts (uid TEXT NOT NULL, look INTEGER NOT NULL, body TEXT NOT NULL, PRIMARY KEY (uid, look));
    ALTER TABLE cases ADD COLUMN look INTEGER NOT NULL DEFAULT 0;`);
  const insert = database.prepare('INSERT INTO contexts (uid, look, body) VALUES (?, 1, ?)');
  const update = database.prepare('UPDATE cases SET look = 1, body = ? WHERE uid = ?');
  const rows = database.prepare('SELECT uid FROM cases').all() as readonly { uid: string }[];
  const body = database.prepare('SELECT body FROM cases WHERE uid = ?');
  for (const { uid } of rows) {
    const { context, ...light } = JSON.parse((body.get(uid) as { body: string }).body) as CaseFile;
    if (context === undefined) continue;
    insert.run(uid, JSON.stringify(context));
    update.run(JSON.stringify(light), uid);
  }
};

/** One entry a version; an entry is never edited after it shipped, only followed by another. */
const migrations: readonly ((database: Sqlite) => void)[] = [
  (database) =>
    database.exec(`CREATE TABLE cases (uid TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, version INTEGER NOT NULL,
     done INTEGER NOT NULL, closed_at TEXT, body TEXT NOT NULL);
   CREATE INDEX cases_open ON cases (done, number);
   CREATE TABLE alerts (id TEXT PRIMARY KEY, identity TEXT NOT NULL, uid TEXT, repeats INTEGER NOT NULL, body TEXT NOT NULL);
   CREATE INDEX alerts_identity ON alerts (identity);
   CREATE INDEX alerts_pending ON alerts (uid, id);
   CREATE TABLE journal (sequence INTEGER PRIMARY KEY, uid TEXT NOT NULL, body TEXT NOT NULL, hash TEXT NOT NULL);
   CREATE INDEX journal_uid ON journal (uid, sequence);
   CREATE TABLE shown (uid TEXT NOT NULL, key TEXT NOT NULL, channel TEXT NOT NULL, ts TEXT NOT NULL, hash TEXT NOT NULL,
     at TEXT NOT NULL, PRIMARY KEY (uid, key));
   CREATE INDEX shown_message ON shown (channel, ts);
   CREATE TABLE seen (key TEXT PRIMARY KEY, at INTEGER NOT NULL);
   CREATE INDEX seen_at ON seen (at);
   CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
   CREATE TABLE memories (uid TEXT PRIMARY KEY, body TEXT NOT NULL);
   CREATE TABLE changes (id INTEGER PRIMARY KEY AUTOINCREMENT, namespace TEXT NOT NULL, at TEXT NOT NULL, body TEXT NOT NULL);
   CREATE INDEX changes_when ON changes (namespace, at);`),
  addSummaries,
  setEvidenceApart,
  (database) =>
    database.exec(
      `ALTER TABLE changes ADD COLUMN origin TEXT; CREATE UNIQUE INDEX changes_origin ON changes (origin);`,
    ),
  (database) => database.exec('CREATE TABLE sightings (collection TEXT PRIMARY KEY, body TEXT NOT NULL)'),
];

/** The version of the schema that this bot writes; `PRAGMA user_version` of its files. */
export const schemaVersion = migrations.length;

const migrate = (database: Sqlite): void => {
  const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (row.user_version > migrations.length) {
    throw new BotError(
      'store_newer',
      `the database was written by a newer version of the bot (schema ${row.user_version}, this one knows ${migrations.length}): start that version, or restore a backup`,
    );
  }
  for (const [index, migration] of migrations.entries()) {
    if (index < row.user_version) continue;
    database.transaction(() => {
      migration(database);
      database.exec(`PRAGMA user_version = ${index + 1}`);
    })();
  }
};

/** Opens (or makes) the database at `path` and brings its schema up to date. Every commit is on disk when it returns. */
export const openDatabase = (path: string): Sqlite => {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new Database(path);
  // WAL lets readers and the writer work at once; FULL makes an acknowledged alert survive a power cut, not only a kill.
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000;');
  migrate(database);
  return database;
};

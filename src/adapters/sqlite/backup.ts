import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'libsql';
import { BotError } from '../../domain/bot-error.ts';
import type { Clock } from '../../ports/clock.ts';
import { type Sqlite, schemaVersion } from './database.ts';
import { createJournal } from './journal.ts';

/** What a copy of the database holds. The journal of an older schema is not checked here but by the bot that opens it. */
export interface BackupReport {
  readonly file: string;
  readonly schema: number;
  readonly incidents: number;
  readonly memories: number;
  readonly records: number;
  readonly journal: 'whole' | 'broken' | 'not checked';
}

const databaseIn = (dataDir: string): string => join(dataDir, 'bot.db');

const countOf = (database: Sqlite, table: 'cases' | 'memories' | 'journal'): number =>
  (database.prepare(`SELECT COUNT(*) AS count FROM ${table}`).get() as { count: number }).count;

const reportOn = async (database: Sqlite, file: string, clock: Clock): Promise<BackupReport> => {
  const { integrity_check: verdict } = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
  if (verdict !== 'ok') throw new Error(verdict);
  const { user_version: schema } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  const broken = schema === schemaVersion ? await createJournal({ database, clock }).firstBroken() : undefined;
  return {
    file,
    schema,
    incidents: countOf(database, 'cases'),
    memories: countOf(database, 'memories'),
    records: countOf(database, 'journal'),
    journal: broken === undefined ? 'not checked' : broken === null ? 'whole' : 'broken',
  };
};

/** A damaged or strange file is found here with its reason, and not on the day when it is needed. */
const inspect = async (file: string, clock: Clock): Promise<BackupReport> => {
  const database = new Database(file);
  try {
    return await reportOn(database, file, clock);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new BotError('backup_damaged', `${file} is damaged, or no database of the bot: ${reason}`, { cause });
  } finally {
    database.close();
  }
};

const need = (file: string, advice: string): void => {
  if (!existsSync(file)) throw new BotError('no_database', `There is no ${file}: ${advice}.`);
};

const refuseToReplace = (file: string, advice: string): void => {
  if (existsSync(file)) throw new BotError('exists', `${file} is there already: ${advice}.`);
};

/**
 * Copies the database of `dataDir` to a new file while the bot may be running, as it stands at one instant, and reads the
 * copy back. Rejects with BotError `no_database`, `exists` or `backup_damaged`; then no file is left.
 */
export const backUp = async (dataDir: string, file: string, clock: Clock): Promise<BackupReport> => {
  const source = databaseIn(dataDir);
  need(source, 'DATA_DIR must be the folder of the bot');
  refuseToReplace(file, 'a backup never replaces another');
  mkdirSync(dirname(file), { recursive: true });
  const database = new Database(source);
  try {
    database.exec('PRAGMA busy_timeout = 30000');
    database.prepare('VACUUM INTO ?').run(file);
    // Incidents and log lines are nobody else's business on a shared disk.
    chmodSync(file, 0o600);
    return await inspect(file, clock);
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    database.close();
  }
};

/**
 * Puts a backup into a `dataDir` that holds no database, after it was read through. The bot must not be running.
 * Rejects with BotError `no_database`, `exists`, `store_newer` or `backup_damaged`; then `dataDir` is as it was.
 */
export const restoreBackup = async (file: string, dataDir: string, clock: Clock): Promise<BackupReport> => {
  need(file, 'name the file that the backup wrote');
  const target = databaseIn(dataDir);
  refuseToReplace(target, 'move it away with its -wal and -shm first, if you mean to replace it');
  refuseToReplace(`${target}-wal`, 'it belongs to another database; move it away');
  const arriving = `${target}.arriving`;
  mkdirSync(dataDir, { recursive: true });
  try {
    copyFileSync(file, arriving);
    const report = await inspect(arriving, clock);
    if (report.schema > schemaVersion) {
      throw new BotError(
        'store_newer',
        `${file} was written by a newer version of the bot: restore it with that version.`,
      );
    }
    chmodSync(arriving, 0o600);
    renameSync(arriving, target);
    return { ...report, file: target };
  } finally {
    rmSync(arriving, { force: true });
  }
};

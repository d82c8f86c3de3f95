import type { Sqlite } from './database.ts';

/**
 * `work` as one transaction: all of it is on disk when it returns, or none. The driver's own wrapper rolls back even where SQLite
 * has done so itself, as it does when the disk is full, and that error would hide the true one.
 */
export const atomically =
  <Args extends readonly unknown[], Result>(database: Sqlite, work: (...args: Args) => Result) =>
  (...args: Args): Result => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = work(...args);
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };

import type { CaseFile } from '../../domain/case-file.ts';
import type { Context } from '../../domain/context.ts';
import { limits } from '../../limits.ts';
import type { Sqlite } from './database.ts';
import { createRecentCache } from './recent-cache.ts';

/** A case as its row holds it: without its evidence, which fills nine tenths of it and never changes within one look. */
type LightCase = Omit<CaseFile, 'context'>;

/** Keeps the evidence of cases beside their rows, so that a page is turned by writing a few kilobytes. */
export interface EvidenceShelf {
  /** Puts the evidence of a file aside where it is new, in the transaction of the file itself. Returns the number of the look, 0 for none. */
  put(file: CaseFile): number;
  /** Told of a file that was read or is safely written: its evidence need not be read or written again. */
  hold(file: CaseFile, look: number): void;
  /** The whole file again. */
  join(light: LightCase, look: number): CaseFile;
}

interface Held {
  readonly look: number;
  readonly context: Context;
}

/** The file without its evidence. */
export const lightOf = ({ context: _context, ...light }: CaseFile): LightCase => light;

/** The shelf in SQLite. A context that is the very object that was read is known to be unchanged; every other one is written. */
export const createEvidenceShelf = (database: Sqlite): EvidenceShelf => {
  const held = createRecentCache<Held>(limits.contextsCachedMax);
  const read = database.prepare('SELECT body FROM contexts WHERE uid = ? AND look = ?');
  const last = database.prepare('SELECT COALESCE(MAX(look), 0) AS look FROM contexts WHERE uid = ?');
  const insert = database.prepare('INSERT INTO contexts (uid, look, body) VALUES (?, ?, ?)');
  const forget = database.prepare('DELETE FROM contexts WHERE uid = ? AND look < ?');

  const put = (file: CaseFile): number => {
    const { context } = file;
    const { uid } = file.incident;
    if (context === undefined) return 0;
    const known = held.get(uid);
    if (known?.context === context) return known.look;
    const look = (last.get(uid) as { look: number }).look + 1;
    insert.run(uid, look, JSON.stringify(context));
    forget.run(uid, look);
    return look;
  };

  const hold = (file: CaseFile, look: number): void => {
    const { context, incident } = file;
    if (context !== undefined) held.set(incident.uid, { look, context });
  };

  const contextOf = (uid: string, look: number): Context | undefined => {
    const known = held.get(uid);
    if (known?.look === look) return known.context;
    const row = read.get(uid, look) as { body: string } | undefined;
    if (row === undefined) return undefined;
    const context = JSON.parse(row.body) as Context;
    held.set(uid, { look, context });
    return context;
  };

  return {
    put,
    hold,
    join: (light, look) => {
      const context = look === 0 ? undefined : contextOf(light.incident.uid, look);
      return context === undefined ? light : { ...light, context };
    },
  };
};

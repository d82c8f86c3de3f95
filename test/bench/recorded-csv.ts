import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Papa from 'papaparse';

/** One row of a table, read by column name; a column that is not there is empty. */
export type Row = (column: string) => string;

/** The rows of a CSV text with a header. Rows that are too short have empty cells. */
export const parseCsv = (text: string): readonly Row[] => {
  // Named, so that it is not guessed: a table of one column has no comma to guess from.
  const [header = [], ...rows] = Papa.parse<readonly string[]>(text.replace(/^\ufeff/, ''), {
    delimiter: ',',
    skipEmptyLines: true,
  }).data;
  const columns = new Map(header.map((name, index) => [name, index]));
  return rows.map((cells) => (column) => cells[columns.get(column) ?? -1] ?? '');
};

const unzipped = (path: string): string => {
  try {
    return gunzipSync(readFileSync(path)).toString('utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${basename(path)} cannot be unzipped: ${reason}`);
  }
};

/** The rows of a gzipped table; none when it was not recorded. Throws an error that names the table when it is damaged. */
export const readTable = (path: string): readonly Row[] => (existsSync(path) ? parseCsv(unzipped(path)) : []);

/** A cell as a number; undefined when it holds none. */
export const numberIn = (cell: string): number | undefined => {
  const value = cell === '' ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : undefined;
};

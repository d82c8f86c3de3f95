import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** One row of a table, read by column name; a column that is not there is empty. */
export type Row = (column: string) => string;

const quote = '"';

interface Cell {
  readonly text: string;
  /** Where the comma or the line end after it stands. */
  readonly end: number;
}

const quotedCell = (text: string, from: number): Cell => {
  let end = text.indexOf(quote, from + 1);
  while (end !== -1 && text[end + 1] === quote) end = text.indexOf(quote, end + 2);
  if (end === -1) return { text: text.slice(from + 1), end: text.length };
  return { text: text.slice(from + 1, end).replaceAll('""', quote), end: end + 1 };
};

const plainCell = (text: string, from: number): Cell => {
  const stop = /[,\n]/g;
  stop.lastIndex = from;
  const end = stop.exec(text)?.index ?? text.length;
  return { text: text.slice(from, end).replace(/\r$/, ''), end };
};

interface TableRecord {
  readonly cells: readonly string[];
  /** Where the next record begins. */
  readonly next: number;
}

const quotedRecord = (text: string, from: number): TableRecord => {
  const cells: string[] = [];
  for (let at = from; ; ) {
    const cell = text[at] === quote ? quotedCell(text, at) : plainCell(text, at);
    cells.push(cell.text);
    if (text[cell.end] === ',') at = cell.end + 1;
    else return { cells, next: Math.max(text.indexOf('\n', cell.end), cell.end) + 1 };
  }
};

/** The record that begins at `from` (RFC 4180: quoted cells may hold commas and line ends). */
const recordAt = (text: string, from: number): TableRecord => {
  const lineEnd = text.indexOf('\n', from);
  const end = lineEnd === -1 ? text.length : lineEnd;
  const line = text.slice(from, end);
  if (line.includes(quote)) return quotedRecord(text, from);
  return { cells: line.replace(/\r$/, '').split(','), next: end + 1 };
};

/** The rows of a CSV text with a header. Rows that are too short have empty cells. */
export const parseCsv = (text: string): readonly Row[] => {
  const header = recordAt(text, 0);
  const columns = new Map(header.cells.map((name, index) => [name, index]));
  const rows: Row[] = [];
  for (let at = header.next; at < text.length; ) {
    const { cells, next } = recordAt(text, at);
    if (cells.length > 1 || cells[0] !== '') rows.push((column) => cells[columns.get(column) ?? -1] ?? '');
    at = next;
  }
  return rows;
};

/** The rows of a gzipped table; none when it was not recorded. */
export const readTable = (path: string): readonly Row[] =>
  existsSync(path) ? parseCsv(gunzipSync(readFileSync(path)).toString('utf8')) : [];

/** A cell as a number; undefined when it holds none. */
export const numberIn = (cell: string): number | undefined => {
  const value = cell === '' ? Number.NaN : Number(cell);
  return Number.isFinite(value) ? value : undefined;
};

import { describe, expect, it } from 'vitest';
import { numberIn, parseCsv } from './recorded-csv.ts';

describe('the tables of recordings', () => {
  it('keep commas, quotes and line ends inside quoted cells, and have empty cells where a row is short', () => {
    const rows = parseCsv('ts,line,cpu\n1,"a, ""b""\r\nc",0.5\n\n2,x\n');
    expect(rows.map((row) => [row('ts'), row('line'), row('cpu'), row('gone')])).toEqual([
      ['1', 'a, "b"\r\nc', '0.5', ''],
      ['2', 'x', '', ''],
    ]);
  });

  it('hold no number where none is written', () => {
    expect(['', 'NaN', '0.5'].map(numberIn)).toEqual([undefined, undefined, 0.5]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { numberIn, parseCsv } from './recorded-csv.ts';

const written = (cells: readonly string[]): string => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',');

describe('the tables of recordings', () => {
  it('read back what was written, commas, quotes and line ends included', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', ' ', 'é') });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }), (rows) => {
        const read = parseCsv(`left,right\n${rows.map(written).join('\n')}\n`);
        expect(read.map((row) => [row('left'), row('right')])).toEqual(rows);
      }),
    );
  });

  it('survive any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r') }), (text) => {
        for (const row of parseCsv(text)) expect(typeof row('a')).toBe('string');
      }),
    );
  });

  it('have empty cells where a row is short, and no number where none is written', () => {
    const [row] = parseCsv('ts,pod,cpu\n1,cart\n');
    expect(row?.('cpu')).toBe('');
    expect(numberIn('')).toBeUndefined();
    expect(numberIn('NaN')).toBeUndefined();
    expect(numberIn('0.5')).toBe(0.5);
  });
});

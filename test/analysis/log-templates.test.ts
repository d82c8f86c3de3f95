import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mineTemplates } from '../../src/analysis/log-templates.ts';
import { levelOfText, openLogText } from '../../src/analysis/log-text.ts';

const mine = (now: readonly string[], before: readonly string[] = [], limit = 20) =>
  mineTemplates({ now, before, limit });

describe('log templates', () => {
  it('bring lines together that differ in their values only', () => {
    const patterns = mine([
      'GET /products/42 took 12ms',
      'GET /products/7 took 220ms',
      'connection from 10.0.0.7:51234 closed',
      'connection from 10.0.3.1:40000 closed',
    ]);
    expect(patterns.map(({ template, count }) => [template, count])).toEqual([
      ['GET /products/<*> took <*>', 2],
      ['connection from <*> closed', 2],
    ]);
  });

  it('learn which words vary', () => {
    const patterns = mine([
      'user alice logged in from web',
      'user bob logged in from web',
      'user carol logged in from web',
    ]);
    expect(patterns).toMatchObject([{ template: 'user <*> logged in from web', count: 3 }]);
  });

  it('count the same template before and now', () => {
    const [pattern] = mine(['refused by 10.1.1.1', 'refused by 10.1.1.2'], ['refused by 10.9.9.9']);
    expect(pattern).toMatchObject({ count: 2, countBefore: 1, level: 'error', example: 'refused by 10.1.1.1' });
  });

  it('put new errors before old ones and errors before chatter', () => {
    const chatter = Array.from({ length: 30 }, () => 'served a page');
    const patterns = mine([...chatter, 'error: old trouble', 'error: fresh misery'], ['error: old trouble']);
    expect(patterns.map(({ template }) => template)).toEqual([
      'error: fresh misery',
      'error: old trouble',
      'served a page',
    ]);
  });

  it("read structured loggers' JSON", () => {
    expect(openLogText('{"severity":"info","message":"listening"}')).toEqual({ message: 'listening', named: 'info' });
    expect(openLogText('{"level":"error","msg":"call failed","error":"no route"}')).toEqual({
      message: 'call failed: no route',
      named: 'error',
    });
    expect(openLogText('{"half": ')).toEqual({ message: '{"half":', named: undefined });
    expect(levelOfText('{"half":')).toBe('info');
    expect(levelOfText('level=warn msg="slow answer"')).toBe('warning');
  });

  it('know a value wherever in a line it stands, also a time of two words', () => {
    const values = [
      ['3f2b8c1d-aaaa-4bbb-8ccc-0123456789ab', '0b23bd3e-876a-4af3-b920-c50a90c90b04'],
      ['10.0.0.7:51234', '192.168.1.1'],
      ['0xdeadbeef', '0x1'],
      ['66ea073509f4c213', '0df38dcace9b1cf1'],
      ['12ms', '-3.5s'],
      ['2026-01-01 12:00:00.123', '2026-02-03T04:05:06Z'],
    ];
    for (const [left, right] of values) {
      const patterns = mine([`took [${left}] away`, `took [${right}] away`]);
      expect(patterns.map(({ template, count }) => [template, count])).toEqual([['took [<*>] away', 2]]);
    }
  });

  it('lose no line, invent none, and stay bounded, whatever the lines are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 120 }), { maxLength: 80 }),
        fc.array(fc.string({ maxLength: 120 }), { maxLength: 40 }),
        (now, before) => {
          const patterns = mine(now, before, 500);
          const total = (of: (pattern: (typeof patterns)[number]) => number) =>
            patterns.reduce((sum, pattern) => sum + of(pattern), 0);
          expect(total(({ count }) => count)).toBeLessThanOrEqual(now.length);
          expect(total(({ countBefore }) => countBefore)).toBeLessThanOrEqual(before.length);
          if (new Set([...now, ...before]).size < 40) expect(total(({ count }) => count)).toBe(now.length);
        },
      ),
    );
  });

  it('do not grow without bound', () => {
    const flood = Array.from(
      { length: 3_000 },
      (_, index) => `w${'abcdefghij'[index % 10]}${'x'.repeat(index % 97)} happened${'y'.repeat(index % 89)}`,
    );
    expect(mine(flood, [], 10_000).length).toBeLessThanOrEqual(200);
  });
});

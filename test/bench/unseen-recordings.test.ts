import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replay } from './diagnosis-replay.ts';
import { readAnswers } from './diagnosis-score.ts';
import { cobKind } from './recorded-cob.ts';
import { nezhaKind } from './recorded-nezha.ts';
import type { SetKind } from './recorded-set.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'recordings-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

type Files = Readonly<Record<string, unknown>>;

/** Writes files below a set's folder: texts that end in .gz are zipped, everything else becomes JSON. */
const setOf = (kind: SetKind, name: string, files: Files) => {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(file, path.endsWith('.gz') ? gzipSync(text) : text);
  }
  return kind.open(join(folder, name));
};

const all = { without: [] } as const;
const noon = Date.parse('2026-01-01T12:00:00Z');
const bazaar = { system: 'bazaar', pods: { 'gate-1-a': { service: 'gate', cpu_limit: 20 } } };
const trouble = { t0: '2026-01-01T12:00:00Z', metrics_to: '2026-01-01T12:05:00Z' };
const usage = (pod: string) =>
  `ts,pod,cpu\n${[0, 1, 2, 3, 4].map((minute) => `${noon / 1000 + 60 * minute},${pod},5`).join('\n')}\n`;

describe('a set of another system', () => {
  it('with no table at all, no quiet time and no answers is diagnosed as undecided', async () => {
    const set = setOf(nezhaKind, 'nezha-bazaar', { 'set.json': bazaar, 'cases/a/case.json': trouble });
    const [result] = await replay(set, all);
    expect(result?.diagnosis.verdict.kind).toBe('unknown');
    expect(result?.predictions).toEqual(['gate']);
    expect(readAnswers(join(folder, 'labels.json'))).toBeUndefined();
    expect(set.baselines['z-scores of pod metrics']?.('a')).toEqual([]);
  });

  it('with pods that it never named, odd spans and lines without a time is read as far as it goes, and nobody is accused', async () => {
    const set = setOf(nezhaKind, 'nezha-bazaar', {
      'set.json': bazaar,
      'cases/a/case.json': trouble,
      'cases/a/metrics.csv.gz': usage('stranger'),
      'cases/a/traces.csv.gz': `trace_id,span,parent,pod,op,start_us,dur_us\nt,1,1,vault-7d9-x2x,get,soon,-5\nt,2,9,,get,${noon * 1000},10\n`,
      'cases/a/logs.csv.gz': `ts_ns,pod,line\nnever,gate-1-a,hello\n${noon}000000,vault-7d9-x2x,"a, b"\n`,
    });
    const [result] = await replay(set, all);
    const subjects = result?.diagnosis.context.evidence.map(({ subject }) => subject);
    expect(subjects).toContain('stranger');
    expect(result?.diagnosis.findings.map(({ degraded }) => degraded)).toEqual([[], [], []]);
    expect(result?.diagnosis.verdict.cause?.fault ?? 'none').toBe('none');
  });

  it('of a cluster of which nothing was printed is diagnosed as undecided', async () => {
    const about = { namespace: 'bazaar', collected_at: '2026-01-01T12:00:00Z' };
    const set = setOf(cobKind, 'cob-bazaar', { 'cases/a/case.json': about });
    const [result] = await replay(set, all);
    expect(result?.diagnosis.verdict.kind).toBe('unknown');
    expect(result?.predictions).toEqual([]);
  });
});

describe('a damaged set', () => {
  it('loses only the cases that cannot be read, and a case without a time is such a one', async () => {
    const set = setOf(nezhaKind, 'nezha-bazaar', {
      'set.json': bazaar,
      'cases/good/case.json': trouble,
      'cases/timeless/case.json': { ...trouble, t0: 'yesterday' },
      'cases/nameless/metrics.csv.gz': usage('gate-1-a'),
    });
    expect((await replay(set, all)).map(({ id }) => id)).toEqual(['good']);
    expect(() => set.open('timeless')).toThrow(/timeless\/case\.json is not as expected[\s\S]*t0/);
    expect(() => set.open('nameless')).toThrow(/nameless\/case\.json cannot be read/);
  });

  it('says which table is damaged', () => {
    const path = join(folder, 'nezha-bazaar/cases/a/logs.csv.gz');
    const set = setOf(nezhaKind, 'nezha-bazaar', { 'set.json': bazaar, 'cases/a/case.json': trouble });
    writeFileSync(path, 'half a file');
    expect(() => set.open('a')).toThrow(/logs\.csv\.gz cannot be unzipped/);
  });

  it('without cases has none, and without a description cannot be opened', () => {
    expect(setOf(cobKind, 'cob-empty', { 'set.json': {} }).ids).toEqual([]);
    expect(setOf(nezhaKind, 'nezha-empty', { 'set.json': bazaar }).ids).toEqual([]);
    expect(() => setOf(nezhaKind, 'nezha-nothing', { 'set.json': { pods: 7 } })).toThrow(
      /set\.json is not as expected/,
    );
  });
});

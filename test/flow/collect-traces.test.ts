import { describe, expect, it } from 'vitest';
import { collectTraces } from '../../src/flow/collect-traces.ts';
import { windowsAround } from '../../src/flow/collect-windows.ts';
import type { Logs } from '../../src/ports/logs.ts';
import type { Traces } from '../../src/ports/traces.ts';
import { journeys } from '../fakes/traced-shop.ts';

const windows = windowsAround([{ startsAt: '2026-11-22T12:00:00.000Z' }], Date.parse('2026-11-22T12:03:00.000Z'));
const noLogs: Logs = { tellsSpans: true, lines: async () => ({ outcome: 'empty', query: 'logs' }) };
const gather = (traces: Traces | undefined, logs = noLogs) =>
  collectTraces({ traces, logs, namespace: 'bazaar', workloads: ['basket'], windows, patience: () => 1_000 });
const quiet = journeys(40, 'quiet');

describe('the collecting of traces', () => {
  it('misses nothing where no tracing backend is configured', async () => {
    expect(await gather(undefined)).toEqual({ drafts: [], silent: [], edges: [] });
  });

  it('names traces as a source that gave no answer', async () => {
    const down = await gather({ spans: async () => ({ outcome: 'unreachable', query: 'traces', reason: 'refused' }) });
    expect(down.silent).toMatchObject([{ source: 'traces', kind: 'trace', reason: 'refused' }]);
    const broken = await gather({ spans: () => Promise.reject(new Error('a bug')) });
    expect(broken.silent).toMatchObject([{ source: 'traces', reason: 'a bug' }]);
  });

  it('tells a quiet answer from none', async () => {
    const { drafts, silent } = await gather({ spans: async () => ({ outcome: 'empty', query: 'traces' }) });
    expect(silent).toEqual([]);
    expect(drafts).toMatchObject([{ kind: 'trace', outcome: 'empty' }]);
  });

  it('writes an edge down as evidence with its sentence, and who calls whom', async () => {
    const delayed = journeys(40, 'now', () => ({ waitMs: 300 }));
    const { drafts, edges, count } = await gather({
      spans: async ({ window }) => ({
        outcome: 'found',
        query: 'traces',
        value: window.to === windows.window.to ? delayed : quiet,
      }),
    });
    const edge = drafts.find(({ subject }) => subject === 'basket -> vault');
    expect(edge?.observation).toContain('Traces show calls from basket to vault wait on the way');
    expect(edge?.strength).toBeGreaterThan(0.5);
    expect(edges).toContainEqual({ from: 'gate', to: 'basket' });
    expect(count).toEqual({ now: 40, quiet: 40 });
  });

  it('asks about the suspect and its neighbours, not about a whole city', async () => {
    const asked: (readonly string[])[] = [];
    const traces: Traces = {
      spans: async ({ workloads }) => {
        asked.push(workloads);
        return { outcome: 'empty', query: 'traces' };
      },
    };
    const city = Array.from({ length: 5_000 }, (_, index) => `house-${index}`);
    const found = await collectTraces({
      ...{ traces, logs: noLogs, namespace: 'bazaar', windows, patience: () => 1_000 },
      workloads: ['basket', ...city],
    });
    expect(asked.map(([first]) => first)).toEqual(['basket', 'basket']);
    expect(asked[0]?.length).toBeLessThan(50);
    expect(found.count).toEqual({ now: 0, quiet: 0 });
  });

  it('asks for no log lines where none knows its span', async () => {
    const asked: string[] = [];
    const logs: Logs = {
      lines: async () => {
        asked.push('lines');
        return { outcome: 'empty', query: 'logs' };
      },
    };
    await gather({ spans: async () => ({ outcome: 'found', query: 'traces', value: quiet }) }, logs);
    expect(asked).toEqual([]);
  });

  it('lets no secret of a log line into the evidence, however the lines end', async () => {
    const lines = (text: string, ids: readonly string[]) =>
      ids.flatMap((traceId) =>
        ['begin', text].map((words, index) => ({
          at: new Date(index).toISOString(),
          workload: 'basket',
          pod: 'basket-1',
          text: words,
          span: { traceId, spanId: '3' },
        })),
      );
    const ids = (name: string) => Array.from({ length: 40 }, (_, index) => `${name}-${index}`);
    const { drafts } = await gather(
      {
        spans: async ({ window }) => ({
          outcome: 'found',
          query: 'traces',
          value: window.to === windows.window.to ? journeys(40, 'now') : quiet,
        }),
      },
      {
        tellsSpans: true,
        lines: async ({ window }) => ({
          outcome: 'found',
          query: 'logs',
          value:
            window.to === windows.window.to
              ? lines('cannot log in with password=hunter2hunter2', ids('now'))
              : lines('logged in', ids('quiet')),
        }),
      },
    );
    const told = JSON.stringify(drafts);
    expect(told).toContain('cannot log in');
    expect(told).not.toContain('hunter2');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTraces } from '../../src/analysis/read-traces.ts';
import type { SpanLine } from '../../src/analysis/span-events.ts';
import { chanceGiven, tailShiftOf } from '../../src/analysis/tail-shift.ts';
import { standardThresholds } from '../../src/analysis/thresholds.ts';
import { growForest, selfMs } from '../../src/analysis/trace-forest.ts';
import type { Span, TraceData } from '../../src/domain/trace.ts';
import { journeys } from '../fakes/traced-shop.ts';

const noLines = { now: [], quiet: [] };
const read = (now: readonly Span[], quiet: readonly Span[]) => readTraces({ now, quiet, lines: noLines });
const edgeOf = (data: readonly TraceData[], from: string, to: string): TraceData | undefined =>
  data.find(({ edge }) => edge?.from === from && edge.to === to);
const insideOf = (data: readonly TraceData[], workload: string): TraceData | undefined =>
  data.find((one) => one.edge === undefined && one.workload === workload);
const quiet = journeys(60, 'quiet', (index) => ({ workMs: 5 + (index % 3), waitMs: 1 + (index % 2) }));

describe('the reading of traces', () => {
  it('finds a delay between two workloads on the very edge where it is, whatever their clocks say', () => {
    const now = journeys(40, 'now', (index) => ({ waitMs: index < 20 ? 1 : 300, skewMs: 5_000 }));
    const { data } = read(now, quiet);
    expect(edgeOf(data, 'basket', 'vault')?.times[0]).toMatchObject({ of: 'basket', standing: 'raised' });
    expect(edgeOf(data, 'gate', 'basket')?.times[0]?.standing).toBe('ordinary');
    expect(edgeOf(data, 'basket', 'prices')?.times[0]?.standing).toBe('ordinary');
    expect(insideOf(data, 'basket')?.times.every(({ standing }) => standing === 'ordinary')).toBe(true);
  });

  it('finds longer work inside a workload and blames no edge for it', () => {
    const { data } = read(
      journeys(40, 'now', () => ({ workMs: 400 })),
      quiet,
    );
    expect(insideOf(data, 'basket')?.times[0]).toMatchObject({ of: 'Basket.show', standing: 'raised' });
    expect(data.filter(({ edge }) => edge !== undefined).map(({ times }) => times[0]?.standing)).not.toContain(
      'raised',
    );
  });

  it('finds code that ends early, and says what used to follow', () => {
    const { data } = read(
      journeys(40, 'now', (index) => ({ givesUp: index % 4 === 0 })),
      quiet,
    );
    expect(insideOf(data, 'basket')?.paths[0]).toMatchObject({
      operation: 'Basket.show',
      after: 'ask vault',
      next: 'end',
      count: 10,
      of: 40,
      countQuiet: 0,
      own: 10,
      usually: 'ask prices',
    });
    expect(insideOf(data, 'gate')?.paths).toEqual([]);
  });

  it('lays an early end after a failed call on nobody who only waited for it', () => {
    const now = journeys(40, 'now', (index) => ({ givesUp: index % 2 === 0 }));
    const failed = now.map((span) => (span.operation === 'ask vault' ? { ...span, failedCall: true as const } : span));
    expect(insideOf(read(now, quiet).data, 'basket')?.paths[0]?.own).toBe(20);
    expect(insideOf(read(failed, quiet).data, 'basket')?.paths[0]?.own).toBe(0);
  });

  it('finds a log that ends early inside a span', () => {
    const linesOf = (spans: readonly Span[], text: (traceId: string) => readonly string[]): readonly SpanLine[] =>
      spans
        .filter(({ spanId }) => spanId === '3')
        .flatMap(({ traceId, spanId }) =>
          text(traceId).map((words, index) => ({ workload: 'basket', traceId, spanId, atUs: index, text: words })),
        );
    const now = journeys(30, 'now');
    const whole = ['loading basket of 7', 'basket shown in 5ms'];
    const { data } = readTraces({
      now,
      quiet,
      lines: {
        quiet: linesOf(quiet, () => whole),
        now: linesOf(now, (id) => (id.endsWith('0') || id.endsWith('5') ? whole.slice(0, 1) : whole)),
      },
    });
    expect(insideOf(data, 'basket')?.paths[0]).toMatchObject({ kind: 'lines', next: 'end', count: 6, of: 30 });
  });

  it('takes another mix of the same requests for no fault', () => {
    const mixed = journeys(100, 'quiet', (index) => ({ givesUp: index % 2 === 0 }));
    const { data } = read(
      journeys(60, 'now', (index) => ({ givesUp: index % 2 === 1 })),
      mixed,
    );
    expect(data.flatMap(({ paths }) => paths)).toEqual([]);
  });

  it('says nothing of what it has seen too little of', () => {
    const { data } = read(
      journeys(2, 'now', () => ({ waitMs: 300 })),
      quiet.slice(0, 14),
    );
    expect(edgeOf(data, 'basket', 'vault')?.times[0]?.standing).toBe('unknown');
  });

  it('tells who calls whom', () => {
    expect(read(journeys(1, 'now'), []).edges).toEqual([
      { from: 'gate', to: 'basket' },
      { from: 'basket', to: 'vault' },
      { from: 'basket', to: 'prices' },
    ]);
  });

  it('survives spans of any shape: rings, strangers, repeated ids, numbers that are none', () => {
    const id = fc.constantFrom('1', '2', '3', '4');
    const span = fc.record({
      traceId: fc.constantFrom('a', 'b'),
      spanId: id,
      parentId: id,
      workload: fc.constantFrom('gate', 'basket', '__proto__', ''),
      operation: fc.string(),
      startUs: fc.oneof(fc.double(), fc.integer()),
      durationUs: fc.oneof(fc.double(), fc.integer()),
    });
    fc.assert(
      fc.property(fc.array(span, { maxLength: 30 }), fc.array(span, { maxLength: 30 }), (now, before) => {
        const { data } = read(now, before);
        for (const { times } of data) {
          for (const time of times) expect(Number.isFinite(time.excess) && time.excess >= 0).toBe(true);
        }
      }),
    );
  });

  it('never finds more self time than a span is long', () => {
    const child = fc.record({ startUs: fc.integer({ min: -500, max: 1500 }), durationUs: fc.nat(2000) });
    fc.assert(
      fc.property(fc.array(child, { maxLength: 12 }), (children) => {
        const root = { traceId: 't', spanId: 'r', workload: 'w', operation: 'o', startUs: 0, durationUs: 1000 };
        const spans = children.map((one, index) => ({ ...root, ...one, spanId: `c${index}`, parentId: 'r' }));
        const node = growForest([root, ...spans])
          .get('t')
          ?.get('r');
        const own = node === undefined ? Number.NaN : selfMs(node);
        expect(own).toBeGreaterThanOrEqual(0);
        expect(own).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('the chance of what was seen', () => {
  it('is a chance, and falls the more often a thing is seen', () => {
    const tallies = fc.record({ of: fc.integer({ min: 1, max: 400 }), before: fc.integer({ min: 0, max: 400 }) });
    fc.assert(
      fc.property(tallies, fc.nat(400), ({ of, before }, some) => {
        const past = { hits: Math.min(some, before), of: before };
        const chances = Array.from({ length: of + 1 }, (_, hits) => chanceGiven({ hits, of }, past));
        for (const [hits, chance] of chances.entries()) {
          expect(chance).toBeGreaterThanOrEqual(0);
          expect(chance).toBeLessThanOrEqual((chances[hits - 1] ?? 1) + 1e-9);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('stays large while the quiet time was short, and is small after a long one', () => {
    expect(chanceGiven({ hits: 3, of: 3 }, { hits: 0, of: 2 })).toBeCloseTo(0.05);
    expect(chanceGiven({ hits: 3, of: 3 }, { hits: 0, of: 200 })).toBeLessThan(1e-5);
  });

  it('makes no pattern of two late calls', () => {
    const calm = Array.from({ length: 500 }, () => 5);
    expect(tailShiftOf('x', { quiet: calm, now: [...Array.from({ length: 20 }, () => 5), 9000, 9000] })?.standing).toBe(
      'unknown',
    );
    expect(
      tailShiftOf('x', { quiet: calm, now: [...Array.from({ length: 20 }, () => 5), 9000, 9000, 9000] })?.standing,
    ).toBe('raised');
  });

  it('takes a burst that a short quiet time may well have missed for no proof, unless other thresholds are asked for', () => {
    const measured = {
      quiet: Array.from({ length: 34 }, () => 5),
      now: [...Array.from({ length: 29 }, () => 5), 300, 300, 300, 300, 300],
    };
    expect(tailShiftOf('x', measured)?.standing).toBe('suspected');
    expect(tailShiftOf('x', measured, { ...standardThresholds, chanceMax: 0.01 })?.standing).toBe('raised');
  });
});

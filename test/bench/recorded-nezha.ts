import { basename, join } from 'node:path';
import { z } from 'zod';
import type { MetricData } from '../../src/domain/evidence.ts';
import type { Span } from '../../src/domain/trace.ts';
import type { LogLine } from '../../src/ports/logs.ts';
import { createDice } from './dice.ts';
import { type NezhaSet, type NezhaTables, readSet, readTables, seriesOf } from './nezha-tables.ts';
import { caseIdsIn, instant, readAbout } from './recorded-about.ts';
import { fusionBaseline, zScoreBaseline } from './recorded-baselines.ts';
import { numberIn } from './recorded-csv.ts';
import type { Diagnosis, Prediction, RecordedCase, RecordedSet, SetKind } from './recorded-set.ts';
import { sensesOf, type Telemetry } from './recorded-telemetry.ts';

/** The quiet time is laid down so that it ends where the collector's quiet window ends: this long before the alert. */
const quietEndsBeforeMs = 121_000;
const quietWindowMs = 300_000;

interface Opened {
  readonly set: NezhaSet;
  readonly folder: string;
  readonly quiet: NezhaTables;
  readonly quietSeries: readonly MetricData[];
  readonly sli: { readonly front: string; readonly measured: boolean };
}

/** The service at which most traces begin; without traces, the one whose name says so. */
const frontOf = (set: NezhaSet, spans: readonly Span[]): string => {
  const roots = new Map<string, number>();
  for (const { parentId, workload } of spans) {
    if (parentId === undefined) roots.set(workload, (roots.get(workload) ?? 0) + 1);
  }
  const [first] = [...roots].toSorted(([, left], [, right]) => right - left);
  const named = Object.values(set.pods).find(({ service }) => /front|gateway/.test(service))?.service;
  return first?.[0] ?? named ?? 'frontend';
};

const lastOf = (times: Iterable<number>): number => {
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) if (time > last) last = time;
  return last;
};

const movedSeries = (series: readonly MetricData[], toMs: number): readonly MetricData[] => {
  const last = lastOf(series.flatMap(({ points }) => points.map(([at]) => at)));
  const by = toMs / 1000 - last;
  return series.map((one) => ({ ...one, points: one.points.map(([at, value]) => [at + by, value] as const) }));
};

const movedSpans = (spans: readonly Span[], toMs: number): readonly Span[] => {
  const by = toMs * 1000 - lastOf(spans.map(({ startUs }) => startUs));
  return spans.map((span) => ({ ...span, startUs: span.startUs + by, traceId: `quiet-${span.traceId}` }));
};

const movedLines = (lines: readonly LogLine[], toMs: number): readonly LogLine[] => {
  const by = toMs - lastOf(lines.map(({ at }) => Date.parse(at)));
  return lines.map(({ span, ...line }) => ({
    ...line,
    at: new Date(Date.parse(line.at) + by).toISOString(),
    ...(span === undefined ? {} : { span: { ...span, traceId: `quiet-${span.traceId}` } }),
  }));
};

const keyOf = ({ signal, workload, edge }: MetricData): string => `${signal} ${edge?.from ?? ''} ${workload}`;

/** One time line: the quiet time, and after it what was measured from the alert on. */
const joinSeries = (
  quiet: readonly MetricData[],
  now: readonly MetricData[],
  alertAtMs: number,
): readonly MetricData[] => {
  const byKey = new Map(quiet.map((one) => [keyOf(one), one]));
  for (const one of now) {
    const fresh = one.points.filter(([at]) => at * 1000 >= alertAtMs);
    const known = byKey.get(keyOf(one));
    byKey.set(keyOf(one), { ...one, points: [...(known?.points ?? []), ...fresh] });
  }
  return [...byKey.values()];
};

const telemetryOf = ({ set, sli, quiet, quietSeries }: Opened, tables: NezhaTables, alertAtMs: number): Telemetry => {
  const quietEndMs = alertAtMs - quietEndsBeforeMs;
  const services = new Set(Object.values(set.pods).map(({ service }) => service));
  return {
    system: set.system,
    workloads: [...services].toSorted(),
    edges: set.call_edges.map(([from, to]) => ({ from, to })),
    series: joinSeries(movedSeries(quietSeries, quietEndMs), seriesOf(set, tables, sli), alertAtMs),
    spans: [...movedSpans(quiet.spans, quietEndMs), ...tables.spans],
    lines: [...movedLines(quiet.lines, quietEndMs), ...tables.lines],
  };
};

/** Without a word of when its metrics end, a case ends five minutes after its start. */
const caseForm = z.object({ t0: instant, metrics_to: instant.optional() }).transform(({ t0, metrics_to: until }) => ({
  alertAtMs: Date.parse(t0),
  untilMs: until === undefined ? Date.parse(t0) + quietWindowMs : Date.parse(until),
}));

const openCase = (opened: Opened, id: string): RecordedCase => {
  const folder = join(opened.folder, 'cases', id);
  const { alertAtMs, untilMs } = readAbout(join(folder, 'case.json'), caseForm);
  return {
    id,
    title: `Trouble in ${opened.set.system}`,
    namespace: opened.set.system,
    alertAtMs,
    nowMs: untilMs,
    senses: sensesOf(telemetryOf(opened, readTables(opened.set, folder), alertAtMs)),
  };
};

/** A quiet window: five minutes of the quiet metrics against the rest, one half of the quiet traces against the other. */
const quietCase = (opened: Opened, seed: number): RecordedCase => {
  const { set, quiet } = opened;
  const dice = createDice(seed);
  const times = quiet.metrics.flatMap((row) => numberIn(row('ts')) ?? []).toSorted((a, b) => a - b);
  const first = (times[0] ?? 0) * 1000;
  const room = Math.max(0, (times.at(-1) ?? 0) * 1000 - first - quietWindowMs);
  const fromMs = first + Math.floor(dice() * room);
  const isNow = new Map<string, boolean>();
  const chosen = (traceId: string): boolean => {
    const known = isNow.get(traceId) ?? dice() < 0.5;
    isNow.set(traceId, known);
    return known;
  };
  const inside = (row: (column: string) => string): boolean => {
    const atMs = Number(row('ts')) * 1000;
    return atMs >= fromMs && atMs < fromMs + quietWindowMs;
  };
  const part = (now: boolean): NezhaTables => ({
    metrics: quiet.metrics.filter((row) => inside(row) === now),
    sli: quiet.sli.filter((row) => inside(row) === now),
    edges: quiet.edges.filter((row) => inside(row) === now),
    spans: quiet.spans.filter(({ traceId }) => chosen(traceId) === now),
    lines: quiet.lines.filter(({ span }) => chosen(span?.traceId ?? '') === now),
  });
  const before = part(false);
  const alertAtMs = fromMs;
  const now = part(true);
  const shifted: NezhaTables = {
    ...now,
    spans: movedSpans(now.spans, fromMs + quietWindowMs - 1),
    lines: movedLines(now.lines, fromMs + quietWindowMs - 1),
  };
  const quietly = { ...opened, quiet: before, quietSeries: seriesOf(set, before, opened.sli) };
  return {
    id: `quiet-${seed}`,
    title: `A quiet window of ${set.system}`,
    namespace: set.system,
    alertAtMs,
    nowMs: fromMs + quietWindowMs,
    senses: sensesOf(telemetryOf(quietly, shifted, alertAtMs)),
  };
};

/** Services in the order of the bot's hypotheses, then of its evidence, then the rest. */
const rankedServices = (
  services: readonly string[],
  { context, findings, verdict }: Diagnosis,
): readonly Prediction[] => {
  const hypotheses = findings.flatMap((finding) => finding.hypotheses).toSorted((a, b) => b.confidence - a.confidence);
  const named = [
    ...(verdict.cause === undefined ? [] : [verdict.cause.workload]),
    ...hypotheses.map(({ cause }) => cause.workload),
    ...context.evidence.flatMap(({ subject }) => subject.split(' -> ').toReversed()),
    ...services,
  ];
  return [...new Set(named)].filter((name) => services.includes(name));
};

const openSet = (folder: string): RecordedSet => {
  const set = readSet(folder);
  const quiet = readTables(set, join(folder, 'baseline'));
  const measured = quiet.sli.some((row) => (numberIn(row('success_pct')) ?? 0) > 0);
  const sli = { front: frontOf(set, quiet.spans), measured };
  const opened: Opened = { set, folder, quiet, sli, quietSeries: seriesOf(set, quiet, sli) };
  const services = [...new Set(Object.values(set.pods).map(({ service }) => service))].toSorted();
  const tablesOf = (id: string) => readTables(set, join(folder, 'cases', id));
  const t0Of = (id: string) => readAbout(join(folder, 'cases', id, 'case.json'), caseForm).alertAtMs / 1000;
  return {
    name: basename(folder),
    ids: caseIdsIn(folder),
    open: (id) => openCase(opened, id),
    predictions: (diagnosis) => rankedServices(services, diagnosis),
    named: ({ verdict }) => verdict.cause?.fault,
    baselines: {
      'z-scores of pod metrics': (id) => zScoreBaseline({ set, quiet, now: tablesOf(id), t0: t0Of(id) }),
      'rank fusion of all signals': (id) => fusionBaseline({ set, quiet, now: tablesOf(id), t0: t0Of(id) }),
    },
    quiet: (seed) => quietCase(opened, seed),
  };
};

/** Whether a folder without a telling name describes itself as such a set does. */
const namesPods = (folder: string): boolean => {
  try {
    return Object.keys(readSet(folder).pods).length > 0;
  } catch {
    return false;
  }
};

/** Metrics, traces and logs of one shop around one injected fault. */
export const nezhaKind: SetKind = {
  name: 'nezha',
  matches: (folder) => basename(folder).startsWith('nezha-') || namesPods(folder),
  open: openSet,
};

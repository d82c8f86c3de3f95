import type { TraceCount } from '../domain/context.ts';
import type { Span, TraceData } from '../domain/trace.ts';
import { type SpanLine, spanEventsOf } from './span-events.ts';
import { standardThresholds, type Thresholds } from './thresholds.ts';
import { growForest, type TraceNode } from './trace-forest.ts';
import { pathShiftsOf } from './trace-paths.ts';
import { traceTimesOf } from './trace-times.ts';

/** A call edge, by workload names. */
export interface CallEdge {
  readonly from: string;
  readonly to: string;
}

/** What two windows of traces tell: an entry a workload and an edge, and who was seen calling whom. */
export interface TraceReading {
  readonly data: readonly TraceData[];
  readonly edges: readonly CallEdge[];
  /** How many traces each window holds. */
  readonly count: TraceCount;
}

const timesMax = 3;
const pathsMax = 4;

type Trees = ReadonlyMap<string, ReadonlyMap<string, TraceNode>>;

/** Notes who was called by whom from elsewhere. */
const noteCalls = (trace: ReadonlyMap<string, TraceNode>, callees: Map<string, Set<string>>): void => {
  for (const { span, parent } of trace.values()) {
    if (parent === undefined || parent.span.workload === span.workload) continue;
    const known = callees.get(parent.span.workload);
    if (known === undefined) callees.set(parent.span.workload, new Set([span.workload]));
    else known.add(span.workload);
  }
};

const callsIn = (windows: readonly Trees[]): readonly CallEdge[] => {
  const callees = new Map<string, Set<string>>();
  for (const trees of windows) for (const trace of trees.values()) noteCalls(trace, callees);
  return [...callees].flatMap(([from, names]) => [...names].map((to) => ({ from, to })));
};

/** Reads the traces of a window against those of a quiet one, with the log lines that know their spans. */
export const readTraces = (windows: {
  readonly now: readonly Span[];
  readonly quiet: readonly Span[];
  readonly lines: { readonly now: readonly SpanLine[]; readonly quiet: readonly SpanLine[] };
  readonly thresholds?: Thresholds | undefined;
}): TraceReading => {
  const { thresholds = standardThresholds } = windows;
  const now = growForest(windows.now);
  const quiet = growForest(windows.quiet);
  const events = spanEventsOf(windows.lines);
  // A window without log lines would make every logged step look skipped.
  const logged = events.now.size > 0 && events.quiet.size > 0;
  const none = new Map();
  const times = traceTimesOf(now, quiet, thresholds);
  const paths = pathShiftsOf(
    { trees: now, events: logged ? events.now : none },
    { trees: quiet, events: logged ? events.quiet : none },
    thresholds,
  );
  const workloads = new Set([...times.work.keys(), ...paths.keys()]);
  return {
    data: [
      ...[...workloads].map((workload) => ({
        kind: 'trace' as const,
        workload,
        times: (times.work.get(workload) ?? []).slice(0, timesMax),
        paths: (paths.get(workload) ?? []).slice(0, pathsMax),
      })),
      ...times.waits.map(({ from, to, shift }) => ({
        kind: 'trace' as const,
        workload: to,
        edge: { from, to },
        times: [shift],
        paths: [],
      })),
    ],
    edges: callsIn([quiet, now]),
    count: { now: now.size, quiet: quiet.size },
  };
};

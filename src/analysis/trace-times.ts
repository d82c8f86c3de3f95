import type { TimeShift } from '../domain/trace.ts';
import { tailShiftOf } from './tail-shift.ts';
import type { Thresholds } from './thresholds.ts';
import { answererOf, gapMs, selfMs, type TraceNode } from './trace-forest.ts';

type Trees = ReadonlyMap<string, ReadonlyMap<string, TraceNode>>;

/** The longest duration of each trace in ms, by workload, and there by operation or by callee. */
type Samples = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** What traces tell of time: each workload's own work by operation, and each edge's wait between caller and callee. */
export interface TraceTimes {
  readonly work: ReadonlyMap<string, readonly TimeShift[]>;
  readonly waits: readonly { readonly from: string; readonly to: string; readonly shift: TimeShift }[];
}

/** Durations, one a trace: calls of one trace share their fate and are no independent witnesses, so the longest speaks for them. */
interface Series {
  readonly values: number[];
  /** The number of the trace that gave the last of the values. */
  trace: number;
}

type Gathered = Map<string, Map<string, Series>>;

const note = (gathered: Gathered, trace: number, at: readonly [workload: string, name: string], ms: number): void => {
  const [workload, name] = at;
  let named = gathered.get(workload);
  if (named === undefined) {
    named = new Map();
    gathered.set(workload, named);
  }
  const series = named.get(name);
  if (series === undefined) named.set(name, { values: [ms], trace });
  else if (series.trace === trace) series.values.push(Math.max(series.values.pop() ?? ms, ms));
  else {
    series.trace = trace;
    series.values.push(ms);
  }
};

const samplesIn = (gathered: Gathered): Samples =>
  new Map(
    [...gathered].map(([workload, named]) => [
      workload,
      new Map([...named].map(([name, { values }]) => [name, values])),
    ]),
  );

const measure = (trees: Trees): { readonly work: Samples; readonly waits: Samples } => {
  const work: Gathered = new Map();
  const waits: Gathered = new Map();
  let number = 0;
  for (const trace of trees.values()) {
    number += 1;
    for (const node of trace.values()) {
      const { workload, operation } = node.span;
      const answer = answererOf(node);
      if (answer === undefined) note(work, number, [workload, operation], selfMs(node));
      else note(waits, number, [workload, answer.span.workload], gapMs(node, answer));
    }
  }
  return { work: samplesIn(work), waits: samplesIn(waits) };
};

const byExcess = (left: TimeShift, right: TimeShift): number => right.excess - left.excess;

/**
 * Parts the time of traces into work and waits, now against the quiet window. The self time of a span is work of its workload;
 * a call's duration less its answer's is the wait between the two, where a network delay shows and nowhere else
 * (Sigelman et al., "Dapper, a Large-Scale Distributed Systems Tracing Infrastructure", 2010, on spans and their causes).
 */
export const traceTimesOf = (now: Trees, quiet: Trees, thresholds: Thresholds): TraceTimes => {
  const present = measure(now);
  const before = measure(quiet);
  const work = [...present.work].map(([workload, operations]) => {
    const known = before.work.get(workload);
    const shifts = [...operations].flatMap(
      ([operation, samples]) =>
        tailShiftOf(operation, { quiet: known?.get(operation) ?? [], now: samples }, thresholds) ?? [],
    );
    return [workload, shifts.toSorted(byExcess)] as const;
  });
  const waits = [...present.waits].flatMap(([from, callees]) =>
    [...callees].flatMap(([to, samples]) => {
      const shift = tailShiftOf(from, { quiet: before.waits.get(from)?.get(to) ?? [], now: samples }, thresholds);
      return shift === undefined ? [] : [{ from, to, shift }];
    }),
  );
  return { work: new Map(work), waits };
};

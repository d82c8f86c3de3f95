import type { TimeShift } from '../domain/trace.ts';
import { tailShiftOf } from './tail-shift.ts';
import { answererOf, gapMs, selfMs, type TraceNode } from './trace-forest.ts';

type Trees = ReadonlyMap<string, ReadonlyMap<string, TraceNode>>;

/** The longest duration of each trace in ms, by workload, and there by operation or by callee. */
type Samples = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** What traces tell of time: each workload's own work by operation, and each edge's wait between caller and callee. */
export interface TraceTimes {
  readonly work: ReadonlyMap<string, readonly TimeShift[]>;
  readonly waits: readonly { readonly from: string; readonly to: string; readonly shift: TimeShift }[];
}

/** Keeps the longest duration of each trace: calls of one trace share their fate and are no independent witnesses. */
const note = (longest: Map<string, Map<string, number>>, of: TraceNode, name: string, value: number): void => {
  const { workload } = of.span;
  let named = longest.get(workload);
  if (named === undefined) {
    named = new Map();
    longest.set(workload, named);
  }
  const known = named.get(name);
  if (known === undefined || value > known) named.set(name, value);
};

const gather = (samples: Map<string, Map<string, number[]>>, longest: Map<string, Map<string, number>>): void => {
  for (const [workload, named] of longest) {
    let known = samples.get(workload);
    if (known === undefined) {
      known = new Map();
      samples.set(workload, known);
    }
    for (const [name, value] of named) {
      const values = known.get(name);
      if (values === undefined) known.set(name, [value]);
      else values.push(value);
    }
  }
};

const measure = (trees: Trees): { readonly work: Samples; readonly waits: Samples } => {
  const work = new Map<string, Map<string, number[]>>();
  const waits = new Map<string, Map<string, number[]>>();
  for (const trace of trees.values()) {
    const longestWork = new Map<string, Map<string, number>>();
    const longestWaits = new Map<string, Map<string, number>>();
    for (const node of trace.values()) {
      const answer = answererOf(node);
      if (answer === undefined) note(longestWork, node, node.span.operation, selfMs(node));
      else note(longestWaits, node, answer.span.workload, gapMs(node, answer));
    }
    gather(work, longestWork);
    gather(waits, longestWaits);
  }
  return { work, waits };
};

const byExcess = (left: TimeShift, right: TimeShift): number => right.excess - left.excess;

/**
 * Parts the time of traces into work and waits, now against the quiet window. The self time of a span is work of its workload;
 * a call's duration less its answer's is the wait between the two, where a network delay shows and nowhere else
 * (Sigelman et al., "Dapper, a Large-Scale Distributed Systems Tracing Infrastructure", 2010, on spans and their causes).
 */
export const traceTimesOf = (now: Trees, quiet: Trees): TraceTimes => {
  const present = measure(now);
  const before = measure(quiet);
  const work = [...present.work].map(([workload, operations]) => {
    const known = before.work.get(workload);
    const shifts = [...operations].flatMap(
      ([operation, samples]) => tailShiftOf(operation, known?.get(operation) ?? [], samples) ?? [],
    );
    return [workload, shifts.toSorted(byExcess)] as const;
  });
  const waits = [...present.waits].flatMap(([from, callees]) =>
    [...callees].flatMap(([to, samples]) => {
      const shift = tailShiftOf(from, before.waits.get(from)?.get(to) ?? [], samples);
      return shift === undefined ? [] : [{ from, to, shift }];
    }),
  );
  return { work: new Map(work), waits };
};

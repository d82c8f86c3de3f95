import type { TimeShift } from '../domain/trace.ts';
import { tailShiftOf } from './tail-shift.ts';
import { answererOf, gapMs, selfMs, type TraceNode } from './trace-forest.ts';

type Trees = ReadonlyMap<string, ReadonlyMap<string, TraceNode>>;

/** Durations in ms by workload, and there by operation or by callee. */
type Samples = ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;

/** What traces tell of time: each workload's own work by operation, and each edge's wait between caller and callee. */
export interface TraceTimes {
  readonly work: ReadonlyMap<string, readonly TimeShift[]>;
  readonly waits: readonly { readonly from: string; readonly to: string; readonly shift: TimeShift }[];
}

const note = (samples: Map<string, Map<string, number[]>>, of: TraceNode, name: string, value: number): void => {
  const { workload } = of.span;
  let named = samples.get(workload);
  if (named === undefined) {
    named = new Map();
    samples.set(workload, named);
  }
  const known = named.get(name);
  if (known === undefined) named.set(name, [value]);
  else known.push(value);
};

const measure = (trees: Trees): { readonly work: Samples; readonly waits: Samples } => {
  const work = new Map<string, Map<string, number[]>>();
  const waits = new Map<string, Map<string, number[]>>();
  for (const trace of trees.values()) {
    for (const node of trace.values()) {
      const answer = answererOf(node);
      if (answer === undefined) note(work, node, node.span.operation, selfMs(node));
      else note(waits, node, answer.span.workload, gapMs(node, answer));
    }
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

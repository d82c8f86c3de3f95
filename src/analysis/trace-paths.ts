import type { PathShift } from '../domain/trace.ts';
import { signalTraits } from './signal-trait.ts';
import { chanceGiven } from './tail-shift.ts';
import type { Thresholds } from './thresholds.ts';
import { answererOf, type TraceNode } from './trace-forest.ts';

type Trees = ReadonlyMap<string, ReadonlyMap<string, TraceNode>>;

/** Something else that happened inside a span: a log line, named by its template. */
export interface SpanEvent {
  readonly atUs: number;
  readonly name: string;
}

/** The log lines of spans, by trace and span id, in order. */
export type SpanEvents = ReadonlyMap<string, ReadonlyMap<string, readonly SpanEvent[]>>;

/** A window's traces with what was logged inside their spans. */
export interface TracedWindow {
  readonly trees: Trees;
  readonly events: SpanEvents;
}

type Kind = PathShift['kind'];

const start = 'start';
const end = 'end';

/** A changed step must concern so large a share of its occasions: the share of errors that an on-call engineer shrugs at. */
const shareFloor = signalTraits.error_ratio.floor;

const occasionsMax = 20_000;

/** A count of traces: what happens several times in one of them is no independent witness. */
interface Traces {
  count: number;
  last: string;
}

const countIn = (traces: Traces, traceId: string): void => {
  if (traces.last === traceId) return;
  traces.last = traceId;
  traces.count += 1;
};

/** In how many traces each step followed, inside one operation of one workload, after one step. */
interface Occasion {
  readonly routine: Routine;
  readonly kind: Kind;
  readonly after: string;
  readonly followers: Map<string, Traces>;
  readonly all: Traces;
}

/** Everything that one operation of one workload was seen to do. */
interface Routine {
  readonly workload: string;
  readonly operation: string;
  readonly occasions: Readonly<Record<Kind, Map<string, Occasion>>>;
  /** Who answered it, when it is nothing but a call. */
  answerer?: string;
}

type Routines = Map<string, Map<string, Routine>>;

/** What one span did: its calls in order, or its log lines in order. The two are not mixed, because their clocks are not one. */
type Visit = (node: TraceNode, kind: Kind, steps: readonly string[]) => void;

const eachSpan = ({ trees, events }: TracedWindow, visit: Visit): void => {
  for (const [traceId, trace] of trees) {
    const logged = events.get(traceId);
    for (const node of trace.values()) {
      visit(
        node,
        'calls',
        node.children.map(({ span }) => span.operation),
      );
      const lines = logged?.get(node.span.spanId);
      // A span without any line may have lost them on the way: that is no sign.
      if (lines === undefined) continue;
      visit(
        node,
        'lines',
        lines.map(({ name }) => name),
      );
    }
  }
};

/** Walks from `start` to `end`. Repeats in a row count once, because loops differ in length by nature. */
const eachStep = (steps: readonly string[], visit: (after: string, next: string) => void): void => {
  let after = start;
  for (const next of steps) {
    if (next === after) continue;
    visit(after, next);
    after = next;
  }
  if (after !== end) visit(after, end);
};

const routineOf = (routines: Routines, { workload, operation }: TraceNode['span']): Routine => {
  let operations = routines.get(workload);
  if (operations === undefined) {
    operations = new Map();
    routines.set(workload, operations);
  }
  let routine = operations.get(operation);
  if (routine === undefined) {
    routine = { workload, operation, occasions: { calls: new Map(), lines: new Map() } };
    operations.set(operation, routine);
  }
  return routine;
};

const learn = (window: TracedWindow): Routines => {
  const routines: Routines = new Map();
  let size = 0;
  const occasionOf = (routine: Routine, kind: Kind, after: string): Occasion | undefined => {
    const known = routine.occasions[kind].get(after);
    if (known !== undefined || size >= occasionsMax) return known;
    size += 1;
    const occasion = { routine, kind, after, followers: new Map(), all: { count: 0, last: '' } };
    routine.occasions[kind].set(after, occasion);
    return occasion;
  };
  eachSpan(window, (node, kind, steps) => {
    const routine = routineOf(routines, node.span);
    const { traceId } = node.span;
    const answer = kind === 'calls' ? answererOf(node) : undefined;
    if (answer !== undefined) routine.answerer = answer.span.workload;
    eachStep(steps, (after, next) => {
      const occasion = occasionOf(routine, kind, after);
      if (occasion === undefined) return;
      let follower = occasion.followers.get(next);
      if (follower === undefined) {
        follower = { count: 0, last: '' };
        occasion.followers.set(next, follower);
      }
      countIn(follower, traceId);
      countIn(occasion.all, traceId);
    });
  });
  return routines;
};

const usualOf = ({ followers }: Occasion): string | undefined =>
  [...followers].toSorted(([, left], [, right]) => right.count - left.count)[0]?.[0];

const stepsOf = (routine: Routine, kind: Kind): ReadonlySet<string> =>
  new Set([...routine.occasions[kind].values()].flatMap(({ followers }) => [...followers.keys()]));

/** The step as a shift, or undefined when it is no more frequent than the mix of requests makes it. */
const shiftOf = (now: Occasion, next: string, before: Occasion): Omit<PathShift, 'own'> | undefined => {
  const count = now.followers.get(next)?.count ?? 0;
  const countQuiet = before.followers.get(next)?.count ?? 0;
  const usually = usualOf(before);
  if (usually === next || usually === undefined) return undefined;
  if (count / now.all.count - countQuiet / before.all.count < shareFloor) return undefined;
  const { operation, answerer } = before.routine;
  const { kind, after } = now;
  const isUnanswered = answerer !== undefined && after === start && next === end;
  return {
    ...{ operation, kind, after, next, count, of: now.all.count, countQuiet, ofQuiet: before.all.count, usually },
    ...(isUnanswered ? { unanswered: answerer } : {}),
  };
};

interface Changed {
  readonly occasion: Occasion;
  readonly shift: Omit<PathShift, 'own'>;
  readonly own: Traces;
}

const chanceOf = ({ count, of, countQuiet, ofQuiet }: Omit<PathShift, 'own'>): number =>
  chanceGiven({ hits: count, of }, { hits: countQuiet, of: ofQuiet });

/** The changed steps of an occasion by their names, those left out that chance may have made. Another order of known steps is the mix of requests, and no fault. */
const changesOf = (now: Occasion, quiet: Routine, chanceMax: number): ReadonlyMap<string, Changed> => {
  const before = quiet.occasions[now.kind].get(now.after);
  const found = new Map<string, Changed>();
  if (before === undefined) return found;
  const known = stepsOf(quiet, now.kind);
  for (const next of now.followers.keys()) {
    if (next !== end && known.has(next)) continue;
    const shift = shiftOf(now, next, before);
    if (shift === undefined || chanceOf(shift) >= chanceMax) continue;
    found.set(next, { occasion: now, shift, own: { count: 0, last: '' } });
  }
  return found;
};

type Changes = ReadonlyMap<Occasion, ReadonlyMap<string, Changed>>;

const allOf = (routines: Routines): readonly Routine[] =>
  [...routines.values()].flatMap((operations) => [...operations.values()]);

const compare = (now: Routines, quiet: Routines, chanceMax: number): Changes => {
  const changes = new Map<Occasion, ReadonlyMap<string, Changed>>();
  for (const { workload, operation, occasions } of allOf(now)) {
    // An operation that was never seen before says nothing about how it usually goes on.
    const before = quiet.get(workload)?.get(operation);
    if (before === undefined) continue;
    for (const occasion of [...occasions.calls.values(), ...occasions.lines.values()]) {
      const found = changesOf(occasion, before, chanceMax);
      if (found.size > 0) changes.set(occasion, found);
    }
  }
  return changes;
};

/** Whether something further down explains why the node goes otherwise: another workload that does too, or a call that failed. */
const isEcho = (node: TraceNode, marked: ReadonlyMap<TraceNode, unknown>): boolean => {
  const stack = [...node.children];
  for (let below = stack.pop(); below !== undefined; below = stack.pop()) {
    if (below.span.failedCall === true) return true;
    if (marked.has(below) && below.span.workload !== node.span.workload) return true;
    stack.push(...below.children);
  }
  return false;
};

/** Counts for each changed step how often nothing below it in the same trace explains it: its own doing. */
const countOwn = (window: TracedWindow, routines: Routines, changes: Changes): void => {
  const marks = new Map<TraceNode, Changed[]>();
  const changedRoutines = new Set([...changes.keys()].map(({ routine }) => routine));
  eachSpan(window, (node, kind, steps) => {
    const routine = routines.get(node.span.workload)?.get(node.span.operation);
    if (routine === undefined || !changedRoutines.has(routine)) return;
    eachStep(steps, (after, next) => {
      const occasion = routine.occasions[kind].get(after);
      const changed = occasion === undefined ? undefined : changes.get(occasion)?.get(next);
      if (changed !== undefined) marks.set(node, [...(marks.get(node) ?? []), changed]);
    });
  });
  for (const [node, found] of marks) {
    if (isEcho(node, marks)) continue;
    for (const changed of found) countIn(changed.own, node.span.traceId);
  }
};

const byOwn = (left: PathShift, right: PathShift): number => right.own - left.own || right.count - left.count;

/**
 * The ways in which operations go otherwise than before, by workload: they end early, or take a step that was never seen,
 * child spans and log lines alike, after the event graphs of Yu et al. ("Nezha: Interpretable Fine-Grained Root Causes Analysis
 * for Microservices on Multi-modal Observability Data", FSE 2023). Code that returns early or throws skips steps; its callers
 * only follow, which `own` tells apart.
 */
export const pathShiftsOf = (
  now: TracedWindow,
  quiet: TracedWindow,
  { chanceMax }: Thresholds,
): ReadonlyMap<string, readonly PathShift[]> => {
  const routines = learn(now);
  const changes = compare(routines, learn(quiet), chanceMax);
  if (changes.size > 0) countOwn(now, routines, changes);
  const shifts = new Map<string, PathShift[]>();
  for (const found of changes.values()) {
    for (const { occasion, shift, own } of found.values()) {
      const { workload } = occasion.routine;
      shifts.set(workload, [...(shifts.get(workload) ?? []), { ...shift, own: own.count }]);
    }
  }
  return new Map([...shifts].map(([workload, list]) => [workload, list.toSorted(byOwn)]));
};

import type { PathShift } from '../domain/trace.ts';
import { signalTraits } from './signal-trait.ts';
import { chanceGiven, chanceMax } from './tail-shift.ts';
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

type Visit = (node: TraceNode, kind: Kind, after: string, next: string) => void;

/** Repeats in a row count once, because loops differ in length by nature. */
const createWalk = (node: TraceNode, kind: Kind, visit: Visit) => {
  let after = start;
  return (next: string): void => {
    if (next === after) return;
    visit(node, kind, after, next);
    after = next;
  };
};

/** Visits the calls of each span in order, and its log lines in order. The two are not mixed, because their clocks are not one. */
const eachStep = ({ trees, events }: TracedWindow, visit: Visit): void => {
  for (const [traceId, trace] of trees) {
    const logged = events.get(traceId);
    for (const node of trace.values()) {
      const call = createWalk(node, 'calls', visit);
      for (const child of node.children) call(child.span.operation);
      call(end);
      const lines = logged?.get(node.span.spanId);
      // A span without any line may have lost them on the way: that is no sign.
      if (lines === undefined) continue;
      const write = createWalk(node, 'lines', visit);
      for (const { name } of lines) write(name);
      write(end);
    }
  }
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
  eachStep(window, (node, kind, after, next) => {
    const routine = routineOf(routines, node.span);
    const answer = kind === 'calls' && after === start ? answererOf(node) : undefined;
    if (answer !== undefined) routine.answerer = answer.span.workload;
    const occasions = routine.occasions[kind];
    let occasion = occasions.get(after);
    if (occasion === undefined) {
      if (size >= occasionsMax) return;
      size += 1;
      occasion = { routine, kind, after, followers: new Map(), all: { count: 0, last: '' } };
      occasions.set(after, occasion);
    }
    const follower = occasion.followers.get(next) ?? { count: 0, last: '' };
    occasion.followers.set(next, follower);
    countIn(follower, node.span.traceId);
    countIn(occasion.all, node.span.traceId);
  });
  return routines;
};

const usualOf = ({ followers }: Occasion): string | undefined =>
  [...followers].toSorted(([, left], [, right]) => right.count - left.count)[0]?.[0];

const stepsOf = (routine: Routine, kind: Kind): ReadonlySet<string> =>
  new Set([...routine.occasions[kind].values()].flatMap(({ followers }) => [...followers.keys()]));

/** The step as a shift, or undefined when it is no more frequent than chance and the mix of requests make it. */
const shiftOf = (now: Occasion, next: string, before: Occasion): Omit<PathShift, 'own'> | undefined => {
  const count = now.followers.get(next)?.count ?? 0;
  const countQuiet = before.followers.get(next)?.count ?? 0;
  const usually = usualOf(before);
  if (usually === next || usually === undefined) return undefined;
  if (count / now.all.count - countQuiet / before.all.count < shareFloor) return undefined;
  const chance = chanceGiven({ hits: count, of: now.all.count }, { hits: countQuiet, of: before.all.count });
  if (chance >= chanceMax) return undefined;
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

/** The changed steps of an occasion by their names. Another order of known steps is the mix of requests, and no fault. */
const changesOf = (now: Occasion, quiet: Routine): ReadonlyMap<string, Changed> => {
  const before = quiet.occasions[now.kind].get(now.after);
  const found = new Map<string, Changed>();
  if (before === undefined) return found;
  const known = stepsOf(quiet, now.kind);
  for (const next of now.followers.keys()) {
    if (next !== end && known.has(next)) continue;
    const shift = shiftOf(now, next, before);
    if (shift !== undefined) found.set(next, { occasion: now, shift, own: { count: 0, last: '' } });
  }
  return found;
};

type Changes = ReadonlyMap<Occasion, ReadonlyMap<string, Changed>>;

const allOf = (routines: Routines): readonly Routine[] =>
  [...routines.values()].flatMap((operations) => [...operations.values()]);

const compare = (now: Routines, quiet: Routines): Changes => {
  const changes = new Map<Occasion, ReadonlyMap<string, Changed>>();
  for (const { workload, operation, occasions } of allOf(now)) {
    // An operation that was never seen before says nothing about how it usually goes on.
    const before = quiet.get(workload)?.get(operation);
    if (before === undefined) continue;
    for (const occasion of [...occasions.calls.values(), ...occasions.lines.values()]) {
      const found = changesOf(occasion, before);
      if (found.size > 0) changes.set(occasion, found);
    }
  }
  return changes;
};

const hasChangedBelow = (node: TraceNode, marked: ReadonlyMap<TraceNode, unknown>): boolean => {
  const stack = [...node.children];
  for (let below = stack.pop(); below !== undefined; below = stack.pop()) {
    if (marked.has(below) && below.span.workload !== node.span.workload) return true;
    stack.push(...below.children);
  }
  return false;
};

/** Counts for each changed step how often no other workload below it in the same trace has one: its own doing. */
const countOwn = (window: TracedWindow, routines: Routines, changes: Changes): void => {
  const marks = new Map<TraceNode, Changed[]>();
  eachStep(window, (node, kind, after, next) => {
    const occasion = routines.get(node.span.workload)?.get(node.span.operation)?.occasions[kind].get(after);
    const changed = occasion === undefined ? undefined : changes.get(occasion)?.get(next);
    if (changed !== undefined) marks.set(node, [...(marks.get(node) ?? []), changed]);
  });
  for (const [node, found] of marks) {
    if (hasChangedBelow(node, marks)) continue;
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
export const pathShiftsOf = (now: TracedWindow, quiet: TracedWindow): ReadonlyMap<string, readonly PathShift[]> => {
  const routines = learn(now);
  const changes = compare(routines, learn(quiet));
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

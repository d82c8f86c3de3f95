import type { Span } from '../domain/trace.ts';

/** A span with what it caused, in order of their starts. */
export interface TraceNode {
  readonly span: Span;
  readonly children: readonly TraceNode[];
  readonly parent: TraceNode | undefined;
}

interface GrowingNode {
  readonly span: Span;
  children: GrowingNode[];
  parent: GrowingNode | undefined;
}

/** Most spans cause nothing: they share one list, which nobody may fill. */
const childless: GrowingNode[] = [];

const isSane = ({ startUs, durationUs }: Span): boolean =>
  Number.isFinite(startUs) && Number.isFinite(durationUs) && durationUs >= 0;

const byStart = (left: TraceNode, right: TraceNode): number => left.span.startUs - right.span.startUs;

/** Whether `node` hangs below itself: hostile parent ids can tie a ring, which would be walked for ever. */
const isRing = (node: GrowingNode): boolean => {
  let slow: GrowingNode | undefined = node;
  let fast: GrowingNode | undefined = node.parent;
  while (fast !== undefined) {
    if (fast === slow) return true;
    slow = slow?.parent;
    fast = fast.parent?.parent;
  }
  return false;
};

const hang = (node: GrowingNode, parent: GrowingNode): void => {
  node.parent = parent;
  if (isRing(node)) node.parent = undefined;
  else if (parent.children === childless) parent.children = [node];
  else parent.children.push(node);
};

const connect = (nodes: ReadonlyMap<string, GrowingNode>): void => {
  for (const node of nodes.values()) {
    const { parentId, spanId } = node.span;
    const parent = parentId === undefined || parentId === spanId ? undefined : nodes.get(parentId);
    if (parent !== undefined) hang(node, parent);
  }
  for (const node of nodes.values()) if (node.children.length > 1) node.children.sort(byStart);
};

/** Connects spans to trees, one map of span id to node for each trace. Repeated ids, lost parents and rings do no harm: they cut a tree. */
export const growForest = (spans: readonly Span[]): ReadonlyMap<string, ReadonlyMap<string, TraceNode>> => {
  const traces = new Map<string, Map<string, GrowingNode>>();
  let trace = new Map<string, GrowingNode>();
  let traceId: string | undefined;
  for (const span of spans) {
    if (!isSane(span)) continue;
    // Spans of one trace mostly come together.
    if (span.traceId !== traceId) {
      traceId = span.traceId;
      trace = traces.get(traceId) ?? new Map();
      traces.set(traceId, trace);
    }
    if (!trace.has(span.spanId)) trace.set(span.spanId, { span, children: childless, parent: undefined });
  }
  for (const nodes of traces.values()) connect(nodes);
  return traces;
};

const endOf = ({ startUs, durationUs }: Span): number => startUs + durationUs;

/** The time of a span, in ms, that none of its children covers: its self time. Children that overlap or stick out count once and only inside. */
export const selfMs = ({ span, children }: TraceNode): number => {
  let covered = 0;
  let until = span.startUs;
  for (const child of children) {
    const from = Math.max(until, child.span.startUs);
    const to = Math.min(endOf(span), endOf(child.span));
    if (to > from) {
      covered += to - from;
      until = to;
    }
  }
  return Math.max(0, span.durationUs - covered) / 1000;
};

/** The child in another workload that answers this span, when the span is nothing but a call: one child, and that elsewhere. */
export const answererOf = ({ span, children }: TraceNode): TraceNode | undefined => {
  const [only] = children;
  return children.length === 1 && only !== undefined && only.span.workload !== span.workload ? only : undefined;
};

/** What a caller waited beyond what the callee accounts for, in ms. Only lengths are compared, so that clocks may disagree. */
export const gapMs = (call: TraceNode, answer: TraceNode): number =>
  Math.max(0, call.span.durationUs - answer.span.durationUs) / 1000;

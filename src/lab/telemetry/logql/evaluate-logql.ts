import { keyOfLabels, type Labels, pickLabels } from '../labels.ts';
import { type LogStore, linesBetween, type StoredLine } from '../log-store.ts';
import type { LineFilter, LogCount, LogSelection } from './log-query.ts';

/** The lines of one stream that a query found, in the order that was asked for. */
export interface FoundStream {
  readonly labels: Labels;
  readonly lines: readonly StoredLine[];
}

/** Which lines are wanted: from `fromNs` up to but not including `toNs`, at most `limit` counted from the asked end. */
export interface LineSpan {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
}

const passes = (filters: readonly LineFilter[]): ((line: string) => boolean) => {
  const tests = filters.map(({ op, text }) => {
    const pattern = op.endsWith('~') ? new RegExp(text, 's') : undefined;
    const wanted = op.startsWith('|');
    return (line: string): boolean => (pattern?.test(line) ?? line.includes(text)) === wanted;
  });
  return (line) => tests.every((test) => test(line));
};

const compareNs = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0);

/** The newest (or, forward, the oldest) lines of all chosen streams together, given back by stream. */
export const findLines = (store: LogStore, selection: LogSelection, span: LineSpan): readonly FoundStream[] => {
  const keep = passes(selection.filters);
  const sign = span.direction === 'forward' ? 1 : -1;
  const wanted = store
    .select(selection.matchers)
    .flatMap((stream) => linesBetween(stream, span.fromNs, span.toNs).map((line) => ({ labels: stream.labels, line })))
    .filter(({ line }) => keep(line.line))
    .sort((left, right) => sign * compareNs(left.line.ns, right.line.ns))
    .slice(0, span.limit);
  const streams = new Map<string, { readonly labels: Labels; readonly lines: StoredLine[] }>();
  for (const { labels, line } of wanted) {
    const key = keyOfLabels(labels);
    const stream = streams.get(key) ?? { labels, lines: [] };
    stream.lines.push(line);
    streams.set(key, stream);
  }
  return [...streams.values()];
};

const summedLabels = (count: LogCount, labels: Labels): Labels => {
  const { sum } = count;
  if (sum === undefined) return labels;
  return pickLabels(labels, (name) => sum.labels.includes(name) === (sum.clause === 'by'));
};

/** Counts at one instant over the window before it; groups without a line are left out, as Loki does. */
export const countLines = (
  store: LogStore,
  count: LogCount,
  timeMs: number,
): readonly { readonly labels: Labels; readonly value: number }[] => {
  const keep = passes(count.of.filters);
  const toNs = BigInt(Math.floor(timeMs)) * 1_000_000n + 1n;
  const fromNs = toNs - BigInt(count.rangeMs) * 1_000_000n;
  const groups = new Map<string, { readonly labels: Labels; lines: number }>();
  for (const stream of store.select(count.of.matchers)) {
    const lines = linesBetween(stream, fromNs, toNs).filter(({ line }) => keep(line)).length;
    if (lines === 0) continue;
    const labels = summedLabels(count, stream.labels);
    const key = keyOfLabels(labels);
    groups.set(key, { labels, lines: (groups.get(key)?.lines ?? 0) + lines });
  }
  const divisor = count.perSecond ? count.rangeMs / 1_000 : 1;
  return [...groups.values()].map(({ labels, lines }) => ({ labels, value: lines / divisor }));
};

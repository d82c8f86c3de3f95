import { keyOfLabels, type Labels, type Matcher, matchLabels } from './labels.ts';

/** One line as an agent ships it. */
export interface ShippedLine {
  readonly labels: Labels;
  /** Epoch nanoseconds in decimal. */
  readonly timestampNs: string;
  readonly line: string;
}

/** One stored line. */
export interface StoredLine {
  readonly ns: bigint;
  readonly line: string;
}

/** Lines that share their labels, oldest first. */
export interface Stream {
  readonly labels: Labels;
  readonly lines: readonly StoredLine[];
}

/** Log lines in memory, by stream. */
export interface LogStore {
  append(lines: readonly ShippedLine[]): void;
  select(matchers: readonly Matcher[]): readonly Stream[];
  /** Drops what is older than the retention at `nowMs`. */
  expire(nowMs: number): void;
}

/** The first line of a stream that is not before `ns`. */
const firstAt = (lines: readonly StoredLine[], ns: bigint): number => {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((lines[middle]?.ns ?? 0n) < ns) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The lines of a stream from `fromNs` (included) to `toNs` (left out), as Loki counts. */
export const linesBetween = (stream: Stream, fromNs: bigint, toNs: bigint): readonly StoredLine[] =>
  stream.lines.slice(firstAt(stream.lines, fromNs), firstAt(stream.lines, toNs));

/** An empty store that keeps `retentionMs` of lines, at most `linesMax` in one stream. */
export const createLogStore = (options: { readonly retentionMs: number; readonly linesMax: number }): LogStore => {
  const streams = new Map<string, { readonly labels: Labels; lines: StoredLine[] }>();

  const append = (shipped: readonly ShippedLine[]): void => {
    for (const { labels, timestampNs, line } of shipped) {
      const key = keyOfLabels(labels);
      const stream = streams.get(key) ?? { labels, lines: [] };
      const stored = { ns: BigInt(timestampNs), line };
      const newest = stream.lines.at(-1);
      if (newest === undefined || newest.ns <= stored.ns) stream.lines.push(stored);
      else stream.lines.splice(firstAt(stream.lines, stored.ns + 1n), 0, stored);
      if (stream.lines.length > options.linesMax) stream.lines.splice(0, stream.lines.length - options.linesMax);
      streams.set(key, stream);
    }
  };

  const expire = (nowMs: number): void => {
    const oldest = BigInt(Math.floor(nowMs - options.retentionMs)) * 1_000_000n;
    for (const [key, stream] of streams) {
      stream.lines.splice(0, firstAt(stream.lines, oldest));
      if (stream.lines.length === 0) streams.delete(key);
    }
  };

  const select = (matchers: readonly Matcher[]): readonly Stream[] => {
    const matches = matchLabels(matchers);
    return [...streams.values()].filter((stream) => matches(stream.labels));
  };

  return { append, select, expire };
};

import { createMiner, type LogGroup } from './log-templates.ts';
import type { SpanEvent, SpanEvents } from './trace-paths.ts';

/** One masked log line that knows the span that wrote it. */
export interface SpanLine {
  readonly workload: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly atUs: number;
  readonly text: string;
}

interface Filed extends SpanLine {
  readonly group: LogGroup;
}

const nameMax = 120;

const arrange = (lines: readonly Filed[]): SpanEvents => {
  const traces = new Map<string, Map<string, SpanEvent[]>>();
  for (const { traceId, spanId, atUs, group } of lines) {
    let spans = traces.get(traceId);
    if (spans === undefined) {
      spans = new Map();
      traces.set(traceId, spans);
    }
    const event = { atUs, name: `"${group.words.join(' ').slice(0, nameMax)}"` };
    const known = spans.get(spanId);
    if (known === undefined) spans.set(spanId, [event]);
    else known.push(event);
  }
  for (const spans of traces.values())
    for (const events of spans.values()) events.sort((left, right) => left.atUs - right.atUs);
  return traces;
};

/** Names the log lines of two windows by common templates, mined for each workload, and files them under their spans. */
export const spanEventsOf = (lines: {
  readonly now: readonly SpanLine[];
  readonly quiet: readonly SpanLine[];
}): { readonly now: SpanEvents; readonly quiet: SpanEvents } => {
  const miners = new Map<string, ReturnType<typeof createMiner>>();
  const file = (line: SpanLine): readonly Filed[] => {
    const miner = miners.get(line.workload) ?? createMiner();
    miners.set(line.workload, miner);
    const group = miner.take(line.text);
    return group === undefined ? [] : [{ ...line, group }];
  };
  // The quiet lines come first: they teach the miner which words vary.
  const quiet = lines.quiet.flatMap(file);
  const now = lines.now.flatMap(file);
  return { quiet: arrange(quiet), now: arrange(now) };
};

import { createMiner, type LogGroup } from './log-templates.ts';
import { redact } from './redact.ts';
import type { SpanEvent, SpanEvents } from './trace-paths.ts';

/** One log line that knows the span that wrote it. */
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

/** Names templates, masked: what leaves this file may be stored and shown, the lines themselves never leave it. */
const createNames = () => {
  const names = new Map<LogGroup, string>();
  return (group: LogGroup): string => {
    const known = names.get(group);
    if (known !== undefined) return known;
    const name = `"${redact(group.words.join(' ')).slice(0, nameMax)}"`;
    names.set(group, name);
    return name;
  };
};

const arrange = (lines: readonly Filed[], nameOf: (group: LogGroup) => string): SpanEvents => {
  const traces = new Map<string, Map<string, SpanEvent[]>>();
  for (const { traceId, spanId, atUs, group } of lines) {
    let spans = traces.get(traceId);
    if (spans === undefined) {
      spans = new Map();
      traces.set(traceId, spans);
    }
    const event = { atUs, name: nameOf(group) };
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
  const nameOf = createNames();
  return { quiet: arrange(quiet, nameOf), now: arrange(now, nameOf) };
};

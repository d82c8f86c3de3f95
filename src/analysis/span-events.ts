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

interface Filed {
  readonly line: SpanLine;
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
  for (const { line, group } of lines) {
    const { traceId, spanId, atUs } = line;
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
    for (const events of spans.values()) if (events.length > 1) events.sort((left, right) => left.atUs - right.atUs);
  return traces;
};

/** Names the log lines of two windows by common templates, mined for each workload, and files them under their spans. */
export const spanEventsOf = (lines: {
  readonly now: readonly SpanLine[];
  readonly quiet: readonly SpanLine[];
}): { readonly now: SpanEvents; readonly quiet: SpanEvents } => {
  const miners = new Map<string, ReturnType<typeof createMiner>>();
  const file = (line: SpanLine, filed: Filed[]): void => {
    let miner = miners.get(line.workload);
    if (miner === undefined) {
      miner = createMiner();
      miners.set(line.workload, miner);
    }
    const group = miner.take(line.text);
    if (group !== undefined) filed.push({ line, group });
  };
  const filedOf = (all: readonly SpanLine[]): readonly Filed[] => {
    const filed: Filed[] = [];
    for (const line of all) file(line, filed);
    return filed;
  };
  // The quiet lines come first: they teach the miner which words vary.
  const quiet = filedOf(lines.quiet);
  const now = filedOf(lines.now);
  const nameOf = createNames();
  return { quiet: arrange(quiet, nameOf), now: arrange(now, nameOf) };
};

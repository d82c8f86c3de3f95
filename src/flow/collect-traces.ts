import { type CallEdge, readTraces } from '../analysis/read-traces.ts';
import type { SpanLine } from '../analysis/span-events.ts';
import type { TraceCount } from '../domain/context.ts';
import type { Span } from '../domain/trace.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { LogLine, Logs } from '../ports/logs.ts';
import type { Traces } from '../ports/traces.ts';
import type { CollectWindows } from './collect-windows.ts';
import { answerWithin, firstSilence, type Gathered, heldBy, type Patience } from './collect-within.ts';
import { emptyDraft, traceDraft } from './trace-draft.ts';

/** What traces bring home: evidence, and who was seen calling whom. */
export interface GatheredTraces extends Gathered {
  readonly edges: readonly CallEdge[];
  /** Absent where nobody could be asked, or nobody answered. */
  readonly count?: TraceCount;
}

const nothing: GatheredTraces = { drafts: [], silent: [], edges: [] };

const noLines: Answer<readonly LogLine[]> = { outcome: 'empty', query: 'log lines that know their spans' };

const spanLinesOf = (answer: Answer<readonly LogLine[]>): readonly SpanLine[] =>
  (heldBy(answer) ?? []).flatMap(({ workload, at, text, span }) =>
    span === undefined
      ? []
      : {
          workload,
          traceId: span.traceId,
          spanId: span.spanId,
          atUs: Date.parse(at) * 1000,
          text: text.slice(0, limits.logLineCharsMax),
        },
  );

const tracesIn = (spans: readonly Span[]): number => new Set(spans.map(({ traceId }) => traceId)).size;

/** The suspect and its neighbours, and some more, because not everyone is traced. */
const askedMax = 4 * limits.tracedWorkloadsMax;

/** Reads the traces of the window and of the quiet time before it, and the log lines that were written inside their spans. */
export const collectTraces = async (request: {
  readonly traces: Traces | undefined;
  readonly logs: Logs;
  readonly namespace: string;
  /** Around the suspect, which comes first. */
  readonly workloads: readonly string[];
  readonly windows: CollectWindows;
  readonly patience: Patience;
  readonly thresholds?: Parameters<typeof readTraces>[0]['thresholds'];
}): Promise<GatheredTraces> => {
  const { traces, logs, namespace, windows, patience } = request;
  const workloads = request.workloads.slice(0, askedMax);
  if (traces === undefined) return nothing;
  const spans = (window: 'window' | 'baseline') =>
    answerWithin(
      () => traces.spans({ namespace, workloads, window: windows[window], limit: limits.spansMax }),
      `traces in ${namespace}`,
      patience(),
    );
  const lines = async (window: 'window' | 'baseline') =>
    logs.tellsSpans === true
      ? answerWithin(
          () => logs.lines({ namespace, window: windows[window], limit: limits.spanLinesMax }),
          `logs in ${namespace}`,
          patience(),
        )
      : noLines;
  const [now, quiet, linesNow, linesQuiet] = await Promise.all([
    spans('window'),
    spans('baseline'),
    lines('window'),
    lines('baseline'),
  ]);
  const silent = firstSilence('traces', 'trace', [now, quiet]);
  if (now.outcome !== 'found') {
    if (now.outcome === 'unreachable') return { ...nothing, silent };
    const count = { now: 0, quiet: tracesIn(heldBy(quiet) ?? []) };
    return { ...nothing, silent, count, drafts: [emptyDraft(now.query, windows)] };
  }
  const present = now.value.slice(-limits.spansMax);
  const before = (heldBy(quiet) ?? []).slice(-limits.spansMax);
  const reading = readTraces({
    now: present,
    quiet: before,
    lines: { now: spanLinesOf(linesNow), quiet: spanLinesOf(linesQuiet) },
    thresholds: request.thresholds,
  });
  return {
    drafts: reading.data.map((data) => traceDraft(data, now, windows)),
    silent,
    edges: reading.edges,
    count: reading.count,
  };
};

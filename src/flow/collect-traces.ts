import { observeTrace, traceStrength, traceSubject } from '../analysis/observe-trace.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import { type CallEdge, readTraces } from '../analysis/read-traces.ts';
import type { SpanLine } from '../analysis/span-events.ts';
import type { TraceData } from '../domain/trace.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { LogLine, Logs } from '../ports/logs.ts';
import type { Traces } from '../ports/traces.ts';
import type { CollectWindows } from './collect-windows.ts';
import { answerWithin, firstSilence, type Gathered, heldBy, type Patience } from './collect-within.ts';

/** What traces bring home: evidence, and who was seen calling whom. */
export interface GatheredTraces extends Gathered {
  readonly edges: readonly CallEdge[];
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

const draftOf = (data: TraceData, query: string, windows: CollectWindows): EvidenceDraft => ({
  kind: 'trace',
  subject: traceSubject(data),
  window: { from: windows.baseline.from, to: windows.window.to },
  query,
  outcome: 'found',
  observation: observeTrace(data),
  data,
  workloads: data.edge === undefined ? [data.workload] : [data.edge.from, data.edge.to],
  strength: traceStrength(data),
});

const emptyDraft = (query: string, windows: CollectWindows): EvidenceDraft => ({
  kind: 'trace',
  subject: 'every workload',
  window: windows.window,
  query,
  outcome: 'empty',
  observation: 'No trace was recorded in the window.',
  workloads: [],
  strength: 0.05,
});

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
  const { traces, logs, namespace, workloads, windows, patience } = request;
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
    return { ...nothing, silent, drafts: now.outcome === 'empty' ? [emptyDraft(now.query, windows)] : [] };
  }
  const reading = readTraces({
    now: now.value.slice(-limits.spansMax),
    quiet: (heldBy(quiet) ?? []).slice(-limits.spansMax),
    lines: { now: spanLinesOf(linesNow), quiet: spanLinesOf(linesQuiet) },
    thresholds: request.thresholds,
  });
  return {
    drafts: reading.data.map((data) => draftOf(data, now.query, windows)),
    silent,
    edges: reading.edges,
  };
};

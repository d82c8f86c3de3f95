import { observeTrace, traceStrength, traceSubject } from '../analysis/observe-trace.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import type { TraceData } from '../domain/trace.ts';
import type { CollectWindows } from './collect-windows.ts';

/** A piece of evidence from traces, with the question that a person can ask again. */
export const traceDraft = (
  data: TraceData,
  { query, link }: { readonly query: string; readonly link?: string },
  windows: CollectWindows,
): EvidenceDraft => ({
  kind: 'trace',
  subject: traceSubject(data),
  window: { from: windows.baseline.from, to: windows.window.to },
  query,
  ...(link === undefined ? {} : { link }),
  outcome: 'found',
  observation: observeTrace(data),
  data,
  workloads: data.edge === undefined ? [data.workload] : [data.edge.from, data.edge.to],
  strength: traceStrength(data),
});

/** That the source answered, and had seen nothing. */
export const emptyDraft = (query: string, windows: CollectWindows): EvidenceDraft => ({
  kind: 'trace',
  subject: 'every workload',
  window: windows.window,
  query,
  outcome: 'empty',
  observation: 'No trace was recorded in the window.',
  workloads: [],
  strength: 0.05,
});

import type { Topology } from '../domain/context.ts';
import type { FaultName } from '../domain/fault.ts';
import type { Hypothesis } from '../domain/finding.ts';
import { confidence } from './confidence.ts';
import { causeKey } from './rank-hypotheses.ts';
import { downstreamOf } from './topology.ts';

/** A hypothesis that is only the echo of another, and of which. */
export interface Explained {
  readonly hypothesis: Hypothesis;
  readonly by: Hypothesis;
}

/** Faults whose signs may also be the echo of trouble in what the workload calls. The others stand for themselves: an object's spec is wrong. */
const echoes: readonly FaultName[] = [
  'crash-loop',
  'cpu-saturation',
  'network-delay',
  'connection-exhaustion',
  'code-fault',
  'init-container',
  'readiness-probe',
];

const explanationMin = confidence.strong;

/** Beyond this only a crash whose change was witnessed can be, even after some hops: its trouble is home-made. */
const homeMadeMin = 0.9;

// A workload is downstream of itself: the fault that its objects prove explains the one that its signals suggest.
const explains = (topology: Topology, strong: Hypothesis, weak: Hypothesis): boolean => {
  if (causeKey(strong.cause) === causeKey(weak.cause)) return false;
  if (strong.confidence < explanationMin || strong.confidence <= weak.confidence) return false;
  if (!echoes.includes(weak.cause.fault)) return false;
  if (weak.confidence >= homeMadeMin) return false;
  return downstreamOf(topology, weak.cause.workload).has(strong.cause.workload);
};

/** Parts hypotheses (strongest first) into causes and echoes of stronger causes further down the calls. */
export const explainAway = (
  topology: Topology,
  hypotheses: readonly Hypothesis[],
): { readonly kept: readonly Hypothesis[]; readonly explained: readonly Explained[] } => {
  const kept: Hypothesis[] = [];
  const explained: Explained[] = [];
  for (const hypothesis of hypotheses) {
    const by = kept.find((stronger) => explains(topology, stronger, hypothesis));
    if (by === undefined) kept.push(hypothesis);
    else explained.push({ hypothesis, by });
  }
  return { kept, explained };
};

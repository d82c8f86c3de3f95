import { logStrength } from '../../analysis/observe-object.ts';
import { surroundingStrength } from '../../analysis/observe-surroundings.ts';
import { shiftOf } from '../../analysis/shift.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { Context } from '../../domain/context.ts';
import type { Evidence, EvidenceData, MetricData, Signal, WorkloadData } from '../../domain/evidence.ts';
import type { TraceData } from '../../domain/trace.ts';

const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const departureOf = (data: MetricData, sinceMs: number): number => {
  const before = meanOf(data.points.filter(([at]) => at * 1_000 < sinceMs).map(([, value]) => value));
  const after = meanOf(data.points.filter(([at]) => at * 1_000 >= sinceMs).map(([, value]) => value));
  // A counter of restarts that stands at zero tells of nothing now.
  if (data.signal === 'restarts' && data.points.at(-1)?.[1] === 0) return 0;
  const larger = Math.max(Math.abs(before), Math.abs(after));
  return larger === 0 ? 0 : Math.abs(after - before) / larger;
};

// A thread is rendered at every page of its case, and its evidence is the same each time.
const known = new WeakMap<MetricData, { readonly sinceMs: number; readonly departure: number }>();

/** How far a series left what it was before `sinceMs`: 0 when it did not move, towards 1 when it multiplied or appeared from nothing. */
export const departure = (data: MetricData, sinceMs: number): number => {
  const before = known.get(data);
  if (before?.sinceMs === sinceMs) return before.departure;
  const now = departureOf(data, sinceMs);
  known.set(data, { sinceMs, departure: now });
  return now;
};

/** What users feel comes first, then what breaks, then what is used up. */
const signalWeights: Readonly<Record<Signal, number>> = {
  error_ratio: 1,
  latency_p99: 0.9,
  restarts: 0.85,
  connections: 0.8,
  cpu_throttled_ratio: 0.75,
  tcp_retransmits: 0.7,
  memory_working_set: 0.7,
  latency_p50: 0.6,
  cpu_usage: 0.6,
  request_rate: 0.5,
};

const isUnwell = ({ ready, updated, replicas, pods }: WorkloadData): boolean =>
  replicas === 0 ||
  Math.min(ready, updated) < replicas ||
  pods.some((pod) => pod.containers.some(({ state, reason }) => state !== 'running' && reason !== 'Completed'));

const isUnusual = ({ times, paths }: TraceData): boolean =>
  paths.length > 0 || times.some(({ standing }) => standing === 'raised');

/** What a log says in which no error became more frequent. */
const calmLogMax = 0.1;

/** Below this a piece of evidence says nothing unusual. */
const unusualMin = 0.15;

/** How far a series left its quiet band; what is ordinary by its own words merely breaks ties, and so does load that doubles. */
const metricWeight = (data: MetricData, context: Context): number => {
  const moved = departure(data, Date.parse(context.window.from)) * 2 - 1;
  const isOrdinary = shiftOf(data, context)?.standing === 'ordinary';
  return signalWeights[data.signal] * (isOrdinary ? Math.min(0.09, Math.max(0.01, moved)) : Math.max(0.01, moved));
};

const dataWeight = (data: EvidenceData | undefined, context: Context): number => {
  if (data === undefined) return 0.05;
  switch (data.kind) {
    case 'metric':
      return metricWeight(data, context);
    case 'log':
      return logStrength(data) > calmLogMax ? 0.8 : 0.05;
    case 'event':
      return data.type === 'Warning' ? 0.75 : 0.05;
    case 'workload':
      return isUnwell(data) ? 0.9 : 0.05;
    case 'trace':
      return isUnusual(data) ? 0.6 : 0.05;
    case 'service':
      return data.ready === 0 ? 0.9 : 0.05;
    case 'unit':
    case 'autoscaler':
    case 'route':
    case 'mesh-policy':
    case 'volume':
    case 'node':
    case 'policy':
    case 'quota':
    case 'limit-range':
    case 'claim':
      return surroundingStrength(data);
    case 'change':
      return 0;
  }
};

const suspectsOf = ({ incident, alerts }: CaseFile): readonly string[] => [
  ...(incident.suspect === undefined ? [] : [incident.suspect.name]),
  ...alerts.flatMap(({ labels }) => labels.deployment ?? labels.workload ?? []),
];

/** How much a piece of evidence says at first sight, from 0 up: by kind and movement, more when it speaks of the alert's workload. */
export const weightOf = (file: CaseFile, evidence: Evidence): number => {
  if (evidence.outcome !== 'found' || file.context === undefined) return 0;
  const weight = dataWeight(evidence.data, file.context);
  return suspectsOf(file).some((name) => evidence.subject.includes(name)) ? weight * 1.5 : weight;
};

/** The evidence that says most at first sight, strongest first; recent changes are left out, they are told apart. */
export const strongestEvidence = (file: CaseFile, most: number): readonly Evidence[] =>
  (file.context?.evidence ?? [])
    .map((evidence) => ({ evidence, weight: weightOf(file, evidence) }))
    .filter(({ evidence, weight }) => weight >= unusualMin && evidence.kind !== 'change')
    .sort((a, b) => b.weight - a.weight)
    .slice(0, most)
    .map(({ evidence }) => evidence);

import { type Distances, type EvidenceDraft, rankEvidence } from '../analysis/rank-evidence.ts';
import { distancesFrom, withCalls } from '../analysis/topology.ts';
import type { Context, Topology } from '../domain/context.ts';
import type { CaseAlert, Incident } from '../domain/incident.ts';
import { limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import { collectCluster } from './collect-cluster.ts';
import { collectLogs } from './collect-logs.ts';
import { collectMetrics } from './collect-metrics.ts';
import { collectTraces } from './collect-traces.ts';
import { type CollectWindows, windowsAround } from './collect-windows.ts';
import { answerWithin, createPatience, heldBy, maskedDraft, type Silence } from './collect-within.ts';

type ClusterSources = Pick<Parameters<typeof collectCluster>[0], 'cluster' | 'changes'>;
type MetricSource = Pick<Parameters<typeof collectMetrics>[0], 'metrics'>;
type LogSource = Pick<Parameters<typeof collectLogs>[0], 'logs'>;
type TraceSource = Pick<Parameters<typeof collectTraces>[0], 'traces' | 'thresholds'>;

/** The sources of evidence. `budgetMs` bounds the whole page; collectMsMax when it is not given; the standard thresholds are used unless others are. */
export interface CollectSources extends ClusterSources, MetricSource, LogSource, Partial<TraceSource> {
  readonly clock: Clock;
  readonly budgetMs?: number;
}

const nowhere: Topology = { workloads: [], edges: [] };

const distancesIn = (topology: Topology, suspect: string | undefined): Distances =>
  suspect === undefined ? new Map(topology.workloads.map(({ name }) => [name, 0])) : distancesFrom(topology, suspect);

const nearestFirst = (topology: Topology, suspect: string | undefined): readonly string[] => {
  const distances = distancesIn(topology, suspect);
  const hops = (name: string): number => distances.get(name) ?? Number.MAX_SAFE_INTEGER;
  const names = new Set([...(suspect === undefined ? [] : [suspect]), ...topology.workloads.map(({ name }) => name)]);
  return [...names].toSorted((left, right) => hops(left) - hops(right) || (left < right ? -1 : 1));
};

/** The topology that a case keeps: the nearest workloads, and the calls among them. */
const keptTopology = (topology: Topology, nearest: readonly string[]): Topology => {
  const { topologyWorkloadsMax, topologyCallsMax } = limits;
  if (topology.workloads.length <= topologyWorkloadsMax && topology.edges.length <= topologyCallsMax) return topology;
  const places = new Map(nearest.slice(0, topologyWorkloadsMax).map((name, place) => [name, place]));
  const placeOf = (name: string): number => places.get(name) ?? Number.MAX_SAFE_INTEGER;
  return {
    workloads: topology.workloads.filter(({ name }) => places.has(name)).slice(0, topologyWorkloadsMax),
    edges: topology.edges
      .filter(({ from, to }) => places.has(from) && places.has(to))
      .toSorted((left, right) => placeOf(left.from) - placeOf(right.from) || placeOf(left.to) - placeOf(right.to))
      .slice(0, topologyCallsMax),
  };
};

const silenceDraft = (silence: Silence, windows: CollectWindows): EvidenceDraft => ({
  kind: silence.kind,
  subject: silence.source,
  window: windows.window,
  query: silence.query,
  outcome: 'unreachable',
  observation: `No answer about ${silence.source}: ${silence.reason}.`,
  workloads: [],
  strength: 1,
});

/**
 * The collector: asks every source at the same time, waits for none longer than its share of the budget, and writes the
 * Context: numbered evidence with what was found, what was quiet, and who gave no answer. Never throws for a source.
 */
export const collect = (sources: CollectSources) => {
  const { metrics, logs, cluster, changes, traces, thresholds, clock, budgetMs = limits.collectMsMax } = sources;
  const eachMs = Math.min(limits.queryMsMax, budgetMs / 2);
  return async (incident: Incident, alerts: readonly CaseAlert[]): Promise<Context> => {
    const { namespace } = incident;
    const suspect = incident.suspect?.name;
    const windows = windowsAround(alerts, clock.nowMs());
    const patience = createPatience(eachMs, budgetMs);
    const shared = { namespace, windows, patience };
    const asked = answerWithin(() => cluster.topology(namespace), `topology of ${namespace}`, patience());
    const known = asked.then((answer) => heldBy(answer) ?? nowhere);
    const around = known.then((topology) => nearestFirst(topology, suspect));
    const traced = around.then((workloads) => collectTraces({ ...shared, traces, logs, workloads, thresholds }));
    const parts = await Promise.all([
      collectMetrics({ ...shared, metrics }),
      collectCluster({ ...shared, cluster, changes, topology: asked }),
      around.then((workloads) => collectLogs({ ...shared, logs, workloads })),
      traced,
    ]);
    const { edges, count } = await traced;
    const topology = keptTopology(withCalls(await known, edges), await around);
    const silent = parts.flatMap((part) => part.silent);
    const drafts = [
      ...parts.flatMap((part) => part.drafts),
      ...silent.map((silence) => silenceDraft(silence, windows)),
    ];
    return {
      at: clock.now(),
      window: windows.window,
      baseline: windows.baseline,
      topology,
      evidence: rankEvidence(drafts.map(maskedDraft), {
        distances: distancesIn(topology, suspect),
        max: limits.evidenceMax,
      }),
      unreachable: silent.map(({ source }) => source),
      ...(count === undefined ? {} : { traces: count }),
    };
  };
};

import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import type { Topology } from '../domain/context.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { ChangeLog } from '../ports/change-log.ts';
import type { Cluster } from '../ports/cluster.ts';
import { changeDrafts, eventDrafts, serviceDrafts, troubledNames, workloadDrafts } from './collect-objects.ts';
import { surroundingDrafts } from './collect-surroundings.ts';
import type { CollectWindows } from './collect-windows.ts';
import { answerWithin, firstSilence, type Gathered, heldBy, type Patience } from './collect-within.ts';

const nothingChanged = (
  { query, caveat }: Extract<Answer<unknown>, { outcome: 'empty' }>,
  windows: CollectWindows,
): EvidenceDraft => ({
  kind: 'change',
  subject: 'the namespace',
  window: windows.window,
  query,
  outcome: 'empty',
  observation: `The flight recorder saw no change of a watched object before or during the trouble.${caveat === undefined ? '' : ` ${caveat}`}`,
  workloads: [],
  strength: 0.15,
});

/** Reads rollouts, services, what surrounds them, events and recorded changes at the same time, each bounded by `patience`. */
export const collectCluster = async (request: {
  readonly cluster: Cluster;
  readonly changes: ChangeLog;
  readonly namespace: string;
  readonly windows: CollectWindows;
  readonly topology: Promise<Answer<Topology>>;
  readonly patience: Patience;
}): Promise<Gathered> => {
  const { cluster, changes, namespace, windows, patience } = request;
  const since = new Date(Date.parse(windows.window.from) - limits.changeLookbackMs).toISOString();
  const [topology, workloads, services, events, changed, nodes, ...surroundings] = await Promise.all([
    request.topology,
    answerWithin(() => cluster.workloads(namespace), `workloads in ${namespace}`, patience()),
    answerWithin(() => cluster.services(namespace), `services in ${namespace}`, patience()),
    answerWithin(() => cluster.events(namespace, windows.baseline.from), `events in ${namespace}`, patience()),
    answerWithin(() => changes.since(namespace, since), `changes in ${namespace} since ${since}`, patience()),
    answerWithin(() => cluster.nodes(), 'nodes', patience()),
    answerWithin(() => cluster.policies(namespace), `network policies in ${namespace}`, patience()),
    answerWithin(() => cluster.bounds(namespace), `quotas and limit ranges in ${namespace}`, patience()),
    answerWithin(() => cluster.claims(namespace), `volume claims in ${namespace}`, patience()),
    answerWithin(() => cluster.autoscalers(namespace), `autoscalers in ${namespace}`, patience()),
    answerWithin(() => cluster.routes(namespace), `routes in ${namespace}`, patience()),
  ]);
  const [policies, bounds, claims, autoscalers, routes] = surroundings;
  const names = [
    ...(heldBy(topology)?.workloads ?? []).map(({ name }) => name),
    ...(heldBy(workloads) ?? []).map(({ workload }) => workload.name),
  ];
  return {
    drafts: [
      ...workloadDrafts(workloads, windows),
      ...serviceDrafts(services, windows, heldBy(workloads) ?? []),
      ...eventDrafts(events, windows, { workloads: names, troubled: troubledNames(heldBy(workloads) ?? []) }),
      ...changeDrafts(changed, windows, names),
      ...[nodes, ...surroundings].flatMap((answer) => surroundingDrafts(answer, windows)),
      ...(changed.outcome === 'empty' ? [nothingChanged(changed, windows)] : []),
    ],
    silent: [
      ...firstSilence('topology', 'object', [topology]),
      ...firstSilence('workloads', 'object', [workloads]),
      ...firstSilence('services', 'object', [services]),
      ...firstSilence('events', 'event', [events]),
      ...firstSilence('changes', 'change', [changed]),
      ...firstSilence('nodes', 'object', [nodes]),
      ...firstSilence('policies', 'object', [policies]),
      ...firstSilence('quotas', 'object', [bounds]),
      ...firstSilence('claims', 'object', [claims]),
      ...firstSilence('autoscalers', 'object', [autoscalers]),
      ...firstSilence('routes', 'object', [routes]),
    ],
  };
};

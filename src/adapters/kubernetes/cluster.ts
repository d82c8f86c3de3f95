import type { Instant, JsonObject } from '../../domain/json.ts';
import { limits } from '../../limits.ts';
import type { Answer } from '../../ports/answer.ts';
import type { ChangeRecords } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { eventsFrom } from './event-data.ts';
import type { Reader } from './reader.ts';
import { servicesFrom } from './service-data.ts';
import { topologyFrom } from './topology.ts';
import { workloadsFrom } from './workload-data.ts';

type Kind = readonly [apiVersion: string, kind: string];

const workloadKinds: readonly Kind[] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
];

/** The objects of one namespace, by kind. */
type Shelf = (kind: string) => readonly JsonObject[];

const workloadsOn = (shelf: Shelf): readonly JsonObject[] => workloadKinds.flatMap(([, kind]) => shelf(kind));

const listed = <T>(items: readonly T[], query: string): Answer<readonly T[]> =>
  items.length === 0 ? { outcome: 'empty', query } : { outcome: 'found', value: items, query };

/** What a gathering needs. */
interface ClusterDeps {
  readonly reader: Reader;
  /** Tell which workloads a Service selected before its selector was changed. */
  readonly records: ChangeRecords;
  readonly clock: Clock;
}

/** All kinds or none: half a picture would look like a fault. */
const gather = async (reader: Reader, namespace: string, kinds: readonly Kind[]): Promise<Answer<Shelf>> => {
  const answers = await Promise.all(kinds.map(([apiVersion, kind]) => reader.list({ apiVersion, kind, namespace })));
  const trouble = answers.find((answer) => answer.outcome === 'unreachable');
  if (trouble !== undefined) return trouble;
  const objects = new Map(
    answers.map((answer, index) => [kinds[index]?.[1], answer.outcome === 'found' ? answer.value : []]),
  );
  return { outcome: 'found', value: (kind) => objects.get(kind) ?? [], query: answers[0]?.query ?? namespace };
};

const readWorkloads = async (reader: Reader, namespace: string): ReturnType<Cluster['workloads']> => {
  const gathered = await gather(reader, namespace, [...workloadKinds, ['apps/v1', 'ReplicaSet'], ['v1', 'Pod']]);
  if (gathered.outcome !== 'found') return gathered;
  const shelf = gathered.value;
  const workloads = workloadsFrom({
    workloads: workloadsOn(shelf),
    replicaSets: shelf('ReplicaSet'),
    pods: shelf('Pod'),
  });
  return listed(workloads, gathered.query);
};

const readServices = async (deps: ClusterDeps, namespace: string): ReturnType<Cluster['services']> => {
  const gathered = await gather(deps.reader, namespace, [['v1', 'Service'], ['v1', 'Endpoints'], ...workloadKinds]);
  if (gathered.outcome !== 'found') return gathered;
  const shelf = gathered.value;
  const lookback = new Date(deps.clock.nowMs() - limits.changeLookbackMs).toISOString();
  // Without the recorder's memory a Service is still told from its own name.
  const changes = await deps.records.since(namespace, lookback).catch(() => []);
  const services = servicesFrom({
    services: shelf('Service'),
    endpoints: shelf('Endpoints'),
    workloads: workloadsOn(shelf),
    changes,
  });
  return listed(services, gathered.query);
};

const readTopology = async (reader: Reader, namespace: string): ReturnType<Cluster['topology']> => {
  const gathered = await gather(reader, namespace, [...workloadKinds, ['v1', 'Service'], ['v1', 'ConfigMap']]);
  if (gathered.outcome !== 'found') return gathered;
  const shelf = gathered.value;
  const workloads = workloadsOn(shelf);
  if (workloads.length === 0) return { outcome: 'empty', query: gathered.query };
  const value = topologyFrom({ namespace, workloads, services: shelf('Service'), configMaps: shelf('ConfigMap') });
  return { outcome: 'found', value, query: gathered.query };
};

const readEvents = async (reader: Reader, namespace: string, since: Instant): ReturnType<Cluster['events']> => {
  const answer = await reader.list({ apiVersion: 'v1', kind: 'Event', namespace });
  return answer.outcome === 'found' ? listed(eventsFrom(answer.value, since), answer.query) : answer;
};

/** The cluster as its API server shows it now. */
export const createCluster = (deps: ClusterDeps): Cluster => ({
  workloads: (namespace) => readWorkloads(deps.reader, namespace),
  services: (namespace) => readServices(deps, namespace),
  events: (namespace, since) => readEvents(deps.reader, namespace, since),
  topology: (namespace) => readTopology(deps.reader, namespace),
  object: (ref) => deps.reader.get(ref),
  objects: (kind) => deps.reader.list(kind),
});

import { limits } from '../../limits.ts';
import type { ChangeRecords } from '../../ports/change-log.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Cluster } from '../../ports/cluster.ts';
import { gather, listed, workloadKinds, workloadsOn } from './gather.ts';
import { readEvents } from './read-events.ts';
import { createSurroundings } from './read-surroundings.ts';
import { readWorkloads } from './read-workloads.ts';
import type { Reader } from './reader.ts';
import { servicesFrom } from './service-data.ts';
import { createSharedReader } from './shared-reader.ts';
import { topologyFrom } from './topology.ts';

/** What a gathering needs. */
interface ClusterDeps {
  readonly reader: Reader;
  /** Tell which workloads a Service selected before its selector was changed. */
  readonly records: ChangeRecords;
  readonly clock: Clock;
}

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

/** The cluster as its API server shows it now. */
export const createCluster = (given: ClusterDeps): Cluster => {
  const deps = { ...given, reader: createSharedReader(given.reader) };
  return {
    workloads: (namespace) => readWorkloads(deps.reader, namespace),
    services: (namespace) => readServices(deps, namespace),
    events: (namespace, since) => readEvents(deps.reader, namespace, since),
    ...createSurroundings(deps.reader),
    topology: (namespace) => readTopology(deps.reader, namespace),
    object: (ref) => deps.reader.get(ref),
    objects: (kind) => deps.reader.list(kind),
  };
};

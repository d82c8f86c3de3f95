import { randomUUID } from 'node:crypto';
import type { JsonObject } from '../../domain/json.ts';
import type { Answer } from '../../ports/answer.ts';
import { type AccountRef, createActConnection } from './act-connection.ts';
import { createApiServer } from './api-server.ts';
import { createChaosMesh } from './chaos-mesh.ts';
import { createCluster } from './cluster.ts';
import { createClusterWriter, type WriterBounds } from './cluster-writer.ts';
import { createFlightRecorder, type FlightRecorderDeps } from './flight-recorder.ts';
import { type KubeconfigChoice, loadKubeconfig } from './kubeconfig.ts';
import { readHealth } from './kubernetes-health.ts';
import { watchTimes } from './object-watch.ts';

/** What the adapter needs. `random` (0..1) jitters back-offs, `digestKey` keys the digests of secret values; both have safe defaults. */
export type KubernetesOptions = KubeconfigChoice &
  Pick<FlightRecorderDeps, 'namespaces' | 'records' | 'clock' | 'log'> &
  Partial<Pick<FlightRecorderDeps, 'random' | 'digestKey' | 'times'>> &
  Omit<WriterBounds, 'acting'> & {
    /** In whose name patches are sent; default: whoever the kubeconfig says. */
    readonly actAccount?: AccountRef;
  };

/** Everything that the bot has of Kubernetes, over one connection. */
export type Kubernetes = ReturnType<typeof createKubernetes>;

/** Opens one connection for reading, writing and recording. Throws BotError `kubeconfig`; sends nothing until it is used. */
export const createKubernetes = (options: KubernetesOptions) => {
  const server = createApiServer(options);
  const { actAccount: account, clock, log } = options;
  const acting =
    account === undefined
      ? server.connection
      : createActConnection({ reading: server.connection, kubeconfig: loadKubeconfig(options), account, clock, log });
  const recorder = createFlightRecorder({
    ...options,
    server,
    random: options.random ?? Math.random,
    digestKey: options.digestKey ?? randomUUID(),
    times: options.times ?? watchTimes,
  });

  return {
    cluster: createCluster({ reader: server.reader, records: options.records, clock: options.clock }),
    writer: createClusterWriter(server, { ...options, acting }),
    recorder,
    /** All objects of a collection by API path, for adapters of other APIs of this server. `empty` when it has no such API. */
    list: async (path: string): Promise<Answer<readonly JsonObject[]>> => {
      const answer = await server.reader.collection(path);
      return answer.outcome === 'found' ? { ...answer, value: answer.value.items } : answer;
    },
    /** Fault injection from experiments of chaos-mesh.org/v1alpha1. */
    chaosMesh: (experiments: readonly JsonObject[]) => createChaosMesh(server, experiments),
    health: () => readHealth(server, recorder),
  };
};

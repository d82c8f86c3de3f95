import type { Cluster } from '../../ports/cluster.ts';
import { gather, listed, workloadKinds, workloadsOn } from './gather.ts';
import { readNamed } from './named-objects.ts';
import type { Reader } from './reader.ts';
import { workloadsFrom } from './workload-data.ts';

/** Reads the workloads of a namespace with their pods, their revisions and what their templates name. */
export const readWorkloads = async (reader: Reader, namespace: string): ReturnType<Cluster['workloads']> => {
  const [gathered, named] = await Promise.all([
    gather(reader, namespace, [...workloadKinds, ['apps/v1', 'ReplicaSet'], ['v1', 'Pod']]),
    readNamed(reader, namespace),
  ]);
  if (gathered.outcome !== 'found') return gathered;
  const shelf = gathered.value;
  const workloads = workloadsFrom({
    workloads: workloadsOn(shelf),
    replicaSets: shelf('ReplicaSet'),
    pods: shelf('Pod'),
    ...named,
  });
  return listed(workloads, gathered.query);
};

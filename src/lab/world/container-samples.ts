import type { ClusterView, PodView } from './cluster-view.ts';
import type { PodStates } from './pod-states.ts';
import type { Sample } from './world.ts';

const samplesOfPod = (namespace: string, pod: PodView, states: PodStates): readonly Sample[] => {
  const state = states.of(pod.uid);
  const labels = { namespace, pod: pod.name, container: pod.container };
  const always = [
    { name: 'container_cpu_usage_seconds_total', labels, value: state.cpuSeconds },
    { name: 'container_memory_working_set_bytes', labels, value: Math.round(state.memoryBytes) },
  ];
  if (pod.cpuLimitCores === null) return always;
  return [
    ...always,
    { name: 'container_cpu_cfs_periods_total', labels, value: Math.floor(state.cfsPeriods) },
    { name: 'container_cpu_cfs_throttled_periods_total', labels, value: Math.floor(state.cfsThrottled) },
  ];
};

/** What cAdvisor shows of the running containers; without a CPU limit there are no CFS periods. */
export const containerSamples = (view: ClusterView, namespace: string, states: PodStates): readonly Sample[] =>
  view.pods.filter((pod) => pod.running).flatMap((pod) => samplesOfPod(namespace, pod, states));

import type { ClusterView } from './cluster-view.ts';
import type { Sample } from './world.ts';

/** Upper bounds of the latency buckets of Linkerd's proxy, ms. */
const latencyBoundsMs = [
  1, 2, 3, 4, 5, 10, 20, 30, 40, 50, 100, 200, 300, 400, 500, 1_000, 2_000, 3_000, 4_000, 5_000, 10_000, 20_000, 30_000,
] as const;

/** One answered call, as a proxy counts it; `weight` calls of the same fate. */
interface Answer {
  readonly ok: boolean;
  readonly ms: number;
  readonly weight: number;
}

/** The counters of the mesh's proxies, summed over the pods of each deployment. */
export interface MeshMeters {
  inbound(workload: string, answer: Answer): void;
  outbound(workload: string, to: string, answer: Answer): void;
  /** The series of workloads with at least one pod: a proxy dies with its pod. */
  samples(view: ClusterView): readonly Sample[];
}

type Labels = Readonly<Record<string, string>>;

interface Meter {
  readonly workload: string;
  success: number;
  failure: number;
  sumMs: number;
  /** By bucket, not yet cumulative; the last one is +Inf. */
  readonly counts: number[];
  readonly series: {
    readonly success: Labels;
    readonly failure: Labels;
    readonly latency: Labels;
    readonly buckets: readonly Labels[];
  };
}

const createMeter = (workload: string, labels: Labels): Meter => ({
  workload,
  success: 0,
  failure: 0,
  sumMs: 0,
  counts: Array.from({ length: latencyBoundsMs.length + 1 }, () => 0),
  series: {
    success: { ...labels, classification: 'success' },
    failure: { ...labels, classification: 'failure' },
    latency: labels,
    buckets: [...latencyBoundsMs.map(String), '+Inf'].map((le) => ({ ...labels, le })),
  },
});

const bucketOf = (ms: number): number => {
  const index = latencyBoundsMs.findIndex((bound) => ms <= bound);
  return index === -1 ? latencyBoundsMs.length : index;
};

const note = (meter: Meter, answer: Answer): void => {
  if (answer.ok) meter.success += answer.weight;
  else meter.failure += answer.weight;
  meter.sumMs += answer.ms * answer.weight;
  const bucket = bucketOf(answer.ms);
  meter.counts[bucket] = (meter.counts[bucket] ?? 0) + answer.weight;
};

const samplesOf = (meter: Meter): readonly Sample[] => {
  let below = 0;
  const buckets = meter.series.buckets.map((labels, index) => {
    below += meter.counts[index] ?? 0;
    return { name: 'response_latency_ms_bucket', labels, value: below };
  });
  return [
    { name: 'response_total', labels: meter.series.success, value: meter.success },
    { name: 'response_total', labels: meter.series.failure, value: meter.failure },
    ...buckets,
    { name: 'response_latency_ms_sum', labels: meter.series.latency, value: meter.sumMs },
    { name: 'response_latency_ms_count', labels: meter.series.latency, value: below },
  ];
};

/** Counts responses and their latencies by deployment and by edge, under the names of Linkerd's proxy. */
export const createMeshMeters = (namespace: string): MeshMeters => {
  const meters = new Map<string, Meter>();
  const meterOf = (key: string, workload: string, labels: () => Labels): Meter => {
    const meter = meters.get(key) ?? createMeter(workload, labels());
    meters.set(key, meter);
    return meter;
  };
  return {
    inbound: (workload, answer) =>
      note(
        meterOf(workload, workload, () => ({ namespace, deployment: workload, direction: 'inbound' })),
        answer,
      ),
    outbound: (workload, to, answer) =>
      note(
        meterOf(`${workload}>${to}`, workload, () => ({
          namespace,
          deployment: workload,
          direction: 'outbound',
          dst_namespace: namespace,
          dst_deployment: to,
        })),
        answer,
      ),
    samples: (view) => {
      const present = new Set(view.pods.filter((pod) => pod.running).map((pod) => pod.workload));
      return [...meters.values()].filter((meter) => present.has(meter.workload)).flatMap(samplesOf);
    },
  };
};

import type { Observed } from '../../../src/lab/telemetry/engine.ts';
import type { ShippedLine } from '../../../src/lab/telemetry/log-store.ts';
import type { ScrapedSample } from '../../../src/lab/telemetry/time-series.ts';

const namespace = 'online-boutique';
const bounds = ['1', '10', '100', '500', '1000', '2000', '5000', '+Inf'] as const;

/** What may be wrong in the paper world; ratios 0..1, ms, cores. */
export interface Trouble {
  errors: Record<string, number>;
  latencyMs: Record<string, number>;
  cores: Record<string, number>;
  waiting: Record<string, string>;
  restarting: string[];
  memoryBytes: Record<string, number>;
  unready: string[];
  stuck: string[];
  replicas: Record<string, number>;
  available: Record<string, number>;
  redisClients: number;
  gone: string[];
}

/** A world on paper: three workloads that call each other steadily, and whatever trouble a test writes into it. */
export interface PaperWorld extends Observed {
  readonly trouble: Trouble;
  readonly namespace: string;
  say(workload: string, line: string): void;
}

const workloads = ['frontend', 'cartservice', 'redis-cart'] as const;
const edges = [['frontend', 'cartservice']] as const;
const limitCores = 0.2;

/** The pod of a workload. */
export const podOf = (workload: string): string => `${workload}-7d9f8bc5c6-bcdfg`;

const quietTrouble = (): Trouble => ({
  errors: {},
  latencyMs: {},
  cores: {},
  waiting: {},
  restarting: [],
  memoryBytes: {},
  unready: [],
  stuck: [],
  replicas: {},
  available: {},
  redisClients: 12,
  gone: [],
});

/** A quiet paper world. Time may begin anywhere. */
export const createPaperWorld = (): PaperWorld => {
  const trouble = quietTrouble();
  const counters = new Map<string, number>();
  let said: ShippedLine[] = [];
  let pending: { readonly workload: string; readonly line: string }[] = [];
  let lastMs: number | null = null;

  const count = (name: string, labels: Record<string, string>, by: number): ScrapedSample => {
    const key = name + JSON.stringify(labels);
    const value = (counters.get(key) ?? 0) + by;
    counters.set(key, value);
    return { name, labels, value };
  };

  const responses = (key: string, labels: Record<string, string>, seconds: number): readonly ScrapedSample[] => {
    const calls = 10 * seconds;
    const failed = calls * (trouble.errors[key] ?? 0);
    const latencyMs = trouble.latencyMs[key] ?? 8;
    return [
      count('response_total', { ...labels, classification: 'success' }, calls - failed),
      ...(trouble.errors[key] === undefined
        ? []
        : [count('response_total', { ...labels, classification: 'failure' }, failed)]),
      ...bounds.map((le) =>
        count('response_latency_ms_bucket', { ...labels, le }, le === '+Inf' || latencyMs <= Number(le) ? calls : 0),
      ),
    ];
  };

  const podSamples = (workload: string, seconds: number): readonly ScrapedSample[] => {
    const container = { namespace, pod: podOf(workload), container: 'server' };
    const cores = trouble.cores[workload] ?? 0.02;
    const reason = trouble.waiting[workload];
    return [
      count('container_cpu_usage_seconds_total', container, Math.min(cores, limitCores) * seconds),
      count('container_cpu_cfs_periods_total', container, 10 * seconds),
      count('container_cpu_cfs_throttled_periods_total', container, cores > limitCores ? 9 * seconds : 0),
      {
        name: 'container_memory_working_set_bytes',
        labels: container,
        value: trouble.memoryBytes[workload] ?? 50_000_000,
      },
      count(
        'kube_pod_container_status_restarts_total',
        container,
        trouble.restarting.includes(workload) ? seconds / 5 : 0,
      ),
      {
        name: 'kube_pod_container_resource_limits',
        labels: { ...container, resource: 'cpu', unit: 'core' },
        value: limitCores,
      },
      {
        name: 'kube_pod_container_resource_limits',
        labels: { ...container, resource: 'memory', unit: 'byte' },
        value: 128_000_000,
      },
      {
        name: 'kube_pod_status_ready',
        labels: { namespace, pod: podOf(workload), condition: 'false' },
        value: trouble.unready.includes(workload) ? 1 : 0,
      },
      ...(reason === undefined
        ? []
        : [{ name: 'kube_pod_container_status_waiting_reason', labels: { ...container, reason }, value: 1 }]),
    ];
  };

  const deploymentSamples = (deployment: string): readonly ScrapedSample[] => {
    const labels = { namespace, deployment };
    const wanted = trouble.replicas[deployment] ?? 1;
    return [
      { name: 'kube_deployment_spec_replicas', labels, value: wanted },
      {
        name: 'kube_deployment_status_replicas_available',
        labels,
        value: Math.min(wanted, trouble.available[deployment] ?? wanted),
      },
      {
        name: 'kube_deployment_status_condition',
        labels: { ...labels, condition: 'Progressing', status: 'false' },
        value: trouble.stuck.includes(deployment) ? 1 : 0,
      },
    ];
  };

  const redisSamples = (): readonly ScrapedSample[] => {
    const labels = { namespace, pod: podOf('redis-cart') };
    return [
      { name: 'redis_connected_clients', labels, value: trouble.redisClients },
      { name: 'redis_config_maxclients', labels, value: 100 },
    ];
  };

  const step: Observed['step'] = (nowMs) => {
    const seconds = lastMs === null ? 0 : (nowMs - lastMs) / 1_000;
    lastMs = nowMs;
    const present = workloads.filter((workload) => !trouble.gone.includes(workload));
    said = [...present.map((workload) => ({ workload, line: `${workload} is well` })), ...pending].map(
      ({ workload, line }, index) => ({
        labels: { namespace, app: workload, pod: podOf(workload), container: 'server' },
        timestampNs: String(BigInt(nowMs) * 1_000_000n + BigInt(index)),
        line,
      }),
    );
    pending = [];
    const samples = [
      ...present.flatMap((workload) => [
        ...responses(workload, { namespace, deployment: workload, direction: 'inbound' }, seconds),
        ...podSamples(workload, seconds),
      ]),
      ...edges.flatMap(([from, to]) =>
        responses(
          `${from}>${to}`,
          { namespace, deployment: from, direction: 'outbound', dst_namespace: namespace, dst_deployment: to },
          seconds,
        ),
      ),
      ...workloads.flatMap(deploymentSamples),
      ...redisSamples(),
    ];
    return { samples, logs: said };
  };

  return { trouble, namespace, step, say: (workload, line) => pending.push({ workload, line }) };
};

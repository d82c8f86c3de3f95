import type { Signal } from '../../domain/evidence.ts';

/** What a query is built for. */
export interface QueryScope {
  readonly namespace: string;
  readonly rateWindowSeconds: number;
  /** Linkerd's label for the workload: `deployment`, unless the mesh says otherwise. */
  readonly workloadLabel: string;
}

/** One signal as PromQL. Every result is labelled `workload`, or `caller` and `callee` for edges. */
export interface SignalQuery {
  readonly query: string;
  readonly unit: string;
  /** The limit of the same series, asked for at the end of the window. */
  readonly limitQuery?: string;
}

/** A text as a PromQL string literal. */
export const quote = (text: string): string => JSON.stringify(text);

/** The alphabet of the names that Kubernetes generates: without vowels, so that a word is never taken for a hash. */
const generated = 'bcdfghjklmnpqrstvwxz2456789';

/** Names the workload after the pod: StatefulSet or DaemonSet pods first, then pods of a Deployment's ReplicaSet. */
const byPodName = (vector: string): string => {
  const one = `label_replace(${vector}, "workload", "$1", "pod", "(.+)-(?:[0-9]+|[${generated}]{5})")`;
  return `label_replace(${one}, "workload", "$1", "pod", "(.+)-[${generated}]{6,10}-[${generated}]{5}")`;
};

const byMeshLabel = (vector: string, { workloadLabel }: QueryScope): string =>
  `label_replace(${vector}, "workload", "$1", ${quote(workloadLabel)}, "(.+)")`;

const byEdge = (vector: string, { workloadLabel }: QueryScope): string =>
  `label_replace(label_replace(${vector}, "caller", "$1", ${quote(workloadLabel)}, "(.+)"), "callee", "$1", ${quote(`dst_${workloadLabel}`)}, "(.+)")`;

type By = 'workload' | 'edge' | 'node';

const meshSeries = (scope: QueryScope, by: By, more = ''): string => {
  const side = by === 'edge' ? `direction="outbound",dst_${scope.workloadLabel}!=""` : `direction="inbound"`;
  return `namespace=${quote(scope.namespace)},${side},${scope.workloadLabel}!=""${more}`;
};

const meshLabels = ({ workloadLabel }: QueryScope, by: By): string =>
  by === 'edge' ? `${workloadLabel}, dst_${workloadLabel}` : workloadLabel;

const named = (vector: string, scope: QueryScope, by: By): string =>
  by === 'edge' ? byEdge(vector, scope) : byMeshLabel(vector, scope);

const responses = (scope: QueryScope, by: By, more = ''): string =>
  `sum by (${meshLabels(scope, by)}) (rate(response_total{${meshSeries(scope, by, more)}}[${scope.rateWindowSeconds}s]))`;

const errorRatio = (scope: QueryScope, by: By): string => {
  const all = responses(scope, by);
  // Where no failure was ever counted there is no series to divide: that is a ratio of zero, not an unknown one.
  return `(${responses(scope, by, ',classification="failure"')} or ${all} * 0) / ${all}`;
};

const latency = (quantile: number, scope: QueryScope, by: By): string =>
  `histogram_quantile(${quantile}, sum by (${meshLabels(scope, by)}, le) (rate(response_latency_ms_bucket{${meshSeries(scope, by)}}[${scope.rateWindowSeconds}s])))`;

const meshQuery = (signal: Signal, scope: QueryScope, by: By): SignalQuery | null => {
  switch (signal) {
    case 'request_rate':
      return { query: named(responses(scope, by), scope, by), unit: 'requests/s' };
    case 'error_ratio':
      return { query: named(errorRatio(scope, by), scope, by), unit: 'ratio' };
    case 'latency_p50':
      return { query: named(latency(0.5, scope, by), scope, by), unit: 'ms' };
    case 'latency_p99':
      return { query: named(latency(0.99, scope, by), scope, by), unit: 'ms' };
    default:
      return null;
  }
};

/** Series of real containers: cAdvisor also reports the pod as a whole and its pause container. */
const container = ({ namespace }: QueryScope): string => `namespace=${quote(namespace)},container!="",container!="POD"`;

const containerRate = (metric: string, scope: QueryScope): string =>
  `rate(${metric}{${container(scope)}}[${scope.rateWindowSeconds}s])`;

const limitOf = (resource: 'cpu' | 'memory', { namespace }: QueryScope): string =>
  `kube_pod_container_resource_limits{namespace=${quote(namespace)},resource="${resource}"}`;

const sumByWorkload = (vector: string): string => `sum by (workload) (${byPodName(vector)})`;
const maxByWorkload = (vector: string): string => `max by (workload) (${byPodName(vector)})`;
const perPod = (vector: string): string => `sum by (pod) (${vector})`;

const podQuery = (signal: Signal, scope: QueryScope): SignalQuery | null => {
  const inNamespace = `{namespace=${quote(scope.namespace)}}`;
  switch (signal) {
    case 'cpu_usage':
      return {
        query: sumByWorkload(containerRate('container_cpu_usage_seconds_total', scope)),
        unit: 'cores',
        limitQuery: sumByWorkload(limitOf('cpu', scope)),
      };
    case 'cpu_throttled_ratio':
      return {
        query: `${sumByWorkload(containerRate('container_cpu_cfs_throttled_periods_total', scope))} / ${sumByWorkload(containerRate('container_cpu_cfs_periods_total', scope))}`,
        unit: 'ratio',
      };
    case 'memory_working_set':
      return {
        query: maxByWorkload(perPod(`container_memory_working_set_bytes{${container(scope)}}`)),
        unit: 'bytes',
        limitQuery: maxByWorkload(perPod(limitOf('memory', scope))),
      };
    case 'restarts':
      return {
        query: sumByWorkload(`kube_pod_container_status_restarts_total${inNamespace}`),
        unit: 'restarts',
      };
    case 'connections':
      return {
        query: maxByWorkload(`redis_connected_clients${inNamespace}`),
        unit: 'connections',
        limitQuery: maxByWorkload(`redis_config_maxclients${inNamespace}`),
      };
    default:
      return null;
  }
};

/** Names the node after the label `node` where scraping adds it, else after the instance without its port. */
const byNode = (vector: string): string =>
  `label_replace(label_replace(${vector}, "workload", "$1", "instance", "([^:]+)(?::[0-9]+)?"), "workload", "$1", "node", "(.+)")`;

/** node_exporter's view of a node. */
const nodeQuery = (signal: Signal, { rateWindowSeconds }: QueryScope): SignalQuery | null =>
  signal === 'tcp_retransmits'
    ? { query: byNode(`rate(node_netstat_Tcp_RetransSegs[${rateWindowSeconds}s])`), unit: 'segments/s' }
    : null;

/** The services on which a node's part of Kubernetes stands, as node_exporter's systemd collector reports them: 1 when active. */
export const unitsQuery = byNode(
  'node_systemd_unit_state{state="active",name=~"(kubelet|containerd|crio|docker|kube-proxy|kube-scheduler|kube-controller-manager|kube-apiserver|etcd).service"}',
);

/** The query of a signal, or null where the signal has no such view (only requests and latency are measured between two workloads). */
export const signalQuery = (signal: Signal, by: By, scope: QueryScope): SignalQuery | null => {
  if (by === 'node') return nodeQuery(signal, scope);
  return meshQuery(signal, scope, by) ?? (by === 'workload' ? podQuery(signal, scope) : null);
};

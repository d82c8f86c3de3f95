import { contentHash } from '../../src/analysis/content-hash.ts';
import type { Context, Topology } from '../../src/domain/context.ts';
import type {
  ChangeData,
  ContainerState,
  Evidence,
  EvidenceData,
  LogPattern,
  MetricData,
  ServiceData,
  Signal,
  WorkloadData,
} from '../../src/domain/evidence.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Json } from '../../src/domain/json.ts';

/** A small shop of made-up workloads: the detectors must go by meaning, not by the names of any real application. */
export const namespace = 'bazaar';
export const edges = [
  { from: 'gate', to: 'basket' },
  { from: 'gate', to: 'catalog' },
  { from: 'basket', to: 'vault' },
  { from: 'catalog', to: 'prices' },
] as const;
export const workloads = ['basket', 'catalog', 'gate', 'prices', 'vault'] as const;

export const nowMs = Date.parse('2026-11-22T12:00:00.000Z');
const windowMs = 150_000;
const quietMs = 1_200_000;
const at = (ms: number): string => new Date(ms).toISOString();
export const windowOf = { from: at(nowMs - windowMs), to: at(nowMs) };
export const baselineOf = { from: at(nowMs - windowMs - quietMs), to: at(nowMs - windowMs) };

export const topology: Topology = {
  workloads: workloads.map((name) => ({ namespace, kind: 'Deployment', name })),
  edges: [...edges],
};

export const incidentAt = (suspect: string | undefined): Incident => ({
  uid: '019a0000-0000-7000-8000-000000000001',
  number: 1,
  title: `Trouble at ${suspect ?? 'the bazaar'}`,
  severity: 'critical',
  namespace,
  ...(suspect === undefined ? {} : { suspect: { namespace, kind: 'Deployment', name: suspect } }),
  openedAt: at(nowMs - 20_000),
});

/** A deterministic wobble around a level: about two percent. */
const wobble = (level: number, index: number): number => level * (1 + 0.02 * Math.sin(index * 1.7));

/** A series that was quiet at one level and has been at another for the last thirty seconds. */
export const points = (quiet: number, now: number): MetricData['points'] => {
  const series: [number, number][] = [];
  for (let ms = nowMs - windowMs - quietMs; ms <= nowMs; ms += ms < nowMs - windowMs ? 20_000 : 5_000) {
    series.push([ms / 1000, wobble(ms >= nowMs - 30_000 ? now : quiet, series.length)]);
  }
  return series;
};

export const metric = (
  signal: Signal,
  subject: string | { readonly from: string; readonly to: string },
  levels: { readonly quiet: number; readonly now?: number; readonly limit?: number },
): MetricData => ({
  kind: 'metric',
  signal,
  ...(typeof subject === 'string' ? { workload: subject } : { workload: subject.to, edge: subject }),
  unit: 'unit',
  points: points(levels.quiet, levels.now ?? levels.quiet),
  ...(levels.limit === undefined ? {} : { limit: levels.limit }),
});

export const container = (change: Partial<ContainerState> = {}): ContainerState => ({
  name: 'main',
  image: 'registry.example/app:1',
  ready: true,
  restarts: 0,
  state: 'running',
  ...change,
});

export const workload = (name: string, change: Partial<WorkloadData> = {}, held = container()): WorkloadData => ({
  kind: 'workload',
  workload: { namespace, kind: 'Deployment', name },
  replicas: 1,
  ready: held.ready ? 1 : 0,
  updated: 1,
  paused: false,
  containers: [{ name: 'main', image: held.image, cpuLimit: 0.2, memoryLimit: 128 * 1_048_576 }],
  pods: [
    {
      name: `${name}-5b8c7d9f4-x2x8p`,
      phase: 'Running',
      ready: held.ready,
      containers: [held],
      startedAt: at(nowMs - 3_600_000),
    },
  ],
  revisions: [],
  ...change,
});

export const service = (name: string, change: Partial<ServiceData> = {}): ServiceData => ({
  kind: 'service',
  service: { apiVersion: 'v1', kind: 'Service', namespace, name },
  selector: { app: name },
  ready: 1,
  notReady: 0,
  matches: [name],
  expected: [name],
  ...change,
});

export const change = (
  name: string,
  path: string,
  values: { readonly before?: Json; readonly after?: Json; readonly kind?: string; readonly manager?: string },
): ChangeData => ({
  kind: 'change',
  changes: [
    {
      at: at(nowMs - 60_000),
      object: {
        apiVersion: values.kind === 'Service' ? 'v1' : 'apps/v1',
        kind: values.kind ?? 'Deployment',
        namespace,
        name,
      },
      path,
      ...(values.before === undefined ? {} : { before: values.before }),
      ...(values.after === undefined ? {} : { after: values.after }),
      manager: values.manager ?? 'kubectl-edit',
    },
  ],
});

export const logs = (name: string, patterns: readonly Partial<LogPattern>[]): EvidenceData => ({
  kind: 'log',
  workload: name,
  patterns: patterns.map((pattern) => ({
    template: 'handled request <*>',
    level: 'info',
    count: 50,
    countBefore: 50,
    example: pattern.template ?? 'handled request 7',
    ...pattern,
  })),
});

const subjectOf = (data: EvidenceData): string => {
  switch (data.kind) {
    case 'metric':
    case 'trace':
      return data.edge === undefined ? data.workload : `${data.edge.from} -> ${data.edge.to}`;
    case 'log':
      return data.workload;
    case 'event':
      return `${data.object.kind.toLowerCase()}/${data.object.name}`;
    case 'workload':
      return `deployment/${data.workload.name}`;
    case 'node':
      return `node/${data.name}`;
    case 'policy':
      return `networkpolicy/${data.policy.name}`;
    case 'quota':
      return `resourcequota/${data.quota.name}`;
    case 'limit-range':
      return `limitrange/${data.range.name}`;
    case 'unit':
      return `node/${data.node} ${data.unit}`;
    case 'volume':
      return `persistentvolume/${data.name}`;
    case 'claim':
      return `persistentvolumeclaim/${data.claim.name}`;
    case 'autoscaler':
      return `horizontalpodautoscaler/${data.autoscaler.name}`;
    case 'route':
      return `${data.route.kind.toLowerCase()}/${data.route.name}`;
    case 'mesh-policy':
      return `${data.policy.kind.toLowerCase()}/${data.policy.name}`;
    case 'service':
      return `service/${data.service.name}`;
    case 'change':
      return `${data.changes[0]?.object.kind.toLowerCase()}/${data.changes[0]?.object.name}`;
  }
};

const kindOf = (data: EvidenceData): Evidence['kind'] =>
  data.kind === 'metric' || data.kind === 'log' || data.kind === 'event' || data.kind === 'change'
    ? data.kind
    : 'object';

const keyOf = (data: EvidenceData): string =>
  data.kind === 'metric' ? `${data.kind} ${data.signal} ${subjectOf(data)}` : `${data.kind} ${subjectOf(data)}`;

/** All that a calm day shows: ready workloads, led services, ordinary signals, chatty logs. */
export const calm: readonly EvidenceData[] = [
  ...workloads.flatMap((name): readonly EvidenceData[] => [
    workload(name),
    service(name),
    metric('request_rate', name, { quiet: 40 }),
    metric('error_ratio', name, { quiet: 0 }),
    metric('latency_p50', name, { quiet: 8 }),
    metric('latency_p99', name, { quiet: 40 }),
    metric('cpu_usage', name, { quiet: 0.05, limit: 0.2 }),
    metric('cpu_throttled_ratio', name, { quiet: 0.01 }),
    metric('memory_working_set', name, { quiet: 60 * 1_048_576, limit: 128 * 1_048_576 }),
    logs(name, [{}]),
  ]),
  ...edges.flatMap((edge): readonly EvidenceData[] => [
    metric('request_rate', edge, { quiet: 20 }),
    metric('error_ratio', edge, { quiet: 0 }),
    metric('latency_p50', edge, { quiet: 9 }),
    metric('latency_p99', edge, { quiet: 45 }),
  ]),
  metric('connections', 'vault', { quiet: 12, limit: 100 }),
];

/** A context of the calm day with some of its evidence replaced or added. */
export const contextOf = (
  differences: readonly EvidenceData[] = [],
  more: { readonly unreachable?: readonly string[]; readonly without?: (data: EvidenceData) => boolean } = {},
): Context => {
  const changed = new Map(differences.map((data) => [keyOf(data), data]));
  const kept = calm.filter((data) => !changed.has(keyOf(data)) && more.without?.(data) !== true);
  return {
    at: at(nowMs),
    window: windowOf,
    baseline: baselineOf,
    topology,
    unreachable: more.unreachable ?? [],
    evidence: [...changed.values(), ...kept].map((data, index) => {
      const evidence = {
        id: `E${index + 1}`,
        kind: kindOf(data),
        subject: subjectOf(data),
        window: { from: baselineOf.from, to: windowOf.to },
        query: keyOf(data),
        outcome: 'found' as const,
        observation: `Something about ${subjectOf(data)}.`,
        data,
      };
      return { ...evidence, hash: contentHash(evidence) };
    }),
  };
};

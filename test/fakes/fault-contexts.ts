import type { ContainerResources, EvidenceData, WorkloadData } from '../../src/domain/evidence.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import type { AddressSetting, Placement, ProbeSpec } from '../../src/domain/pod-template.ts';
import { change, container, edges, logs, metric, namespace, service, workload } from './synthetic-context.ts';

const ago = '2026-11-22T11:59:40.000Z';

const failing = (from: string, to: string): readonly EvidenceData[] => [
  metric('error_ratio', { from, to }, { quiet: 0, now: 0.9 }),
  metric('error_ratio', from, { quiet: 0, now: 0.4 }),
  metric('error_ratio', 'gate', { quiet: 0, now: 0.3 }),
];

const spec = (about: Partial<ContainerResources>): ContainerResources => ({
  name: 'main',
  image: 'registry.example/app:1',
  ports: [{ port: 8080, protocol: 'TCP' }],
  ...about,
});

const probe = (port: number): ProbeSpec => ({
  ask: 'grpc',
  port,
  initialDelaySeconds: 0,
  periodSeconds: 10,
  timeoutSeconds: 1,
  failureThreshold: 3,
});

const address = (host: string, port: number, state: AddressSetting['state']): AddressSetting => ({
  container: 'main',
  variable: 'BASKET_SERVICE_ADDR',
  host,
  port,
  state,
});

const anywhere: Placement = { nodeSelector: {}, nodeAffinity: [], antiAffinity: [], affinity: [], tolerations: [] };

/** A workload whose pods the API server refuses. */
const refused = (name: string, why: string): EvidenceData =>
  workload(name, {
    ready: 0,
    updated: 0,
    pods: [],
    revisions: [
      {
        revision: 2,
        name: `${name}-2`,
        createdAt: ago,
        replicas: 1,
        ready: 0,
        images: [],
        failure: `pods "${name}-2-x" is forbidden: ${why}`,
      },
    ],
  });

/** A workload whose new pod finds no node. */
const waits = (name: string, why: string, about: Partial<WorkloadData> = {}): EvidenceData =>
  workload(name, {
    ready: 0,
    placement: anywhere,
    pods: [
      {
        name: `${name}-7c9f8d6b5-abcde`,
        phase: 'Pending',
        ready: false,
        containers: [container({ ready: false, state: 'waiting' })],
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: `0/3 nodes are available: ${why}. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.`,
          },
        ],
      },
    ],
    ...about,
  });

const cordonedNode: EvidenceData = {
  kind: 'node',
  name: 'worker-1',
  ready: true,
  unschedulable: true,
  taints: [],
  labels: {},
  allocatable: {},
  conditions: [],
};

/** What each fault looks like when everything that it disturbs is seen, echoes at the callers included. */
export const faultContexts = {
  'bad-image': {
    workload: 'catalog',
    differences: [
      workload(
        'catalog',
        {},
        container({ image: 'registry.example/app:nope', ready: false, state: 'waiting', reason: 'ImagePullBackOff' }),
      ),
      service('catalog', { ready: 0, notReady: 1 }),
      change('catalog', '/spec/template/spec/containers/0/image', {
        before: 'registry.example/app:1',
        after: 'registry.example/app:nope',
      }),
      ...failing('gate', 'catalog'),
    ],
  },
  'crash-loop': {
    workload: 'basket',
    differences: [
      workload(
        'basket',
        {},
        container({
          ready: false,
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          restarts: 4,
          lastTermination: { reason: 'Error', exitCode: 1, at: ago },
        }),
      ),
      service('basket', { ready: 0, notReady: 1 }),
      change('basket', '/spec/template/spec/containers/0/env/0/value', { before: 'vault:6379', after: 'valt:6379' }),
      logs('basket', [{ template: 'cannot resolve host valt', level: 'error', count: 20, countBefore: 0 }]),
      ...failing('gate', 'basket'),
    ],
  },
  'memory-limit': {
    workload: 'prices',
    differences: [
      workload(
        'prices',
        { containers: [{ name: 'main', image: 'registry.example/app:1', memoryLimit: 32 * 1_048_576 }] },
        container({
          ready: false,
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          restarts: 3,
          lastTermination: { reason: 'OOMKilled', exitCode: 137, at: ago },
        }),
      ),
      service('prices', { ready: 0, notReady: 1 }),
      metric('memory_working_set', 'prices', { quiet: 60 * 1_048_576, now: 31 * 1_048_576, limit: 32 * 1_048_576 }),
      change('prices', '/spec/template/spec/containers/0/resources/limits/memory', { before: '128Mi', after: '32Mi' }),
      ...failing('catalog', 'prices'),
    ],
  },
  'cpu-saturation': {
    workload: 'catalog',
    differences: [
      metric('cpu_usage', 'catalog', { quiet: 0.05, now: 0.2, limit: 0.2 }),
      metric('cpu_throttled_ratio', 'catalog', { quiet: 0.01, now: 0.9 }),
      metric('latency_p50', 'catalog', { quiet: 8, now: 300 }),
      metric('latency_p99', 'catalog', { quiet: 40, now: 1_800 }),
      metric('latency_p50', { from: 'gate', to: 'catalog' }, { quiet: 9, now: 310 }),
      metric('latency_p99', { from: 'gate', to: 'catalog' }, { quiet: 45, now: 1_850 }),
      metric('latency_p99', 'gate', { quiet: 40, now: 1_900 }),
    ],
  },
  'scaled-to-zero': {
    workload: 'catalog',
    differences: [
      workload('catalog', { replicas: 0, ready: 0, updated: 0, pods: [] }),
      service('catalog', { ready: 0 }),
      change('catalog', '/spec/replicas', { before: 1, after: 0 }),
      ...failing('gate', 'catalog'),
      metric('latency_p99', { from: 'gate', to: 'catalog' }, { quiet: 45, now: 3_000 }),
    ],
  },
  'network-delay': {
    workload: 'prices',
    differences: [
      metric('latency_p50', { from: 'catalog', to: 'prices' }, { quiet: 9, now: 420 }),
      metric('latency_p99', { from: 'catalog', to: 'prices' }, { quiet: 45, now: 700 }),
      metric('latency_p50', 'catalog', { quiet: 8, now: 430 }),
      metric('latency_p99', 'catalog', { quiet: 40, now: 750 }),
      metric('latency_p50', { from: 'gate', to: 'catalog' }, { quiet: 9, now: 435 }),
      metric('latency_p99', { from: 'gate', to: 'catalog' }, { quiet: 45, now: 760 }),
      metric('latency_p99', 'gate', { quiet: 40, now: 800 }),
    ],
  },
  'selector-drift': {
    workload: 'basket',
    differences: [
      service('basket', { selector: { app: 'baskets' }, ready: 0, matches: [] }),
      change('basket', '/spec/selector/app', { before: 'basket', after: 'baskets', kind: 'Service' }),
      ...failing('gate', 'basket'),
      metric('latency_p99', { from: 'gate', to: 'basket' }, { quiet: 45, now: 2_000 }),
    ],
  },
  'connection-exhaustion': {
    workload: 'vault',
    differences: [
      metric('connections', 'vault', { quiet: 12, now: 100, limit: 100 }),
      logs('basket', [{ template: 'ERR max number of clients reached', level: 'error', count: 60, countBefore: 0 }]),
      // Its caller repeats the words, and has two callees to blame.
      logs('gate', [
        { template: 'basket says ERR max number of clients reached', level: 'error', count: 60, countBefore: 0 },
      ]),
      metric('error_ratio', 'basket', { quiet: 0, now: 0.8 }),
      metric('error_ratio', { from: 'gate', to: 'basket' }, { quiet: 0, now: 0.8 }),
      metric('error_ratio', 'gate', { quiet: 0, now: 0.3 }),
    ],
  },
  'readiness-probe': {
    workload: 'prices',
    differences: [
      workload(
        'prices',
        { ready: 0, containers: [spec({ readinessProbe: probe(8081) })] },
        container({ ready: false }),
      ),
      service('prices', { ready: 0, notReady: 1 }),
      change('prices', '/spec/template/spec/containers/0/readinessProbe/grpc/port', { before: 8080, after: 8081 }),
      ...failing('catalog', 'prices'),
    ],
  },
  'liveness-probe': {
    workload: 'prices',
    differences: [
      workload(
        'prices',
        { containers: [spec({ livenessProbe: probe(8081) })] },
        container({ restarts: 3, lastTermination: { reason: 'Error', exitCode: 137, at: ago } }),
      ),
      ...failing('catalog', 'prices'),
    ],
  },
  'service-port': {
    workload: 'basket',
    differences: [
      workload('basket', { containers: [spec({})] }),
      service('basket', { ports: [{ port: 7070, target: 9999, protocol: 'TCP' }] }),
      change('basket', '/spec/ports/0/targetPort', { before: 8080, after: 9999, kind: 'Service' }),
      ...failing('gate', 'basket'),
    ],
  },
  'service-protocol': {
    workload: 'basket',
    differences: [
      workload('basket', { containers: [spec({})] }),
      service('basket', { ports: [{ port: 7070, target: 8080, protocol: 'UDP' }] }),
      ...failing('gate', 'basket'),
    ],
  },
  'service-missing': {
    workload: 'basket',
    differences: [
      workload('gate', { addresses: [address('basket', 7070, 'no-service')] }),
      ...failing('gate', 'basket'),
    ],
  },
  'wrong-address': {
    workload: 'gate',
    differences: [
      workload('gate', { addresses: [address('baskets', 7070, 'no-service')] }),
      change('gate', '/spec/template/spec/containers/0/env/0/value', { before: 'basket:7070', after: 'baskets:7070' }),
      metric('error_ratio', 'gate', { quiet: 0, now: 0.3 }),
    ],
  },
  'database-address': {
    workload: 'basket',
    differences: [
      workload('basket', {
        addresses: [{ container: 'main', variable: 'REDIS_ADDR', host: 'vault', port: 6380, state: 'no-port' }],
      }),
      change('basket', '/spec/template/spec/containers/0/env/0/value', { before: 'vault:6379', after: 'vault:6380' }),
      ...failing('gate', 'basket'),
    ],
  },
  'missing-config': {
    workload: 'catalog',
    differences: [
      workload(
        'catalog',
        {},
        container({
          ready: false,
          state: 'waiting',
          reason: 'CreateContainerConfigError',
          message: "couldn't find key prices-addr in ConfigMap bazaar/catalog-settings",
        }),
      ),
      change('catalog', '/spec/template/spec/containers/0/env/0/valueFrom', { after: { configMapKeyRef: {} } }),
    ],
  },
  'wrong-command': {
    workload: 'catalog',
    differences: [
      workload(
        'catalog',
        { containers: [spec({ command: ['/bin/serve'] })] },
        container({
          ready: false,
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          restarts: 3,
          lastTermination: { reason: 'StartError', exitCode: 128, at: ago },
        }),
      ),
      ...failing('gate', 'catalog'),
    ],
  },
  'init-container': {
    workload: 'catalog',
    differences: [
      workload(
        'catalog',
        {},
        container({
          name: 'wait',
          init: true,
          ready: false,
          state: 'waiting',
          reason: 'CrashLoopBackOff',
          restarts: 4,
          lastTermination: { reason: 'Error', exitCode: 1, at: ago },
        }),
      ),
      change('catalog', '/spec/template/spec/initContainers', { after: [{ name: 'wait' }] }),
    ],
  },
  'quota-exceeded': {
    workload: 'prices',
    differences: [
      refused('prices', 'exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4'),
      ...failing('catalog', 'prices'),
    ],
  },
  'limit-range': {
    workload: 'prices',
    differences: [refused('prices', 'maximum cpu usage per Container is 100m, but limit is 200m')],
  },
  'missing-service-account': {
    workload: 'prices',
    differences: [refused('prices', 'error looking up service account bazaar/p: serviceaccount "p" not found')],
  },
  'admission-refused': {
    workload: 'prices',
    differences: [refused('prices', 'violates PodSecurity "restricted:latest": runAsNonRoot != true')],
  },
  'node-cordoned': { workload: 'prices', differences: [waits('prices', '3 node(s) were unschedulable'), cordonedNode] },
  'untolerated-taint': {
    workload: 'prices',
    differences: [
      waits(
        'prices',
        '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) had untolerated taint {dedicated: batch}',
      ),
    ],
  },
  'request-too-large': {
    workload: 'prices',
    differences: [waits('prices', '1 Insufficient cpu, 2 Insufficient cpu, 2 Insufficient memory')],
  },
  'node-selector': {
    workload: 'prices',
    differences: [
      waits('prices', "3 node(s) didn't match Pod's node affinity/selector", {
        placement: { ...anywhere, nodeSelector: { disk: 'ssd' } },
      }),
    ],
  },
  'node-affinity': {
    workload: 'prices',
    differences: [waits('prices', "3 node(s) didn't match Pod's node affinity/selector")],
  },
  'pod-anti-affinity': {
    workload: 'prices',
    differences: [waits('prices', "3 node(s) didn't match pod anti-affinity rules")],
  },
  'port-conflict': {
    workload: 'prices',
    differences: [waits('prices', "3 node(s) didn't have free ports for the requested pod ports")],
  },
  'network-policy': {
    workload: 'basket',
    differences: [
      {
        kind: 'policy',
        policy: { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy', namespace, name: 'wall' },
        selector: [{ key: 'app', operator: 'In', values: ['basket'] }],
        selects: ['basket'],
        ingress: [],
      },
      metric('latency_p99', { from: 'gate', to: 'basket' }, { quiet: 45, now: 2_000 }),
      ...failing('gate', 'basket'),
    ],
  },
  'memory-leak': {
    workload: 'prices',
    differences: [
      workload(
        'prices',
        {},
        container({ restarts: 2, lastTermination: { reason: 'OOMKilled', exitCode: 137, at: ago } }),
      ),
      metric('memory_working_set', 'prices', { quiet: 60 * 1_048_576, now: 120 * 1_048_576, limit: 128 * 1_048_576 }),
    ],
  },
} satisfies Partial<Record<FaultName, { readonly workload: string; readonly differences: readonly EvidenceData[] }>>;

/** A busy hour: everything moves a little, nothing is broken. */
export const restless: readonly EvidenceData[] = [
  ...edges.map((edge) => metric('request_rate', edge, { quiet: 20, now: 27 })),
  metric('latency_p99', 'gate', { quiet: 40, now: 75 }),
  metric('error_ratio', 'gate', { quiet: 0.001, now: 0.012 }),
  logs('basket', [{ template: 'retrying after timeout', level: 'warning', count: 4, countBefore: 3 }]),
];

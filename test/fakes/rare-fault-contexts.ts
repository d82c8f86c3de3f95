import type { EventData, EvidenceData, PodState, WorkloadData } from '../../src/domain/evidence.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import type { Placement } from '../../src/domain/pod-template.ts';
import type { AutoscalerData, MeshPolicyData, NodeData, RouteData } from '../../src/domain/surroundings.ts';
import { change, container, logs, metric, namespace, service, workload } from './synthetic-context.ts';

export const lately = '2026-11-22T11:59:20.000Z';
export const longAgo = '2026-11-22T09:00:00.000Z';

export const anywhere: Placement = {
  nodeSelector: {},
  nodeAffinity: [],
  antiAffinity: [],
  affinity: [],
  tolerations: [],
};

export const failing = (from: string, to: string): readonly EvidenceData[] => [
  metric('error_ratio', { from, to }, { quiet: 0, now: 0.9 }),
  metric('error_ratio', from, { quiet: 0, now: 0.4 }),
  metric('error_ratio', 'gate', { quiet: 0, now: 0.3 }),
];

export const event = (name: string, reason: string, about: Partial<EventData> = {}): EvidenceData => ({
  kind: 'event',
  type: 'Warning',
  reason,
  message: '',
  count: 1,
  lastSeenAt: lately,
  object: { apiVersion: 'v1', kind: 'Pod', namespace, name },
  ...about,
});

export const pod = (name: string, about: Partial<PodState> = {}): PodState => ({
  name,
  phase: 'Running',
  ready: true,
  node: 'worker-1',
  startedAt: longAgo,
  containers: [container()],
  ...about,
});

/** A workload whose new revision took the place of everything that worked. */
export const rollingOut = (about: Partial<WorkloadData> = {}): EvidenceData =>
  workload('prices', {
    replicas: 2,
    ready: 0,
    updated: 2,
    strategy: { type: 'RollingUpdate', maxSurge: 0, maxUnavailable: '100%' },
    pods: ['a', 'b'].map((name) =>
      pod(`prices-7-${name}`, {
        ready: false,
        startedAt: lately,
        containers: [container({ ready: false, state: 'waiting', reason: 'ContainerCreating' })],
      }),
    ),
    revisions: [
      { revision: 2, name: 'prices-7', createdAt: lately, replicas: 2, ready: 0, images: [] },
      { revision: 1, name: 'prices-6', createdAt: longAgo, replicas: 0, ready: 0, images: [] },
    ],
    ...about,
  });

/** A workload with a pod that finds no room. */
export const withoutRoom = (): EvidenceData =>
  workload('prices', {
    ready: 0,
    placement: anywhere,
    pods: [
      {
        name: 'prices-6-b',
        phase: 'Pending',
        ready: false,
        containers: [container({ ready: false, state: 'waiting' })],
        conditions: [
          {
            type: 'PodScheduled',
            status: 'False',
            reason: 'Unschedulable',
            message: '0/3 nodes are available: 3 Insufficient cpu.',
          },
        ],
      },
    ],
  });

export const scaler = (about: Partial<AutoscalerData> = {}): AutoscalerData => ({
  kind: 'autoscaler',
  autoscaler: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace, name: 'catalog-scaler' },
  target: { kind: 'Deployment', name: 'catalog' },
  min: 1,
  max: 4,
  current: 1,
  desired: 1,
  conditions: [
    { type: 'AbleToScale', status: 'True', since: longAgo },
    {
      type: 'ScalingActive',
      status: 'False',
      reason: 'FailedGetResourceMetric',
      message: 'missing request for cpu in container main',
      since: lately,
    },
  ],
  ...about,
});

/** A workload of which a pod was replaced although nobody rolled it out. */
export const replaced = (about: Partial<WorkloadData> = {}): EvidenceData =>
  workload('basket', {
    pods: [pod('basket-6-new', { startedAt: lately })],
    revisions: [{ revision: 3, name: 'basket-6', createdAt: longAgo, replicas: 1, ready: 1, images: [] }],
    ...about,
  });

export const localService = (): EvidenceData => service('basket', { trafficPolicy: 'Local' });

/** A workload that runs on one node only. */
export const runsOn = (name: string, node: string): EvidenceData =>
  workload(name, { pods: [pod(`${name}-6-a`, { node })] });

export const route = (about: Partial<RouteData> = {}): RouteData => ({
  kind: 'route',
  route: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', namespace, name: 'door' },
  createdAt: longAgo,
  backends: [{ host: 'bazaar.example', path: '/', service: 'gate', port: 81, state: 'no-port' }],
  ...about,
});

export const meshWall = (about: Partial<MeshPolicyData> = {}): MeshPolicyData => ({
  kind: 'mesh-policy',
  policy: { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', namespace, name: 'nobody' },
  createdAt: lately,
  selects: ['basket'],
  effect: 'denies-all',
  ...about,
});

/** A claim that waits, and the workload whose pod waits for it. */
export const waitingClaim = (): readonly EvidenceData[] => [
  workload('vault', {
    ready: 0,
    pods: [
      pod('vault-0', { phase: 'Pending', ready: false, containers: [container({ ready: false, state: 'waiting' })] }),
    ],
  }),
  {
    kind: 'claim',
    claim: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: 'vault-data' },
    phase: 'Pending',
    storageClass: 'fast',
    accessModes: ['ReadWriteOnce'],
    requestedBytes: 1_073_741_824,
    usedBy: ['vault'],
  },
];

const volume = (about: Partial<Extract<EvidenceData, { kind: 'volume' }>>): EvidenceData => ({
  kind: 'volume',
  name: 'disk-1',
  phase: 'Available',
  storageClass: 'slow',
  accessModes: ['ReadWriteOnce'],
  capacityBytes: 1_073_741_824,
  labels: {},
  ...about,
});

export const node = (about: Partial<NodeData>): EvidenceData => ({
  kind: 'node',
  name: 'worker-1',
  ready: true,
  unschedulable: false,
  taints: [],
  labels: {},
  allocatable: {},
  conditions: [{ type: 'Ready', status: 'True' }],
  ...about,
});

const unit = (name: string): EvidenceData => ({ kind: 'unit', node: 'worker-1', unit: name, active: false });

const pulling = (message: string): EvidenceData =>
  workload(
    'catalog',
    {},
    container({ image: 'registry.example/app:2', ready: false, state: 'waiting', reason: 'ImagePullBackOff', message }),
  );

const complaint = (name: string, template: string): EvidenceData =>
  logs(name, [{ template, level: 'error', count: 40, countBefore: 0 }]);

/** Faults that are seen rarely, or with few other signs: each as everything shows it. */
export const rareFaultContexts = {
  'rollout-strategy': {
    workload: 'prices',
    differences: [
      rollingOut(),
      change('prices', '/spec/strategy/rollingUpdate/maxUnavailable', { before: '25%', after: '100%' }),
    ],
  },
  'rollout-paused': {
    workload: 'gate',
    differences: [workload('gate', { paused: true, updated: 0 }), change('gate', '/spec/paused', { after: true })],
  },
  'priority-preempted': {
    workload: 'prices',
    differences: [
      withoutRoom(),
      event('prices-6-a', 'Preempted', { message: 'Preempted by pod 7f1c on node worker-2' }),
    ],
  },
  autoscaler: {
    workload: 'catalog',
    differences: [
      scaler(),
      metric('latency_p99', 'catalog', { quiet: 40, now: 900 }),
      metric('latency_p99', { from: 'gate', to: 'catalog' }, { quiet: 45, now: 910 }),
      metric('latency_p99', 'gate', { quiet: 40, now: 950 }),
    ],
  },
  'pods-killed': {
    workload: 'basket',
    differences: [replaced(), event('basket-6-old', 'Killing', { type: 'Normal' }), ...failing('gate', 'basket')],
  },
  'load-surge': {
    workload: 'gate',
    differences: [
      metric('request_rate', 'gate', { quiet: 40, now: 200 }),
      metric('request_rate', 'catalog', { quiet: 40, now: 190 }),
      metric('request_rate', 'basket', { quiet: 40, now: 190 }),
      metric('latency_p99', 'gate', { quiet: 40, now: 600 }),
      metric('latency_p99', 'catalog', { quiet: 40, now: 500 }),
      metric('latency_p99', { from: 'gate', to: 'catalog' }, { quiet: 45, now: 510 }),
    ],
  },
  'traffic-policy': {
    workload: 'basket',
    differences: [
      localService(),
      runsOn('basket', 'worker-1'),
      runsOn('gate', 'worker-2'),
      change('basket', '/spec/internalTrafficPolicy', { before: 'Cluster', after: 'Local', kind: 'Service' }),
      ...failing('gate', 'basket'),
    ],
  },
  'gateway-route': {
    workload: 'gate',
    differences: [
      route(),
      change('door', '/spec/rules/0/http/paths/0/backend/service/port/number', {
        before: 80,
        after: 81,
        kind: 'Ingress',
      }),
      metric('request_rate', 'gate', { quiet: 40, now: 0 }),
    ],
  },
  'mesh-policy': { workload: 'basket', differences: [meshWall(), ...failing('gate', 'basket')] },
  'image-registry': {
    workload: 'catalog',
    differences: [pulling('dial tcp: lookup registry.example: no such host')],
  },
  'image-pull-secret': {
    workload: 'catalog',
    differences: [pulling('unexpected status from HEAD request: 401 Unauthorized')],
  },
  'volume-mount': {
    workload: 'vault',
    differences: [
      workload('vault', {}, container({ ready: false, state: 'waiting', reason: 'ContainerCreating' })),
      event('vault-5b8c7d9f4-x2x8p', 'FailedMount', { message: 'MountVolume.SetUp failed: permission denied' }),
    ],
  },
  'dns-failure': {
    workload: 'gate',
    differences: [
      complaint('gate', 'dial tcp: lookup basket on 10.96.0.10:53: server misbehaving'),
      metric('error_ratio', 'gate', { quiet: 0, now: 0.5 }),
    ],
  },
  'database-credentials': {
    workload: 'basket',
    differences: [complaint('basket', 'WRONGPASS invalid username-password pair'), ...failing('gate', 'basket')],
  },
  'database-read-only': {
    workload: 'vault',
    differences: [
      complaint('basket', "READONLY You can't write against a read only replica"),
      ...failing('gate', 'basket'),
    ],
  },
  'volume-claim': { workload: 'vault', differences: [...waitingClaim(), volume({})] },
  'volume-occupied': {
    workload: 'vault',
    differences: [
      ...waitingClaim(),
      volume({ phase: 'Released', storageClass: 'fast', claim: `${namespace}/older-data` }),
    ],
  },
  'node-down': {
    workload: 'worker-1',
    differences: [
      node({
        ready: false,
        conditions: [{ type: 'Ready', status: 'Unknown', message: 'Kubelet stopped posting node status.' }],
      }),
    ],
  },
  'kube-proxy-down': { workload: 'worker-1', differences: [unit('kube-proxy')] },
  'scheduler-down': { workload: 'worker-1', differences: [unit('kube-scheduler')] },
} satisfies Partial<Record<FaultName, { readonly workload: string; readonly differences: readonly EvidenceData[] }>>;

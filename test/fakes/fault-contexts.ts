import type { EvidenceData } from '../../src/domain/evidence.ts';
import type { FaultName } from '../../src/domain/fault.ts';
import { change, container, edges, logs, metric, service, workload } from './synthetic-context.ts';

const ago = '2026-11-22T11:59:40.000Z';

const failing = (from: string, to: string): readonly EvidenceData[] => [
  metric('error_ratio', { from, to }, { quiet: 0, now: 0.9 }),
  metric('error_ratio', from, { quiet: 0, now: 0.4 }),
  metric('error_ratio', 'gate', { quiet: 0, now: 0.3 }),
];

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
} satisfies Partial<Record<FaultName, { readonly workload: string; readonly differences: readonly EvidenceData[] }>>;

/** A busy hour: everything moves a little, nothing is broken. */
export const restless: readonly EvidenceData[] = [
  ...edges.map((edge) => metric('request_rate', edge, { quiet: 20, now: 27 })),
  metric('latency_p99', 'gate', { quiet: 40, now: 75 }),
  metric('error_ratio', 'gate', { quiet: 0.001, now: 0.012 }),
  logs('basket', [{ template: 'retrying after timeout', level: 'warning', count: 4, countBefore: 3 }]),
];

import type { Shot } from './alert-cannon.ts';
import { createSeeded } from './seeded.ts';

/** One thing that can fire: a rule on a workload. */
export interface Fingerprint {
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  readonly workload: string;
}

const rules = [
  'HighErrorRate',
  'LatencyAboveObjective',
  'ReplicasUnavailable',
  'ErrorBudgetBurnsFast',
  'ErrorBudgetBurnsSlowly',
  'NoReadyEndpoints',
  'RequestsFail',
  'ProbeFailed',
] as const;

/** Eight rules on each workload. */
export const fingerprintsOf = (namespace: string, workloads: readonly string[]): readonly Fingerprint[] =>
  workloads.flatMap((workload) =>
    rules.map((name) => ({ id: `storm-${namespace}-${workload}-${name}`, name, namespace, workload })),
  );

/** One alert as Alertmanager writes it. */
export const wireAlert = (from: Fingerprint, status: 'firing' | 'resolved', startsAt: string) => ({
  status,
  labels: {
    alertname: from.name,
    namespace: from.namespace,
    deployment: from.workload,
    severity: 'critical',
    team: 'shop',
    cluster: 'laboratory',
  },
  annotations: {
    summary: `${from.workload}: ${from.name}`,
    description: `The rule ${from.name} has been true for ${from.workload} in ${from.namespace} for one minute.`,
  },
  startsAt,
  endsAt: status === 'resolved' ? new Date().toISOString() : '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.example/graph?g0.expr=up&g0.tab=1',
  fingerprint: from.id,
});

/** One delivery of Alertmanager. */
export const batchBody = (alerts: readonly unknown[]): string =>
  JSON.stringify({
    version: '4',
    status: 'firing',
    receiver: 'ai4all-sre',
    groupKey: 'storm',
    truncatedAlerts: 0,
    alerts,
  });

/** A firing in this storm: which fingerprint, and which of its firings. */
interface Flap {
  firing: boolean;
  startsAt: string;
}

/**
 * So many alerts of these fingerprints, evenly over a time, in shuffled batches. One in ten turns over: a firing one is
 * resolved, a resolved one fires anew; all others are repeats of what was said before.
 */
export const stormShots = (storm: {
  readonly fingerprints: readonly Fingerprint[];
  readonly alerts: number;
  readonly batch: number;
  readonly overMs: number;
  readonly seed: number;
}): readonly Shot[] => {
  const random = createSeeded(storm.seed);
  const startedMs = Date.now();
  const states = new Map<string, Flap>();
  const next = (atMs: number) => {
    const from = storm.fingerprints[Math.floor(random() * storm.fingerprints.length)];
    if (from === undefined) throw new Error('a storm has fingerprints');
    const at = new Date(startedMs + atMs).toISOString();
    const known = states.get(from.id);
    const turns = known === undefined || random() < 0.1;
    const state = turns
      ? { firing: known?.firing !== true, startsAt: known?.firing === true ? known.startsAt : at }
      : known;
    states.set(from.id, state);
    return wireAlert(from, state.firing ? 'firing' : 'resolved', state.startsAt);
  };
  return Array.from({ length: Math.ceil(storm.alerts / storm.batch) }, (_, index) => {
    const atMs = (index * storm.batch * storm.overMs) / storm.alerts;
    return { atMs, body: batchBody(Array.from({ length: storm.batch }, () => next(atMs))) };
  });
};

import type { CaseFile } from '../domain/case-file.ts';
import type { Check } from '../domain/verification.ts';
import { limits } from '../limits.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Metrics } from '../ports/metrics.ts';
import { answerWithin } from './collect-within.ts';
import { alertCheck } from './vital-alerts.ts';
import { endpointChecks, rolloutCheck } from './vital-objects.ts';
import { readSignals } from './vital-signals.ts';
import { judgedSince, patientsOf, pendingOf } from './vital-subjects.ts';

/** Who is asked again. `budgetMs` bounds each question; queryMsMax when it is not given. */
export interface VitalSources {
  readonly metrics: Metrics;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly budgetMs?: number;
}

/**
 * Re-reads the world for a case and says, check by check, what is well: rollouts, endpoints, the signals of the patients and
 * their callers against the quiet window, and the alerts. Only points newer than the last write count. Never throws for a
 * source: no answer is a failed check with its reason. Without an attempt it tells whether all is well now.
 */
export const createVitalSigns = ({ metrics, cluster, clock, budgetMs = limits.queryMsMax }: VitalSources) => {
  return async (file: CaseFile): Promise<readonly Check[]> => {
    const { namespace } = file.incident;
    const patients = patientsOf(file);
    const [workloads, services, alerts, readings] = await Promise.all([
      answerWithin(() => cluster.workloads(namespace), 'workloads', budgetMs),
      answerWithin(() => cluster.services(namespace), 'services', budgetMs),
      answerWithin(() => metrics.activeAlerts(namespace), 'alerts', budgetMs),
      readSignals({ metrics, clock, budgetMs }, file),
    ]);
    // When nothing seems wrong the alert itself is the suspect: that it still fires says nothing about the world.
    const alertIsSuspect = file.verdict?.cause?.fault === 'none';
    const pending = pendingOf(file);
    const objectChecks = (workload: string, role: 'patient' | 'pending'): readonly Check[] =>
      [rolloutCheck(workload, workloads, judgedSince(file)), ...endpointChecks(workload, services)].map((check) => ({
        ...check,
        workload,
        role,
      }));
    return [
      ...patients.flatMap((workload) => objectChecks(workload, 'patient')),
      ...pending.flatMap((workload) => objectChecks(workload, 'pending')),
      ...readings,
      // An alert may fire for what still waits for its turn.
      ...(alertIsSuspect || pending.length > 0 ? [] : [alertCheck(file.alerts, alerts)]),
    ];
  };
};

import type { CaseFile } from '../domain/case-file.ts';
import type { MetricData, Signal, Window } from '../domain/evidence.ts';
import type { Check } from '../domain/verification.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { Metrics } from '../ports/metrics.ts';
import { answerWithin } from './collect-within.ts';
import { alertCheck } from './vital-alerts.ts';
import { endpointChecks, rolloutCheck } from './vital-objects.ts';
import { readingCheck, vitalsOf } from './vital-readings.ts';
import { judgedSince, patientsOf, witnessesOf } from './vital-subjects.ts';

/** Who is asked again. `budgetMs` bounds each question; queryMsMax when it is not given. */
export interface VitalSources {
  readonly metrics: Metrics;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly budgetMs?: number;
}

/** How far back a signal is judged; shorter when the remedy is younger. */
const recentMs = 60_000;
const recentPointsMax = 60;

const windowSince = (since: string | undefined, nowMs: number): Window => {
  const from = Math.max(nowMs - recentMs, since === undefined ? 0 : Date.parse(since));
  return { from: new Date(Math.min(from, nowMs)).toISOString(), to: new Date(nowMs).toISOString() };
};

/**
 * Re-reads the world for a case and says, check by check, what is well: rollouts, endpoints, the signals of the patients and
 * their callers against the quiet window, and the alerts. Only points newer than the last write count. Never throws for a
 * source: no answer is a failed check with its reason. Without an attempt it tells whether all is well now.
 */
export const createVitalSigns = ({ metrics, cluster, clock, budgetMs = limits.queryMsMax }: VitalSources) => {
  const readSignals = async (file: CaseFile): Promise<readonly Check[]> => {
    if (file.context === undefined) return [];
    const vitals = vitalsOf(file.context, patientsOf(file), witnessesOf(file));
    const since = judgedSince(file);
    const window = windowSince(since, clock.nowMs());
    const { namespace } = file.incident;
    const signals = [...new Set(vitals.map(({ signal }) => signal))];
    const ask = (signal: Signal): Promise<Answer<readonly MetricData[]>> =>
      answerWithin(
        () => metrics.series({ namespace, signal, by: 'workload', window, pointsMax: recentPointsMax }),
        signal,
        budgetMs,
      );
    const answers = new Map(await Promise.all(signals.map(async (signal) => [signal, await ask(signal)] as const)));
    return vitals.flatMap((vital) => {
      const answer = answers.get(vital.signal);
      return answer === undefined ? [] : [readingCheck(vital, answer, { window, afterRemedy: since !== undefined })];
    });
  };

  return async (file: CaseFile): Promise<readonly Check[]> => {
    const { namespace } = file.incident;
    const patients = patientsOf(file);
    const [workloads, services, alerts, readings] = await Promise.all([
      answerWithin(() => cluster.workloads(namespace), 'workloads', budgetMs),
      answerWithin(() => cluster.services(namespace), 'services', budgetMs),
      answerWithin(() => metrics.activeAlerts(namespace), 'alerts', budgetMs),
      readSignals(file),
    ]);
    return [
      ...patients.map((patient) => rolloutCheck(patient, workloads)),
      ...patients.flatMap((patient) => endpointChecks(patient, services)),
      ...readings,
      alertCheck(file.alerts, alerts),
    ];
  };
};

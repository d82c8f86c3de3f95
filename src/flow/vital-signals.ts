import type { CaseFile } from '../domain/case-file.ts';
import type { MetricData, Signal, Window } from '../domain/evidence.ts';
import type { Check } from '../domain/verification.ts';
import type { Answer } from '../ports/answer.ts';
import type { Clock } from '../ports/clock.ts';
import type { Metrics } from '../ports/metrics.ts';
import { answerWithin } from './collect-within.ts';
import { feltSignals, readingCheck, vitalsOf } from './vital-readings.ts';
import { judgedSince, patientsOf, suffersFromPending, witnessesOf } from './vital-subjects.ts';

/** How far back a signal is judged; shorter when the remedy is younger. */
const recentMs = 60_000;
const recentPointsMax = 60;

const windowSince = (since: string | undefined, nowMs: number): Window => {
  const from = Math.max(nowMs - recentMs, since === undefined ? 0 : Date.parse(since));
  return { from: new Date(Math.min(from, nowMs)).toISOString(), to: new Date(nowMs).toISOString() };
};

/** Reads the vital signals of a case's patients and witnesses again, and judges each by the points since the last write. */
export const readSignals = async (
  sources: { readonly metrics: Metrics; readonly clock: Clock; readonly budgetMs: number },
  file: CaseFile,
): Promise<readonly Check[]> => {
  const { metrics, clock, budgetMs } = sources;
  if (file.context === undefined) return [];
  const patients = patientsOf(file);
  const vitals = vitalsOf(file.context, patients, witnessesOf(file));
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
    if (answer === undefined) return [];
    const check = readingCheck(vital, answer, { window, afterRemedy: since !== undefined });
    const isBystander = feltSignals.includes(vital.signal) && suffersFromPending(file, vital.workload) !== undefined;
    const role = patients.includes(vital.workload) && !isBystander ? 'patient' : 'witness';
    return [{ ...check, workload: vital.workload, role }];
  });
};

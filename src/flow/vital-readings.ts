import { bandOf, levelOf, within } from '../analysis/shift.ts';
import { formatSignal, signalTraits } from '../analysis/signal-trait.ts';
import type { Context } from '../domain/context.ts';
import { counted } from '../domain/counted.ts';
import type { MetricData, Signal, Window } from '../domain/evidence.ts';
import type { Check } from '../domain/verification.ts';
import type { Answer } from '../ports/answer.ts';

/** The signals that are looked at again: what users feel, and what runs short. */
export const vitalSignals = ['error_ratio', 'latency_p99', 'cpu_usage', 'cpu_throttled_ratio', 'connections'] as const;
/** What users feel: it may come from a workload further down the calls. */
export const feltSignals: readonly Signal[] = ['error_ratio', 'latency_p99'];

/** Fewer points than this since the remedy prove nothing. */
const pointsMin = 3;

/** A signal of a workload that was measured before the trouble, with its quiet values. */
export interface Vital {
  readonly signal: Signal;
  readonly workload: string;
  readonly quiet: readonly number[];
}

const quietValues = (data: MetricData, context: Context): readonly number[] =>
  within(data.points, context.baseline).map(([, value]) => value);

/**
 * What to look at again: everything vital of the patients, and what the other witnesses felt. A signal that was
 * not measured in the quiet window has no band to come back to and is left out.
 */
export const vitalsOf = (
  context: Context,
  patients: readonly string[],
  witnesses: readonly string[],
): readonly Vital[] =>
  context.evidence.flatMap(({ data }): readonly Vital[] => {
    if (data?.kind !== 'metric' || data.edge !== undefined || !witnesses.includes(data.workload)) return [];
    const { signal, workload } = data;
    const vital = vitalSignals.some((name) => name === signal);
    if (!vital || (!patients.includes(workload) && !feltSignals.includes(signal))) return [];
    const quiet = quietValues(data, context);
    return quiet.length === 0 ? [] : [{ signal, workload, quiet }];
  });

const sinceInWords = (judged: boolean): string => (judged ? 'since the remedy' : 'in the last minute');

/** Whether a signal is back in its quiet band, by the points of `window` alone. */
export const readingCheck = (
  vital: Vital,
  answer: Answer<readonly MetricData[]>,
  span: { readonly window: Window; readonly afterRemedy: boolean },
): Check => {
  const { signal, workload, quiet } = vital;
  const name = `${signalTraits[signal].title} of ${workload}`;
  if (answer.outcome === 'unreachable') {
    return { name, passed: false, answered: false, observation: `Prometheus gave no answer: ${answer.reason}.` };
  }
  const series = answer.outcome === 'found' ? answer.value.find((each) => each.workload === workload) : undefined;
  const points = within(series?.points ?? [], span.window);
  const now = levelOf(points);
  const band = bandOf(signal, quiet);
  if (points.length < pointsMin || now === undefined) {
    return {
      name,
      passed: false,
      measured: false,
      observation: `Only ${counted(points.length, 'point')} ${sinceInWords(span.afterRemedy)}: too few to say.`,
    };
  }
  if (band === undefined) return { name, passed: true, observation: `It is ${formatSignal(signal, now)}.` };
  const passed = now <= band.high;
  const verdict = passed ? 'back within' : 'still above';
  return {
    name,
    passed,
    observation: `It is ${formatSignal(signal, now)}, ${verdict} the quiet ${formatSignal(signal, band.quiet)} (at most ${formatSignal(signal, band.high)}).`,
  };
};

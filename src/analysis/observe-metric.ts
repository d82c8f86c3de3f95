import type { MetricData } from '../domain/evidence.ts';
import type { Shift } from './shift.ts';
import { isTrouble } from './shift.ts';
import { formatSignal, signalTraits } from './signal-trait.ts';

/** What a series is about: a workload, or an edge as `a -> b`. */
export const metricSubject = ({ workload, edge }: MetricData): string =>
  edge === undefined ? workload : `${edge.from} -> ${edge.to}`;

const limitInWords = ({ signal, limit }: MetricData, now: number): string =>
  limit === undefined || limit <= 0
    ? ''
    : `; that is ${Math.round((100 * now) / limit)} % of its limit of ${formatSignal(signal, limit)}`;

const standingInWords = (signal: MetricData['signal'], { standing, quiet, band }: Shift): string => {
  if (quiet === undefined || band === undefined) return ' (no quiet window to compare with)';
  const before = `${formatSignal(signal, quiet)} in the quiet window`;
  if (standing === 'ordinary') return `, ordinary (${before})`;
  const edge = standing === 'high' ? band.high : Math.max(0, band.low);
  return ` against ${before}, ${standing === 'high' ? 'above' : 'below'} the ordinary ${formatSignal(signal, edge)}`;
};

/** One sentence of what a series shows now against its quiet window, with units. `since` is an instant in epoch seconds. */
export const observeMetric = (data: MetricData, shift: Shift | undefined, since?: number): string => {
  const { signal } = data;
  const head = `The ${signalTraits[signal].title} of ${metricSubject(data)}`;
  if (shift === undefined) return `${head} was not measured in the window.`;
  const moved = since === undefined ? '' : `, since ${new Date(since * 1000).toISOString().slice(11, 19)} UTC`;
  return `${head} is ${formatSignal(signal, shift.now)}${standingInWords(signal, shift)}${moved}${limitInWords(data, shift.now)}.`;
};

/** How much a series says, 0..1: much when it is troubled or near its limit, a little when it moved, next to nothing when it is ordinary. */
export const metricStrength = (data: MetricData, shift: Shift | undefined): number => {
  if (shift === undefined) return 0.05;
  const filled = data.limit === undefined || data.limit <= 0 ? 0 : shift.now / data.limit;
  if (isTrouble(data.signal, shift)) return Math.min(0.9, 0.5 + 0.04 * shift.score + (filled >= 0.9 ? 0.1 : 0));
  if (filled >= 0.9 && data.signal === 'connections') return 0.6;
  return shift.standing === 'ordinary' ? 0.1 : 0.25;
};

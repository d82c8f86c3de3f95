import { counted } from '../domain/counted.ts';
import type { PathShift, TimeShift, TraceData } from '../domain/trace.ts';
import { formatSignal } from './signal-trait.ts';

const ms = (value: number): string => formatSignal('latency_p50', value);

const stepInWords = ({ operation, after, next, count, of, countQuiet, ofQuiet, usually }: PathShift): string => {
  const place = after === 'start' ? `${operation} begins` : `after ${after}, ${operation} goes on`;
  const step = next === 'end' ? 'and ends at once' : `with ${next}`;
  return `${place} ${step} instead of ${usually} in ${count} of ${of} cases (${countQuiet} of ${ofQuiet} in the quiet window)`;
};

/** The excess speaks, the median only beside it: a trouble that began in the middle of the window leaves most calls as they were. */
const beyondInWords = ({ now, quiet, high, excess, count }: TimeShift): string =>
  `${ms(excess)} longer on average than the ordinary ${ms(high)} (${counted(count, 'trace')}; median ${ms(now)}, ${ms(quiet)} in the quiet window)`;

const standingWords: Readonly<Record<TimeShift['standing'], string>> = {
  raised: 'more than ordinary',
  suspected: 'more than ordinary, though so few may be late by chance',
  ordinary: 'ordinary',
  unknown: 'too few to tell from chance',
};

/** One sentence of what traces show of a workload or an edge. */
export const observeTrace = ({ workload, edge, times, paths }: TraceData): string => {
  const [worst] = times;
  const [step] = paths;
  if (edge !== undefined && worst !== undefined) {
    const calls = `Traces show calls from ${edge.from} to ${edge.to} wait on the way`;
    const standing = standingWords[worst.standing];
    if (worst.excess > 0) return `${calls} ${beyondInWords(worst)}: ${standing}.`;
    return `${calls} ${ms(worst.now)}, ${standing} (${counted(worst.count, 'trace')}; ${ms(worst.quiet)} in the quiet window).`;
  }
  const changed = step === undefined ? '' : ` Changed steps: ${stepInWords(step)}.`;
  if (worst === undefined || worst.standing !== 'raised') {
    return `The traces show no unusual work inside ${workload}.${changed}`;
  }
  return `Traces show ${worst.of} in ${workload} works ${beyondInWords(worst)}.${changed}`;
};

/** How much the traces of a workload or an edge say, 0..1. */
export const traceStrength = ({ times, paths }: TraceData): number => {
  const has = (wanted: TimeShift['standing']): boolean => times.some(({ standing }) => standing === wanted);
  const odd = times.some(
    ({ standing, countQuiet, now, high }) => standing === 'unknown' && countQuiet > 0 && now > high,
  );
  const late = has('raised') ? 0.6 : has('suspected') ? 0.4 : odd ? 0.3 : 0;
  return Math.max(late, paths.some(({ own }) => own > 0) ? 0.7 : 0, paths.length > 0 ? 0.4 : 0, 0.1);
};

/** The name that trace evidence is filed under. */
export const traceSubject = ({ workload, edge }: TraceData): string =>
  edge === undefined ? workload : `${edge.from} -> ${edge.to}`;

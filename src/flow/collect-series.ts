import { metricSubject } from '../analysis/observe-metric.ts';
import { onsetOf } from '../analysis/onset.ts';
import { recentPoints, type Shift, within } from '../analysis/shift.ts';
import { signalTraits } from '../analysis/signal-trait.ts';
import { thinPoints } from '../analysis/thin-points.ts';
import type { MetricData } from '../domain/evidence.ts';
import { limits } from '../limits.ts';
import type { CollectWindows } from './collect-windows.ts';

/** Numbers only, oldest first, one a moment. */
const clean = (points: MetricData['points']): MetricData['points'] =>
  points
    .filter(([at, value]) => Number.isFinite(at) && Number.isFinite(value))
    .toSorted(([left], [right]) => left - right)
    .filter(([at], index, sorted) => at !== sorted[index + 1]?.[0]);

const isNamed = ({ workload, edge }: MetricData): boolean =>
  [workload, edge?.from ?? '', edge?.to ?? ''].every((name) => name.length <= limits.nameCharsMax);

/**
 * One series a subject: where a source tells one twice, the one that says more. What carries a name that no object can have
 * is left out, and so is what is beyond `limits.seriesMax`.
 */
export const distinctSeries = (series: readonly MetricData[]): readonly MetricData[] => {
  const bySubject = new Map<string, MetricData>();
  for (const data of series.filter(isNamed).slice(0, limits.seriesMax)) {
    const known = bySubject.get(metricSubject(data));
    if (known === undefined || known.points.length < data.points.length) bySubject.set(metricSubject(data), data);
  }
  return [...bySubject.values()];
};

/** A series of both windows in one, oldest first; what is no number, or lies in neither, is left out. */
export const joined = (now: MetricData, before: MetricData | undefined, windows: CollectWindows): MetricData => ({
  ...now,
  points: [
    ...within(clean(before?.points ?? []), windows.baseline).filter(
      ([at]) => at * 1000 < Date.parse(windows.window.from),
    ),
    ...within(clean(now.points), windows.window),
  ],
});

/** The series with at most `max` points, half for each window; the present stays as it is. */
export const thinned = (data: MetricData, windows: CollectWindows, max: number): MetricData => {
  const half = Math.floor(max / 2);
  const startsAt = Date.parse(windows.window.from) / 1000;
  return {
    ...data,
    points: [
      ...thinPoints(
        data.points.filter(([at]) => at < startsAt),
        half,
        1,
      ),
      ...thinPoints(
        data.points.filter(([at]) => at >= startsAt),
        half,
        recentPoints,
      ),
    ],
  };
};

/** When a raised series left its quiet level, in epoch seconds. */
export const sinceOf = (data: MetricData, shift: Shift | undefined, windows: CollectWindows): number | undefined =>
  shift?.standing === 'high'
    ? onsetOf(
        within(data.points, windows.baseline),
        within(data.points, windows.window),
        signalTraits[data.signal].floor,
      )
    : undefined;

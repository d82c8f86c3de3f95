import { metricStrength, metricSubject, observeMetric } from '../analysis/observe-metric.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import { shiftOf } from '../analysis/shift.ts';
import { signalTraits } from '../analysis/signal-trait.ts';
import type { MetricData } from '../domain/evidence.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { SeriesRequest } from '../ports/metrics.ts';
import { sinceOf, thinned } from './collect-series.ts';
import type { CollectWindows } from './collect-windows.ts';

type Asked = Pick<SeriesRequest, 'signal' | 'by'>;

/** A healthy series keeps so many points of each window: a scrape a minute of the quiet time, enough to compare, little to store. */
const healthyPointsMax = 20;
const healthyStrengthMax = 0.25;

/** The draft of one series, with as many points as it has to say. */
export const metricDraft = (data: MetricData, answer: Answer<unknown>, windows: CollectWindows): EvidenceDraft => {
  const shift = shiftOf(data, windows);
  const strength = metricStrength(data, shift);
  // Most series are healthy: they keep neither all points nor a link, so that a case stays small enough to store.
  const telling = strength > healthyStrengthMax;
  const pointsMax = telling ? limits.seriesPointsMax / 2 : 2 * healthyPointsMax;
  return {
    kind: 'metric',
    subject: metricSubject(data),
    window: { from: windows.baseline.from, to: windows.window.to },
    query: answer.query,
    ...(telling && answer.outcome !== 'unreachable' && answer.link !== undefined ? { link: answer.link } : {}),
    outcome: shift === undefined ? 'empty' : 'found',
    observation: observeMetric(data, shift, sinceOf(data, shift, windows)),
    data: thinned(data, windows, pointsMax),
    workloads: data.edge === undefined ? [data.workload] : [data.edge.from, data.edge.to],
    strength,
  };
};

/** The draft that says that nobody has such a series. */
export const emptyMetricDraft = ({ signal, by }: Asked, query: string, windows: CollectWindows): EvidenceDraft => ({
  kind: 'metric',
  subject: `every ${by}`,
  window: windows.window,
  query,
  outcome: 'empty',
  observation: `No ${by} has a ${signalTraits[signal].title} in the window.`,
  workloads: [],
  strength: 0.03,
});

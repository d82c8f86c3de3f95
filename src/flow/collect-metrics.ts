import { metricStrength, metricSubject, observeMetric } from '../analysis/observe-metric.ts';
import type { EvidenceDraft } from '../analysis/rank-evidence.ts';
import { shiftOf } from '../analysis/shift.ts';
import { signalTraits } from '../analysis/signal-trait.ts';
import type { MetricData, Signal } from '../domain/evidence.ts';
import { limits } from '../limits.ts';
import type { Answer } from '../ports/answer.ts';
import type { Metrics, SeriesRequest } from '../ports/metrics.ts';
import { surroundingDrafts } from './collect-objects.ts';
import { joined, sinceOf, thinned } from './collect-series.ts';
import { createTurns } from './collect-turns.ts';
import type { CollectWindows } from './collect-windows.ts';
import { answerWithin, firstSilence, type Gathered, heldBy, type Patience } from './collect-within.ts';

type Asked = Pick<SeriesRequest, 'signal' | 'by'>;

const edgeSignals: readonly Signal[] = ['request_rate', 'error_ratio', 'latency_p50', 'latency_p99'];

const asked: readonly Asked[] = [
  ...(Object.keys(signalTraits) as readonly Signal[]).map((signal) => ({
    signal,
    by: signal === 'tcp_retransmits' ? ('node' as const) : ('workload' as const),
  })),
  ...edgeSignals.map((signal) => ({ signal, by: 'edge' as const })),
];

/** Two dozen questions at once would be none answered in time. */
const questionsAtOnce = 4;

/** The trouble is looked at closely, the quiet time before it only often enough to know its level and spread. */
const pointsOf = { window: limits.seriesPointsMax / 2, baseline: limits.seriesPointsMax / 4 } as const;

/** A healthy series keeps so many points of each window: a scrape a minute of the quiet time, enough to compare, little to store. */
const healthyPointsMax = 20;
const healthyStrengthMax = 0.25;

const draftOf = (data: MetricData, answer: Answer<unknown>, windows: CollectWindows): EvidenceDraft => {
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

const emptyDraft = ({ signal, by }: Asked, query: string, windows: CollectWindows): EvidenceDraft => ({
  kind: 'metric',
  subject: `every ${by}`,
  window: windows.window,
  query,
  outcome: 'empty',
  observation: `No ${by} has a ${signalTraits[signal].title} in the window.`,
  workloads: [],
  strength: 0.03,
});

/** Reads every golden signal by workload and by edge, now and in the quiet window, a few questions at a time. */
export const collectMetrics = async (request: {
  readonly metrics: Metrics;
  readonly namespace: string;
  readonly windows: CollectWindows;
  readonly patience: Patience;
}): Promise<Gathered> => {
  const { metrics, namespace, windows, patience } = request;
  const inTurn = createTurns(questionsAtOnce);
  const read = (what: Asked, window: 'window' | 'baseline') =>
    inTurn(() =>
      answerWithin(
        () => metrics.series({ ...what, namespace, window: windows[window], pointsMax: pointsOf[window] }),
        `${what.signal} by ${what.by} in ${namespace}`,
        patience(),
      ),
    );
  const answers = await Promise.all(
    asked.map(async (what) => {
      const [now, before] = await Promise.all([read(what, 'window'), read(what, 'baseline')]);
      return { what, now, before };
    }),
  );
  const units = await inTurn(() => answerWithin(() => metrics.units(), 'system services of the nodes', patience()));
  const drafts = answers.flatMap(({ what, now, before }) => {
    if (now.outcome === 'empty') return [emptyDraft(what, now.query, windows)];
    const quiet = new Map((heldBy(before) ?? []).map((data) => [metricSubject(data), data]));
    return (heldBy(now) ?? []).map((data) =>
      draftOf(joined(data, quiet.get(metricSubject(data)), windows), now, windows),
    );
  });
  return {
    drafts: [...drafts, ...surroundingDrafts(units, windows)],
    silent: firstSilence('metrics', 'metric', [...answers.flatMap(({ now, before }) => [now, before]), units]),
  };
};

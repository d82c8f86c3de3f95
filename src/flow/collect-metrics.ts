import { metricSubject } from '../analysis/observe-metric.ts';
import { signalTraits } from '../analysis/signal-trait.ts';
import type { Signal } from '../domain/evidence.ts';
import { limits } from '../limits.ts';
import type { Metrics, SeriesRequest } from '../ports/metrics.ts';
import { distinctSeries, joined } from './collect-series.ts';
import { surroundingDrafts } from './collect-surroundings.ts';
import { createTurns } from './collect-turns.ts';
import type { CollectWindows } from './collect-windows.ts';
import { answerWithin, firstSilence, type Gathered, heldBy, type Patience } from './collect-within.ts';
import { emptyMetricDraft, metricDraft } from './metric-drafts.ts';

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
    if (now.outcome === 'empty') return [emptyMetricDraft(what, now.query, windows)];
    const quiet = new Map(distinctSeries(heldBy(before) ?? []).map((data) => [metricSubject(data), data]));
    return distinctSeries(heldBy(now) ?? []).map((data) =>
      metricDraft(joined(data, quiet.get(metricSubject(data)), windows), now, windows),
    );
  });
  return {
    drafts: [...drafts, ...surroundingDrafts(units, windows)],
    silent: firstSilence('metrics', 'metric', [...answers.flatMap(({ now, before }) => [now, before]), units]),
  };
};

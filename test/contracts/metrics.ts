import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricData, Signal, Window } from '../../src/domain/evidence.ts';
import { limits } from '../../src/limits.ts';
import type { Answer } from '../../src/ports/answer.ts';
import type { Metrics } from '../../src/ports/metrics.ts';

/** A source of metrics over a shop that is well, and what is known about that shop. */
export interface MetricsSubject {
  readonly metrics: Metrics;
  /** The same adapter, pointed at nothing that answers. */
  readonly unreachable: Metrics;
  readonly namespace: string;
  /** A span in which the shop was well and busy. */
  readonly window: Window;
  readonly workload: string;
  readonly edge: { readonly from: string; readonly to: string };
  /** A workload that counts connections. */
  readonly dataStore: string;
  /** An alert that fires in the namespace now. */
  readonly alert: string;
  close(): Promise<void>;
}

const found = <T>(answer: Answer<T>): T => {
  if (answer.outcome !== 'found') throw new Error(`${answer.outcome}: ${JSON.stringify(answer)}`);
  return answer.value;
};

const latest = (series: MetricData | undefined): number => series?.points.at(-1)?.[1] ?? Number.NaN;

/** What every source of metrics must keep to. */
export const metricsContract = (name: string, start: () => Promise<MetricsSubject>): void => {
  describe(`${name} keeps the contract of metrics`, () => {
    let subject: MetricsSubject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject.close());

    const ask = (signal: Signal, by: 'workload' | 'edge' = 'workload') =>
      subject.metrics.series({ namespace: subject.namespace, signal, by, window: subject.window });
    const of = (series: readonly MetricData[], workload: string) =>
      series.find((one) => one.workload === workload && one.edge === undefined);

    it.each<[Signal, string]>([
      ['request_rate', 'requests/s'],
      ['error_ratio', 'ratio'],
      ['latency_p50', 'ms'],
      ['latency_p99', 'ms'],
      ['cpu_usage', 'cores'],
      ['cpu_throttled_ratio', 'ratio'],
      ['memory_working_set', 'bytes'],
      ['restarts', 'restarts'],
    ])('%s: one series a workload, bounded, in order, inside the window', async (signal, unit) => {
      const series = found(await ask(signal));
      expect(new Set(series.map(({ workload }) => workload)).size).toBe(series.length);
      const one = of(series, subject.workload);
      expect(one).toMatchObject({ kind: 'metric', signal, unit });
      const times = one?.points.map(([seconds]) => seconds) ?? [];
      expect(times.length).toBeGreaterThan(1);
      expect(times.length).toBeLessThanOrEqual(limits.seriesPointsMax);
      expect(times).toEqual([...new Set(times)].sort((left, right) => left - right));
      expect(times[0]).toBeGreaterThanOrEqual(Date.parse(subject.window.from) / 1_000);
      expect(times.at(-1)).toBeLessThanOrEqual(Date.parse(subject.window.to) / 1_000);
      expect(one?.points.every(([, value]) => Number.isFinite(value) && value >= 0)).toBe(true);
    });

    it('a quiet shop has requests and an error ratio of zero, not an unknown one', async () => {
      expect(latest(of(found(await ask('request_rate')), subject.workload))).toBeGreaterThan(0);
      expect(latest(of(found(await ask('error_ratio')), subject.workload))).toBe(0);
    });

    it.each<Signal>(['request_rate', 'error_ratio', 'latency_p99'])(
      '%s between two workloads, as the caller saw it',
      async (signal) => {
        const series = found(await ask(signal, 'edge'));
        expect(series.every(({ edge, workload }) => edge !== undefined && edge.to === workload)).toBe(true);
        expect(series).toContainEqual(
          expect.objectContaining({ edge: subject.edge, workload: subject.edge.to, signal }),
        );
      },
    );

    it('the median is not above the 99th percentile', async () => {
      const [median, tail] = await Promise.all([ask('latency_p50'), ask('latency_p99')]);
      expect(latest(of(found(median), subject.workload))).toBeLessThanOrEqual(
        latest(of(found(tail), subject.workload)),
      );
    });

    it('usage comes with its limit, and a quiet shop is below it', async () => {
      for (const signal of ['cpu_usage', 'memory_working_set'] as const) {
        const one = of(found(await ask(signal)), subject.workload);
        expect(one?.limit).toBeGreaterThan(latest(one));
      }
      const store = of(found(await ask('connections')), subject.dataStore);
      expect(store?.limit).toBeGreaterThan(latest(store));
    });

    it('an answer can be asked again by a person', async () => {
      const answer = await ask('request_rate');
      expect(answer.query).toContain(subject.namespace);
    });

    it('what is not measured is empty, not zero', async () => {
      expect(await ask('cpu_usage', 'edge')).toMatchObject({ outcome: 'empty' });
      const elsewhere = await subject.metrics.series({
        namespace: 'nowhere',
        signal: 'request_rate',
        by: 'workload',
        window: subject.window,
      });
      expect(elsewhere).toMatchObject({ outcome: 'empty' });
    });

    it('a namespace is data, whatever is in it', async () => {
      for (const namespace of ['x"} or vector(1) or {a="', '\\', 'a\nb', "'", '']) {
        const answer = await subject.metrics.series({
          namespace,
          signal: 'error_ratio',
          by: 'workload',
          window: subject.window,
        });
        expect(answer).toMatchObject({ outcome: 'empty' });
      }
    });

    it('tells the alerts that fire in the namespace, and only those', async () => {
      const alerts = found(await subject.metrics.activeAlerts(subject.namespace));
      expect(alerts.map((alert) => alert.name)).toContain(subject.alert);
      expect(alerts.every(({ labels }) => labels.namespace === subject.namespace)).toBe(true);
      expect(await subject.metrics.activeAlerts('nowhere')).toMatchObject({ outcome: 'empty' });
    });

    it('no answer is unreachable with a reason, never an exception', async () => {
      const request = {
        namespace: subject.namespace,
        signal: 'cpu_usage',
        by: 'workload',
        window: subject.window,
      } as const;
      expect(await subject.unreachable.series(request)).toMatchObject({
        outcome: 'unreachable',
        reason: expect.stringMatching(/./),
      });
      expect(await subject.unreachable.activeAlerts(subject.namespace)).toMatchObject({ outcome: 'unreachable' });
    });
  });
};

import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Meter, MeterName } from '../../ports/meter.ts';

/** From a quick step to a full inference budget, in seconds. */
const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800];

const counters: Partial<Record<MeterName, readonly [help: string, labels: readonly string[]]>> = {
  alerts_total: ['Alerts that arrived, by source and kind (new, repeated, refused).', ['source', 'kind']],
  refusals_total: ['Deliveries that were refused, wholly or in part, by kind.', ['kind']],
  incidents_total: ['Incidents that were opened.', ['severity']],
  step_failures_total: ['Steps of the road that failed and were tried again.', ['step']],
  writes_total: ['Writes to the cluster, by outcome.', ['outcome']],
  slack_calls_total: ['Calls to the Slack Web API.', ['method', 'outcome']],
};

const histograms: Partial<Record<MeterName, readonly [help: string, labels: readonly string[]]>> = {
  step_seconds: ['Duration of one step of the road.', ['step']],
  inference_seconds: ['Duration of one question to the model.', ['purpose', 'outcome']],
};

const gauges: Partial<Record<MeterName, readonly [help: string, labels: readonly string[]]>> = {
  alerts_waiting: ['Alerts of new troubles that wait until fewer incidents are open.', []],
  incidents_open: ['Incidents that are not closed.', []],
  mode: ['1 for the mode in force.', ['mode']],
};

type Definitions = typeof counters;

/** Builds one metric for each definition, all in the bot's own registry. */
const build = <T>(
  definitions: Definitions,
  make: (options: { name: string; help: string; labelNames: string[] }) => T,
): ReadonlyMap<string, T> =>
  new Map(
    Object.entries(definitions).map(([name, [help, labels]]) => [
      name,
      make({ name: `sre_${name}`, help, labelNames: [...labels] }),
    ]),
  );

/** The bot's metrics in Prometheus' text form. Labels that a metric does not declare are left out. */
export const createPrometheusMeter = (): { readonly meter: Meter; readonly text: () => Promise<string> } => {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counting = build(counters, (options) => new Counter({ ...options, registers }));
  const timing = build(histograms, (options) => new Histogram({ ...options, registers, buckets }));
  const gauging = build(gauges, (options) => new Gauge({ ...options, registers }));
  const meter: Meter = {
    count: (name, labels = {}) => counting.get(name)?.inc(labels),
    observe: (name, value, labels = {}) => timing.get(name)?.observe(labels, value),
    set: (name, value, labels = {}) => {
      const gauge = gauging.get(name);
      // One mode at a time: the old one's 1 must not stay behind.
      if (name === 'mode') gauge?.reset();
      gauge?.set(labels, value);
    },
  };
  return { meter, text: () => registry.metrics() };
};

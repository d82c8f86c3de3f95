/** Counts and timings of the bot itself, scraped at /metrics. Names and labels are declared by the adapter. */
export interface Meter {
  count(name: MeterName, labels?: Readonly<Record<string, string>>): void;
  observe(name: MeterName, value: number, labels?: Readonly<Record<string, string>>): void;
  set(name: MeterName, value: number, labels?: Readonly<Record<string, string>>): void;
}

/** Every metric of the bot, without its `sre_` prefix. Durations are in seconds. */
export type MeterName =
  | 'alerts_total'
  | 'alerts_waiting'
  | 'refusals_total'
  | 'incidents_total'
  | 'incidents_open'
  | 'step_seconds'
  | 'step_failures_total'
  | 'writes_total'
  | 'slack_calls_total'
  | 'inference_seconds'
  | 'mode';

import type { RangeElement } from './expression.ts';

/** What a function sees of one series: its samples in the window (after `fromMs`, up to `toMs`), oldest first. */
export interface Window {
  readonly element: RangeElement;
  readonly fromMs: number;
  readonly toMs: number;
}

const first = (values: readonly number[]): number => values[0] ?? Number.NaN;
const last = (values: readonly number[]): number => values.at(-1) ?? Number.NaN;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** What a counter lost at its resets: each fall means that it began again at zero. */
const lostAtResets = (values: readonly number[]): number => {
  let lost = 0;
  for (let index = 1; index < values.length; index += 1) {
    const before = values[index - 1] ?? 0;
    if ((values[index] ?? 0) < before) lost += before;
  }
  return lost;
};

/** How far the growth of the samples is stretched to both ends of the window, in seconds: Prometheus' heuristic. */
const stretchedSeconds = (window: Window, growth: number, isCounter: boolean): number => {
  const { timesMs, values } = window.element;
  const sampledSeconds = (last(timesMs) - first(timesMs)) / 1_000;
  const averageGap = sampledSeconds / (timesMs.length - 1);
  const bounded = (gap: number): number => (gap >= averageGap * 1.1 ? averageGap / 2 : gap);
  let toStart = bounded((first(timesMs) - window.fromMs) / 1_000);
  if (isCounter && growth > 0 && first(values) >= 0) {
    // A counter cannot have been below zero: the line may not be drawn past its own origin.
    toStart = Math.min(toStart, sampledSeconds * (first(values) / growth));
  }
  return sampledSeconds + toStart + bounded((window.toMs - last(timesMs)) / 1_000);
};

const extrapolated = (window: Window, kind: { readonly counter: boolean; readonly perSecond: boolean }) => {
  const { timesMs, values } = window.element;
  if (values.length < 2) return undefined;
  const growth = last(values) - first(values) + (kind.counter ? lostAtResets(values) : 0);
  const sampledSeconds = (last(timesMs) - first(timesMs)) / 1_000;
  const stretched = growth * (stretchedSeconds(window, growth, kind.counter) / sampledSeconds);
  return kind.perSecond ? stretched / ((window.toMs - window.fromMs) / 1_000) : stretched;
};

const lastTwo = ({ element: { timesMs, values } }: Window, perSecond: boolean): number | undefined => {
  if (values.length < 2) return undefined;
  const before = values.at(-2) ?? 0;
  const now = last(values);
  // Only irate knows resets; idelta is for gauges.
  const growth = perSecond && now < before ? now : now - before;
  return perSecond ? growth / ((last(timesMs) - (timesMs.at(-2) ?? 0)) / 1_000) : growth;
};

const count = (values: readonly number[], differs: (before: number, now: number) => boolean): number =>
  values.filter((value, index) => index > 0 && differs(values[index - 1] ?? 0, value)).length;

/** Functions over a window, by name; undefined means that the series has too few samples to say anything. */
export const rangeFunctions: Readonly<Record<string, (window: Window) => number | undefined>> = {
  rate: (window) => extrapolated(window, { counter: true, perSecond: true }),
  increase: (window) => extrapolated(window, { counter: true, perSecond: false }),
  delta: (window) => extrapolated(window, { counter: false, perSecond: false }),
  irate: (window) => lastTwo(window, true),
  idelta: (window) => lastTwo(window, false),
  resets: ({ element }) => count(element.values, (before, now) => now < before),
  changes: ({ element }) => count(element.values, (before, now) => now !== before),
  avg_over_time: ({ element }) => sum(element.values) / element.values.length,
  min_over_time: ({ element }) => element.values.reduce((least, value) => Math.min(least, value)),
  max_over_time: ({ element }) => element.values.reduce((most, value) => Math.max(most, value)),
  sum_over_time: ({ element }) => sum(element.values),
  count_over_time: ({ element }) => element.values.length,
  last_over_time: ({ element }) => last(element.values),
  present_over_time: () => 1,
};

import { keyOfLabels, type Labels, type Matcher, matchLabels } from './labels.ts';

/** One sample as a scrape finds it. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** One stored series, opaque but for its labels. */
export interface Series {
  readonly labels: Labels;
  /** One cell a scrape, in a ring; NaN where the scrape did not show the series. */
  readonly cells: Float64Array;
  lastSeen: number;
}

/** Samples of one series inside a window, oldest first. */
export interface Samples {
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

/**
 * Series in memory, one column a scrape. A series that a scrape does not show has ended at that scrape: that is what
 * Prometheus' staleness markers say, and it needs no marker here. NaN samples count as not shown.
 */
export interface TimeSeries {
  append(timeMs: number, samples: readonly ScrapedSample[]): void;
  select(matchers: readonly Matcher[]): readonly Series[];
  /** The value at the newest scrape not after `timeMs`, unless that scrape is older than the lookback. */
  valueAt(series: Series, timeMs: number, lookbackMs: number): number | undefined;
  /** Samples after `fromMs` up to and including `toMs`. */
  samplesIn(series: Series, fromMs: number, toMs: number): Samples;
  all(): readonly Series[];
}

interface Ring {
  readonly capacity: number;
  readonly timesMs: Float64Array;
  scrapes: number;
}

/** How many scrapes are not after `timeMs`. */
const scrapesUntil = (ring: Ring, timeMs: number): number => {
  let low = Math.max(0, ring.scrapes - ring.capacity);
  let high = ring.scrapes;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ring.timesMs[middle % ring.capacity] ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

const samplesBetween = (ring: Ring, series: Series, fromMs: number, toMs: number): Samples => {
  const timesMs: number[] = [];
  const values: number[] = [];
  const end = scrapesUntil(ring, toMs);
  for (let scrape = scrapesUntil(ring, fromMs); scrape < end; scrape += 1) {
    const value = series.cells[scrape % ring.capacity] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    timesMs.push(ring.timesMs[scrape % ring.capacity] ?? 0);
    values.push(value);
  }
  return { timesMs, values };
};

const dropValues = <T>(index: Map<string, T>, dropped: ReadonlySet<T>): void => {
  for (const [key, value] of index) if (dropped.has(value)) index.delete(key);
};

/** An empty store that keeps `retentionMs` of scrapes, one each `intervalMs`. Appending must move forward in time. */
export const createTimeSeries = (options: {
  readonly retentionMs: number;
  readonly intervalMs: number;
}): TimeSeries => {
  const capacity = Math.max(2, Math.ceil(options.retentionMs / options.intervalMs));
  const ring: Ring = { capacity, timesMs: new Float64Array(capacity), scrapes: 0 };
  const byKey = new Map<string, Series>();
  /** Exporters write labels in a steady order, so this spares sorting them at each scrape. */
  const byRawKey = new Map<string, Series>();
  const byName = new Map<string, Set<Series>>();

  const seriesOf = (sample: ScrapedSample): Series => {
    const rawKey = sample.name + JSON.stringify(sample.labels);
    const known = byRawKey.get(rawKey);
    if (known !== undefined) return known;
    const labels = { ...sample.labels, __name__: sample.name };
    const key = keyOfLabels(labels);
    const series = byKey.get(key) ?? { labels, cells: new Float64Array(capacity).fill(Number.NaN), lastSeen: -1 };
    byKey.set(key, series);
    byRawKey.set(rawKey, series);
    byName.set(sample.name, (byName.get(sample.name) ?? new Set()).add(series));
    return series;
  };

  const forgetOld = (): void => {
    const old = new Set([...byKey.values()].filter((series) => series.lastSeen < ring.scrapes - capacity));
    if (old.size === 0) return;
    dropValues(byKey, old);
    dropValues(byRawKey, old);
    for (const series of old) byName.get(series.labels.__name__ ?? '')?.delete(series);
  };

  const append = (timeMs: number, samples: readonly ScrapedSample[]): void => {
    const scrape = ring.scrapes;
    const cell = scrape % capacity;
    ring.timesMs[cell] = timeMs;
    for (const series of byKey.values()) series.cells[cell] = Number.NaN;
    for (const sample of samples) {
      if (Number.isNaN(sample.value)) continue;
      const series = seriesOf(sample);
      series.cells[cell] = sample.value;
      series.lastSeen = scrape;
    }
    ring.scrapes = scrape + 1;
    if (scrape % 100 === 0) forgetOld();
  };

  const select = (matchers: readonly Matcher[]): readonly Series[] => {
    const name = matchers.find((matcher) => matcher.name === '__name__' && matcher.op === '=')?.value;
    const candidates = name === undefined ? [...byKey.values()] : [...(byName.get(name) ?? [])];
    const matches = matchLabels(matchers);
    return candidates.filter((series) => matches(series.labels));
  };

  const valueAt = (series: Series, timeMs: number, lookbackMs: number): number | undefined => {
    const scrape = scrapesUntil(ring, timeMs) - 1;
    if (scrape < 0 || scrape < ring.scrapes - capacity) return undefined;
    if (timeMs - (ring.timesMs[scrape % capacity] ?? 0) >= lookbackMs) return undefined;
    const value = series.cells[scrape % capacity] ?? Number.NaN;
    return Number.isNaN(value) ? undefined : value;
  };

  return {
    append,
    select,
    valueAt,
    samplesIn: (series, fromMs, toMs) => samplesBetween(ring, series, fromMs, toMs),
    all: () => [...byKey.values()],
  };
};

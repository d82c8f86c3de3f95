import { keyOfLabels, type Labels, type Matcher, matchLabels } from './labels.ts';

/** One sample as a scrape finds it. */
export interface ScrapedSample {
  readonly name: string;
  readonly labels: Labels;
  readonly value: number;
}

/** One stored series, opaque but for its labels. */
export interface Series {
  readonly key: string;
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
  /** The instant of the newest scrape; before the first one, that of no scrape at all. */
  newestMs(): number;
  /** Grows whenever a series comes or goes, so that a selection can be kept until then. */
  generation(): number;
}

interface Ring {
  readonly capacity: number;
  readonly timesMs: Float64Array;
  scrapes: number;
  /** Ends of windows that were searched since the last scrape. */
  readonly found: Map<number, number>;
}

const endsMax = 16;

const newestOf = ({ scrapes, capacity, timesMs }: Ring): number =>
  scrapes === 0 ? Number.NEGATIVE_INFINITY : (timesMs[(scrapes - 1) % capacity] ?? 0);

const searchScrapes = (ring: Ring, timeMs: number): number => {
  let low = Math.max(0, ring.scrapes - ring.capacity);
  let high = ring.scrapes;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ring.timesMs[middle % ring.capacity] ?? 0) <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** How many scrapes are not after `timeMs`, remembered for the two ends of the window that all series of a query share. */
const scrapesUntil = (ring: Ring, timeMs: number): number => {
  const known = ring.found.get(timeMs);
  if (known !== undefined) return known;
  const scrapes = searchScrapes(ring, timeMs);
  if (ring.found.size >= endsMax) ring.found.clear();
  ring.found.set(timeMs, scrapes);
  return scrapes;
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

/** An empty store that keeps `retentionMs` of scrapes, one each `intervalMs`. Appending must move forward in time. */
export const createTimeSeries = (options: {
  readonly retentionMs: number;
  readonly intervalMs: number;
}): TimeSeries => {
  const capacity = Math.max(2, Math.ceil(options.retentionMs / options.intervalMs));
  const ring: Ring = { capacity, timesMs: new Float64Array(capacity), scrapes: 0, found: new Map() };
  const byKey = new Map<string, Series>();
  /** Exporters hand over the same label sets again and again: this spares sorting them at each scrape. */
  const byLabelSet = new WeakMap<Labels, Map<string, Series>>();
  const byName = new Map<string, Set<Series>>();
  let generation = 0;

  const addSeries = (key: string, labels: Labels & { readonly __name__: string }): Series => {
    const series = { key, labels, cells: new Float64Array(capacity).fill(Number.NaN), lastSeen: -1 };
    byKey.set(key, series);
    byName.set(labels.__name__, (byName.get(labels.__name__) ?? new Set()).add(series));
    generation += 1;
    return series;
  };

  const seriesOf = (sample: ScrapedSample): Series => {
    const known = byLabelSet.get(sample.labels)?.get(sample.name);
    if (known !== undefined && byKey.has(known.key)) return known;
    const labels = { ...sample.labels, __name__: sample.name };
    const key = keyOfLabels(labels);
    const series = byKey.get(key) ?? addSeries(key, labels);
    byLabelSet.set(sample.labels, (byLabelSet.get(sample.labels) ?? new Map()).set(sample.name, series));
    return series;
  };

  const forgetOld = (): void => {
    for (const series of [...byKey.values()].filter(({ lastSeen }) => lastSeen < ring.scrapes - capacity)) {
      byKey.delete(series.key);
      byName.get(series.labels.__name__ ?? '')?.delete(series);
      generation += 1;
    }
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
    ring.found.clear();
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
    newestMs: () => newestOf(ring),
    generation: () => generation,
  };
};

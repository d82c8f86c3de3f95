import type { Window } from '../domain/evidence.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble, outlierDeviations, recentPoints, within } from './shift.ts';
import { signalTraits } from './signal-trait.ts';
import { median, ordinaryHigh, robustSpread } from './statistics.ts';
import { chanceGiven, type Tally } from './tail-shift.ts';

const latencies = ['latency_p50', 'latency_p99'] as const;

/** Two points belong to the same scrape when they lie no further apart than this, in seconds. */
const sameScrapeSeconds = 30;

/** The callee must have been heard of this recently, in seconds, for its word to count against the caller's. */
const freshSeconds = 60;

/** What the caller saw on the edge and what the callee saw of the same calls. */
export interface Gap {
  readonly seen: Reading;
  readonly served: Reading;
}

/** Five points a window against twenty cannot prove much more than this, and the gap's level has to be far out besides. */
const gapChanceMax = 0.005;

/** The caller's wait less the callee's account of it, scrape by scrape, in ms. */
const gapPoints = (seen: Reading, served: Reading): readonly (readonly [number, number])[] =>
  seen.data.points.flatMap(([at, value]) => {
    const account = served.data.points.find(([time]) => Math.abs(time - at) <= sameScrapeSeconds);
    return account === undefined ? [] : [[at, value - account[1]] as const];
  });

/** Whether the gap stands out of its own quiet levels: by its level now, and by how often it lies out there. */
const gapStandsOut = (scene: Scene, seen: Reading, served: Reading): boolean => {
  const { signal } = seen.data;
  const points = gapPoints(seen, served);
  const values = (window: Window): readonly number[] => within(points, window).map(([, value]) => value);
  const now = values(scene.context.window).slice(-recentPoints);
  const quiet = values(scene.context.baseline);
  const width = Math.max(outlierDeviations * robustSpread(quiet), signalTraits[signal].floor);
  const bound = Math.max((median(quiet) ?? 0) + width, ordinaryHigh(quiet) ?? 0);
  const tally = (of: readonly number[]): Tally => ({ hits: of.filter((value) => value > bound).length, of: of.length });
  return (median(now) ?? 0) > bound && chanceGiven(tally(now), tally(quiet)) < gapChanceMax;
};

const gapOf = (scene: Scene, from: string, to: string, signal: (typeof latencies)[number]): Gap | undefined => {
  const seen = scene.edge(from, to, signal);
  const served = scene.reading(to, signal);
  if (seen?.shift.quiet === undefined || served === undefined) return undefined;
  if (!isTrouble(signal, seen.shift) || isTrouble(signal, served.shift)) return undefined;
  if (seen.shift.lastAt - served.shift.lastAt > freshSeconds) return undefined;
  return gapStandsOut(scene, seen, served) ? { seen, served } : undefined;
};

/** The gaps on an edge that stand out of their quiet levels, by median and by 99th percentile. */
export const gapsOf = (scene: Scene, from: string, to: string): readonly Gap[] =>
  latencies.flatMap((signal) => gapOf(scene, from, to, signal) ?? []);

import type { Reading, Scene } from './scene.ts';
import { isTrouble, within } from './shift.ts';
import { chanceGiven, type Tally } from './tail-shift.ts';
import { calleesOf, callersOf } from './topology.ts';

type Point = readonly [number, number];

/** Two points belong to the same scrape when they lie no further apart than this, in seconds. */
const sameScrapeSeconds = 30;

const stepOf = (points: readonly Point[]): number => {
  const [first] = points;
  const last = points.at(-1);
  return first === undefined || last === undefined || points.length < 2
    ? 0
    : (last[0] - first[0]) / (points.length - 1);
};

const valueAt = (points: readonly Point[], at: number): number | undefined =>
  points.find(([time]) => Math.abs(time - at) <= sameScrapeSeconds)?.[1];

/**
 * The calls that should have come in the scrapes in which none did. A caller that calls as ever makes them arrive as a
 * Poisson process; that none comes has the chance exp(-calls) (Poisson, "Recherches sur la probabilité des jugements", 1837).
 */
const missedCalls = (scene: Scene, callee: Reading, caller: Reading): number => {
  const quietCalls = callee.shift.quiet ?? 0;
  const quietCaller = caller.shift.quiet ?? 0;
  if (quietCalls <= 0 || quietCaller <= 0) return 0;
  const now = within(callee.data.points, scene.context.window);
  const seconds = stepOf(now);
  return now
    .filter(([, value]) => value === 0)
    .reduce((sum, [at]) => sum + (quietCalls / quietCaller) * (valueAt(caller.data.points, at) ?? 0) * seconds, 0);
};

/** Silence must be rarer than this by the callee's own habits too: five points a window against twenty cannot prove much more. */
const habitMax = 0.005;

/** How likely it is that a callee is silent so often, by how often it was in the quiet window. */
const byHabit = (scene: Scene, { data }: Reading): number => {
  const silences = (points: readonly Point[]): Tally => ({
    hits: points.filter(([, value]) => value === 0).length,
    of: points.length,
  });
  const now = within(data.points, scene.context.window);
  const quiet = within(data.points, scene.context.baseline);
  return chanceGiven(silences(now), silences(quiet));
};

/** Whether calls of the workload fail: it may stop there, and then calls nobody after that. */
const failsInCalling = (scene: Scene, workload: string): boolean =>
  scene.readings.some(
    ({ data, shift }) => data.edge?.from === workload && data.signal === 'error_ratio' && isTrouble(data.signal, shift),
  );

/** The request rates of workloads that this one alone calls and suddenly calls no more, although it is called as ever and none of its calls fails. */
export const silentCallees = (scene: Scene, workload: string): readonly Reading[] => {
  const caller = scene.reading(workload, 'request_rate');
  if (caller === undefined || failsInCalling(scene, workload)) return [];
  return calleesOf(scene.topology, workload).flatMap((name) => {
    const callee = scene.reading(name, 'request_rate');
    if (callee === undefined || callersOf(scene.topology, name).length !== 1) return [];
    const chance = Math.exp(-missedCalls(scene, callee, caller));
    const unlikely = chance < scene.thresholds.chanceMax && byHabit(scene, callee) < habitMax;
    return unlikely ? [callee] : [];
  });
};

import type { Window } from '../domain/evidence.ts';
import type { Hypothesis } from '../domain/finding.ts';
import { blameOf } from './blame-waits.ts';
import { bySignals, confidence } from './confidence.ts';
import { cpuStrainOf } from './cpu-strain.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { barredEdges } from './policy-reach.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble, outlierDeviations, recentPoints, within } from './shift.ts';
import { formatSignal, signalTraits } from './signal-trait.ts';
import { median, ordinaryHigh, robustSpread } from './statistics.ts';
import { feltAs } from './suffering.ts';
import { chanceGiven, type Tally } from './tail-shift.ts';
import { calleesOf, callersOf } from './topology.ts';

const latencies = ['latency_p50', 'latency_p99'] as const;

/** Two points belong to the same scrape when they lie no further apart than this, in seconds. */
const sameScrapeSeconds = 30;

/** The callee must have been heard of this recently, in seconds, for its word to count against the caller's. */
const freshSeconds = 60;

/** What the caller saw on the edge and what the callee saw of the same calls. */
interface Gap {
  readonly seen: Reading;
  readonly served: Reading;
}

/** Five points a window cannot prove more than this, and the gap's level has to be far out besides. */
const gapChanceMax = 0.02;

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

const gapsOf = (scene: Scene, from: string, to: string): readonly Gap[] =>
  latencies.flatMap((signal) => gapOf(scene, from, to, signal) ?? []);

// Calls to nobody, or into a wall, time out at the caller alone; that is no delay.
const answers = (scene: Scene, workload: string): boolean =>
  (scene.state(workload)?.data.ready ?? 1) > 0 &&
  scene.services(workload).every(({ data }) => data.ready > 0 && data.matches.includes(workload)) &&
  barredEdges(scene, workload).length === 0;

/** Other calls of the caller and to the callee: when they are ordinary, the delay is on this edge. */
const neighbourEdges = (scene: Scene, from: string, to: string): readonly Reading[] =>
  [
    ...calleesOf(scene.topology, from).map((callee) => scene.edge(from, callee, 'latency_p99')),
    ...callersOf(scene.topology, to).map((caller) => scene.edge(caller, to, 'latency_p99')),
  ].filter(
    (reading) => reading !== undefined && !(reading.data.edge?.from === from && reading.data.edge.to === to),
  ) as readonly Reading[];

const isStarved = (scene: Scene, workload: string): Reading | undefined => {
  const throttling = scene.reading(workload, 'cpu_throttled_ratio');
  if (throttling !== undefined && isTrouble('cpu_throttled_ratio', throttling.shift)) return throttling;
  const strain = cpuStrainOf(scene, workload);
  return strain.strained || strain.atLimit ? strain.usage : undefined;
};

interface Delay {
  readonly signals: number;
  /** How much of the waiting it would explain, 0..1. */
  readonly share: number;
  readonly caller?: string;
  readonly starved?: Reading;
  readonly evidence: readonly string[];
  readonly reasoning: string;
}

const metricDelay = (scene: Scene, from: string, to: string): Delay | undefined => {
  const gaps = gapsOf(scene, from, to);
  const [first] = gaps;
  if (first === undefined) return undefined;
  const calm = neighbourEdges(scene, from, to).filter(({ shift }) => shift.standing === 'ordinary');
  const { signal } = first.seen.data;
  const level = (reading: Reading): string => formatSignal(signal, reading.shift.now);
  const starved = isStarved(scene, from) ?? isStarved(scene, to);
  return {
    signals: gaps.length + (calm.length > 0 ? 1 : 0),
    share: 1,
    caller: from,
    ...(starved === undefined ? {} : { starved }),
    evidence: [...gaps.flatMap(({ seen, served }) => [seen.id, served.id]), ...calm.map(({ id }) => id)],
    reasoning: `${from} waits ${level(first.seen)} for ${to}, which answers in ${level(first.served)} by its own account: the rest of the wait lies between them.`,
  };
};

/** Waits that explain less than a quarter of all waiting are noise beside the rest. */
const shareMin = 0.25;

const tracedDelay = (scene: Scene, workload: string): Delay | undefined => {
  const { share, raised, calm } = blameOf(scene, workload);
  const [first] = raised.toSorted(
    (left, right) => (right.data.times[0]?.excess ?? 0) - (left.data.times[0]?.excess ?? 0),
  );
  const time = first?.data.times[0];
  const edge = first?.data.edge;
  if (share < shareMin || time === undefined || edge === undefined) return undefined;
  const elsewhere = scene.waits.filter(({ data }) => data.times[0]?.standing === 'ordinary');
  const starved = [workload, edge.from, edge.to].map((name) => isStarved(scene, name)).find((one) => one !== undefined);
  const felt = feltAs(scene, workload, ['latency_p50', 'latency_p99']);
  const wait = formatSignal('latency_p50', time.now);
  return {
    signals: [true, elsewhere.length > 0, raised.length > 1 && calm.length === 0, felt !== undefined].filter(Boolean)
      .length,
    share,
    ...(raised.length === 1 && edge.to === workload ? { caller: edge.from } : {}),
    ...(starved === undefined ? {} : { starved }),
    evidence: [
      ...raised.map(({ id }) => id),
      ...(felt === undefined ? [] : [felt.id]),
      ...elsewhere.map(({ id }) => id),
    ],
    reasoning: `Traces show that calls between ${edge.from} and ${edge.to} wait ${wait} beyond what ${edge.to} accounts for (ordinary up to ${formatSignal('latency_p50', time.high)}); ${Math.round(100 * share)} % of all unusual waiting has ${workload} in common.`,
  };
};

const delayAt = (
  workload: string,
  { signals, share, caller, starved, evidence, reasoning }: Delay,
): Hypothesis | null =>
  hypothesisOf({
    cause: { workload, fault: 'network-delay', ...(caller === undefined ? {} : { component: `caller ${caller}` }) },
    confidence: (starved === undefined ? bySignals(signals) : confidence.hint) * share,
    evidence,
    against: [starved?.id],
    reasoning,
  });

const merged = (metric: Delay | undefined, traced: Delay | undefined): Delay | undefined => {
  if (metric === undefined || traced === undefined) return metric ?? traced;
  return {
    ...traced,
    signals: traced.signals + 1,
    evidence: [...traced.evidence.slice(0, 4), ...metric.evidence, ...traced.evidence.slice(4)],
  };
};

/**
 * Calls wait in the network: the callers' latency rose while the callee, ready and called, sees none of it. Traces say it of
 * each call, metrics of each edge. A side that is starved of CPU waits for that, and not for the network.
 */
export const networkDelay: Detector = {
  fault: 'network-delay',
  detect(scene, workload) {
    if (!answers(scene, workload)) return null;
    const [metric] = callersOf(scene.topology, workload)
      .flatMap((caller) => metricDelay(scene, caller, workload) ?? [])
      .toSorted(
        (left, right) =>
          Number(left.starved !== undefined) - Number(right.starved !== undefined) || right.signals - left.signals,
      );
    const delay = merged(metric, tracedDelay(scene, workload));
    return delay === undefined ? null : delayAt(workload, delay);
  },
};

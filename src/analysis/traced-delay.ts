import type { TraceData } from '../domain/trace.ts';
import { blameOf } from './blame-waits.ts';
import { cpuStrainOf } from './cpu-strain.ts';
import type { Reading, Scene, Seen } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';
import { feltAs } from './suffering.ts';

/** What speaks for a delay of calls to a workload, by one way of measuring. */
export interface Delay {
  readonly signals: number;
  /** How much of the waiting it would explain, 0..1. */
  readonly share: number;
  readonly caller?: string;
  readonly starved?: Reading;
  readonly evidence: readonly string[];
  readonly reasoning: string;
}

/** What shows that a workload lacks processor time, if anything does. */
export const isStarved = (scene: Scene, workload: string): Reading | undefined => {
  const throttling = scene.reading(workload, 'cpu_throttled_ratio');
  if (throttling !== undefined && isTrouble('cpu_throttled_ratio', throttling.shift)) return throttling;
  const strain = cpuStrainOf(scene, workload);
  return strain.strained || strain.atLimit ? strain.usage : undefined;
};

/** Waits that explain less than a quarter of all waiting are noise beside the rest. */
const shareMin = 0.25;

/** A delay as traces show it: a gap between the span of a caller and that of its callee. */
export const tracedDelay = (scene: Scene, workload: string): Delay | undefined => {
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
  const level = (ms: number): string => formatSignal('latency_p50', ms);
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
    reasoning: `Traces show a gap between the spans of ${edge.from} and those of ${edge.to}: calls wait on average ${level(time.excess)} longer than the ordinary ${level(time.high)} beyond what ${edge.to} accounts for; ${Math.round(100 * share)} % of all unusual waiting has ${workload} in common.`,
  };
};

/** Whether traces saw about as many calls as the metrics count. A small sample may have missed the late ones. */
const sawMost = (scene: Scene, { data: { edge, times } }: Seen<TraceData>): boolean => {
  const rate = edge === undefined ? undefined : scene.edge(edge.from, edge.to, 'request_rate')?.shift.now;
  const { from, to } = scene.context.window;
  const seconds = (Date.parse(to) - Date.parse(from)) / 1_000;
  return rate === undefined || (times[0]?.count ?? 0) >= (rate * seconds) / 2;
};

/** Traces of calls to the workload that show no unusual wait, where they show anything: they saw each call, the metrics only a median. */
export const calmTraces = (scene: Scene, workload: string): string | undefined => {
  const called = scene.waits.filter((wait) => wait.data.edge?.to === workload && sawMost(scene, wait));
  const standings = called.map(({ data }) => data.times[0]?.standing);
  return standings.includes('raised') ? undefined : called[standings.indexOf('ordinary')]?.id;
};

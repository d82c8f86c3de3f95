import type { Hypothesis } from '../domain/finding.ts';
import { bySignals, confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';
import { calleesOf, callersOf } from './topology.ts';

const latencies = ['latency_p50', 'latency_p99'] as const;

/** The callee must have been heard of this recently, in seconds, for its word to count against the caller's. */
const freshSeconds = 60;

/** What the caller saw on the edge and what the callee saw of the same calls. */
interface Gap {
  readonly seen: Reading;
  readonly served: Reading;
}

const gapOf = (scene: Scene, from: string, to: string, signal: (typeof latencies)[number]): Gap | undefined => {
  const seen = scene.edge(from, to, signal);
  const served = scene.reading(to, signal);
  if (seen?.shift.quiet === undefined || served === undefined) return undefined;
  if (!isTrouble(signal, seen.shift) || isTrouble(signal, served.shift)) return undefined;
  if (seen.shift.lastAt - served.shift.lastAt > freshSeconds) return undefined;
  // Most of the caller's new wait must be missing in the callee's account, else the callee is merely a little slower.
  const unexplained = seen.shift.now - served.shift.now;
  return unexplained >= 0.5 * (seen.shift.now - seen.shift.quiet) ? { seen, served } : undefined;
};

const gapsOf = (scene: Scene, from: string, to: string): readonly Gap[] =>
  latencies.flatMap((signal) => gapOf(scene, from, to, signal) ?? []);

// Calls to nobody time out at the caller alone; that is no delay.
const answers = (scene: Scene, workload: string): boolean =>
  (scene.state(workload)?.data.ready ?? 1) > 0 &&
  scene.services(workload).every(({ data }) => data.ready > 0 && data.matches.includes(workload));

/** Other calls of the caller and to the callee: when they are ordinary, the delay is on this edge. */
const neighbourEdges = (scene: Scene, from: string, to: string): readonly Reading[] =>
  [
    ...calleesOf(scene.topology, from).map((callee) => scene.edge(from, callee, 'latency_p99')),
    ...callersOf(scene.topology, to).map((caller) => scene.edge(caller, to, 'latency_p99')),
  ].filter(
    (reading) => reading !== undefined && !(reading.data.edge?.from === from && reading.data.edge.to === to),
  ) as readonly Reading[];

const delayOn = (scene: Scene, from: string, to: string): Hypothesis | null => {
  const gaps = gapsOf(scene, from, to);
  const [first] = gaps;
  if (first === undefined) return null;
  const calm = neighbourEdges(scene, from, to).filter(({ shift }) => shift.standing === 'ordinary');
  const throttling = scene.reading(from, 'cpu_throttled_ratio');
  const starved = throttling !== undefined && isTrouble('cpu_throttled_ratio', throttling.shift);
  const { signal } = first.seen.data;
  const level = (reading: Reading): string => formatSignal(signal, reading.shift.now);
  return hypothesisOf({
    cause: { workload: to, fault: 'network-delay', component: `caller ${from}` },
    confidence: starved ? confidence.hint : bySignals(gaps.length + (calm.length > 0 ? 1 : 0)),
    evidence: [...gaps.flatMap(({ seen, served }) => [seen.id, served.id]), ...calm.map(({ id }) => id)],
    against: [starved ? throttling.id : undefined],
    reasoning: `${from} waits ${level(first.seen)} for ${to}, which answers in ${level(first.served)} by its own account: the rest of the wait lies between them.`,
  });
};

/** Calls on one edge wait in the network: the caller's latency rose while the callee, ready and called, sees none of it. */
export const networkDelay: Detector = {
  fault: 'network-delay',
  detect(scene, workload) {
    if (!answers(scene, workload)) return null;
    const delays = callersOf(scene.topology, workload).flatMap((caller) => delayOn(scene, caller, workload) ?? []);
    return delays.toSorted((left, right) => right.confidence - left.confidence)[0] ?? null;
  },
};

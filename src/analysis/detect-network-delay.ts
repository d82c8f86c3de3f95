import type { Hypothesis } from '../domain/finding.ts';
import { bySignals, confidence } from './confidence.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { gapsOf } from './edge-gap.ts';
import { barredEdges } from './policy-reach.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';
import { calleesOf, callersOf } from './topology.ts';
import { calmTraces, type Delay, isStarved, tracedDelay } from './traced-delay.ts';

// Calls to nobody, or into a wall, time out at the caller alone; that is no delay.
const answers = (scene: Scene, workload: string): boolean =>
  (scene.state(workload)?.data.ready ?? 1) > 0 &&
  scene.services(workload).every(({ data }) => data.ready > 0 && data.matches.includes(workload)) &&
  barredEdges(scene, workload).length === 0;

/** Without these nobody knows whether calls arrive at all. */
const doors = ['services', 'workloads', 'policies'];

/**
 * Whether calls may wait because they lead nowhere: what would show it could not be asked, and the calls are not known to succeed.
 */
const mayBeLost = (scene: Scene, workload: string): boolean =>
  scene.context.unreachable.some((source) => doors.includes(source)) &&
  !callersOf(scene.topology, workload).every((caller) => {
    const errors = scene.edge(caller, workload, 'error_ratio');
    return errors !== undefined && !isTrouble('error_ratio', errors.shift);
  });

/** Other calls of the caller and to the callee: when they are ordinary, the delay is on this edge. */
const neighbourEdges = (scene: Scene, from: string, to: string): readonly Reading[] =>
  [
    ...calleesOf(scene.topology, from).map((callee) => scene.edge(from, callee, 'latency_p99')),
    ...callersOf(scene.topology, to).map((caller) => scene.edge(caller, to, 'latency_p99')),
  ].filter(
    (reading) => reading !== undefined && !(reading.data.edge?.from === from && reading.data.edge.to === to),
  ) as readonly Reading[];

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

const delayAt = (
  workload: string,
  { signals, share, caller, starved, evidence, reasoning }: Delay,
  contradiction: string | undefined,
): Hypothesis | null =>
  hypothesisOf({
    cause: { workload, fault: 'network-delay', ...(caller === undefined ? {} : { component: `caller ${caller}` }) },
    confidence: (starved === undefined && contradiction === undefined ? bySignals(signals) : confidence.hint) * share,
    evidence,
    against: [starved?.id, contradiction],
    reasoning,
  });

/** Calls to the workload that waited long, but so few of them that chance may have made it: a mere hint. */
const suspectedDelay = (scene: Scene, workload: string): Hypothesis | null => {
  const [worst] = scene.waits
    .filter(({ data }) => data.edge?.to === workload && data.times[0]?.standing === 'suspected')
    .toSorted((left, right) => (right.data.times[0]?.excess ?? 0) - (left.data.times[0]?.excess ?? 0));
  const time = worst?.data.times[0];
  if (worst === undefined || time === undefined) return null;
  return hypothesisOf({
    cause: { workload, fault: 'network-delay', component: `caller ${time.of}` },
    confidence: confidence.hint,
    evidence: [worst.id],
    reasoning: `Traces show calls of ${time.of} to ${workload} that waited on average ${formatSignal('latency_p50', time.excess)} longer than was ordinary, but of so few calls that chance may have made it.`,
  });
};

const merged = (metric: Delay | undefined, traced: Delay | undefined): Delay | undefined => {
  if (metric === undefined || traced === undefined) return metric ?? traced;
  return {
    ...traced,
    signals: traced.signals + 1,
    // Other callers' calm edges leave little of a workload to blame, and say nothing against a delay that the metrics see too.
    share: Math.max(metric.share, traced.share),
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
    const traced = tracedDelay(scene, workload);
    const delay = merged(metric, traced);
    if (delay === undefined) return suspectedDelay(scene, workload);
    // Without metrics nobody knows whether a side has processor time: however many calls wait, that is one sign.
    const blind = scene.context.unreachable.includes('metrics') ? 1 : delay.signals;
    const signals = mayBeLost(scene, workload) ? 0 : blind;
    return delayAt(workload, { ...delay, signals }, traced === undefined ? calmTraces(scene, workload) : undefined);
  },
};

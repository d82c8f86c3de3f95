import { confidence } from './confidence.ts';
import { cpuStrainOf } from './cpu-strain.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';
import { calleesOf, callersOf } from './topology.ts';

/** A callee that slowed down by this share of its caller's rise explains it: callers wait for some calls more than once. */
const explainedShare = 0.25;

const riseOf = ({ shift }: Reading): number => shift.now - (shift.quiet ?? 0);

/** Where calls are measured one by one, those measurements say more than this. */
const isMeasuredPerCall = (scene: Scene, workload: string): boolean =>
  scene.waits.length > 0 ||
  callersOf(scene.topology, workload).some((caller) => scene.edge(caller, workload, 'latency_p99'));

const isStarved = (scene: Scene, workload: string): boolean => {
  const throttling = scene.reading(workload, 'cpu_throttled_ratio');
  const strain = cpuStrainOf(scene, workload);
  return (
    (throttling !== undefined && isTrouble('cpu_throttled_ratio', throttling.shift)) ||
    strain.strained ||
    strain.atLimit
  );
};

const isUp = (scene: Scene, workload: string): boolean => {
  const state = scene.state(workload)?.data;
  return (
    state === undefined ||
    state.pods.every(
      ({ ready, containers }) => ready && containers.every((one) => one.restarts === 0 || one.state === 'running'),
    )
  );
};

/** Whether the workload is slow, and neither its own CPU, its rollout nor what it calls says why. */
export const isSlowAlone = (scene: Scene, workload: string): boolean => {
  const own = scene.reading(workload, 'latency_p99');
  if (own?.shift.quiet === undefined || !isTrouble('latency_p99', own.shift)) return false;
  if (isMeasuredPerCall(scene, workload) || isStarved(scene, workload) || !isUp(scene, workload)) return false;
  const callees = calleesOf(scene.topology, workload).flatMap((callee) => scene.reading(callee, 'latency_p99') ?? []);
  return callees.every((callee) => riseOf(callee) < explainedShare * riseOf(own));
};

/**
 * A workload answers late although it is up, has CPU to spare, and nothing that it calls became slow in proportion: where calls
 * are not measured one by one, a slow way to and from it is the likely reason.
 */
export const slowAlone: Detector = {
  fault: 'network-delay',
  detect(scene, workload) {
    const own = scene.reading(workload, 'latency_p99');
    if (own?.shift.quiet === undefined || !isSlowAlone(scene, workload)) return null;
    const callees = calleesOf(scene.topology, workload).flatMap((callee) => scene.reading(callee, 'latency_p99') ?? []);
    const median = scene.reading(workload, 'latency_p50');
    const usage = scene.reading(workload, 'cpu_usage');
    return hypothesisOf({
      cause: { workload, fault: 'network-delay' },
      confidence: confidence.likely,
      evidence: [own.id, median?.id, usage?.id, ...callees.map(({ id }) => id)],
      reasoning: `${workload} answers in ${formatSignal('latency_p99', own.shift.now)} against ${formatSignal('latency_p99', own.shift.quiet)} before, has CPU to spare, and nothing that it calls became slow in proportion.`,
    });
  },
};

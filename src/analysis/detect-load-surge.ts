import { bySignals } from './confidence.ts';
import { cpuStrainOf } from './cpu-strain.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';
import { calleesOf, callersOf } from './topology.ts';

/** Load that has not doubled is a busy hour. */
const surgeFactor = 2;

const surgeOf = (scene: Scene, workload: string): Reading | undefined => {
  const rate = scene.reading(workload, 'request_rate');
  const quiet = rate?.shift.quiet ?? 0;
  return rate !== undefined && quiet > 0 && rate.shift.standing === 'high' && rate.shift.now >= surgeFactor * quiet
    ? rate
    : undefined;
};

/** What shows that the workload bears the load hardly: one reading for each sign. */
const strains = (scene: Scene, workload: string): readonly Reading[] => {
  const strain = cpuStrainOf(scene, workload);
  const slow = (['latency_p99', 'latency_p50'] as const).flatMap((signal) => scene.reading(workload, signal) ?? []);
  const others = (['error_ratio', 'cpu_throttled_ratio'] as const).flatMap(
    (signal) => scene.reading(workload, signal) ?? [],
  );
  return [
    ...slow.filter(({ data, shift }) => isTrouble(data.signal, shift)).slice(0, 1),
    ...others.filter(({ data, shift }) => isTrouble(data.signal, shift)),
    ...(strain.usage !== undefined && (strain.atLimit || strain.strained) ? [strain.usage] : []),
  ];
};

/**
 * Far more requests than usual come in at this workload, and it or what it calls bears them hardly. It is where they come in when
 * none of its callers is asked more: visitors, or a caller that tries again and again.
 */
export const loadSurge: Detector = {
  fault: 'load-surge',
  detect(scene, workload) {
    const surge = surgeOf(scene, workload);
    const callers = callersOf(scene.topology, workload);
    if (surge?.shift.quiet === undefined || callers.some((caller) => surgeOf(scene, caller) !== undefined)) return null;
    const callees = calleesOf(scene.topology, workload);
    const passedOn = callees.flatMap((callee) => surgeOf(scene, callee) ?? []);
    const felt = [workload, ...callees].flatMap((name) => strains(scene, name));
    if (felt.length === 0) return null;
    // A leaf has nobody to pass it on to; elsewhere requests that go no further are no visitors.
    const signs = 1 + Number(passedOn.length > 0 || callees.length === 0);
    return hypothesisOf({
      cause: { workload, fault: 'load-surge' },
      confidence: bySignals(signs),
      evidence: [surge.id, ...passedOn.map(({ id }) => id), ...felt.map(({ id }) => id)],
      reasoning: `${workload} gets ${formatSignal('request_rate', surge.shift.now)} against ${formatSignal('request_rate', surge.shift.quiet)} before${passedOn.length === 0 ? '' : `, and passes it on to ${passedOn.map(({ data }) => data.workload).join(', ')}`}; none of its callers is asked more.`,
    });
  },
};

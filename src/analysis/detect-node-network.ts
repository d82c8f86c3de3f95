import type { FaultName } from '../domain/fault.ts';
import { bySignals, confidence } from './confidence.ts';
import { isSlowAlone } from './detect-slow-alone.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Reading, Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { formatSignal } from './signal-trait.ts';

/** Workloads all of whose pods run on the node. */
const residents = (scene: Scene, node: string): readonly string[] =>
  scene.workloads.filter((workload) => {
    const pods = scene.state(workload)?.data.pods ?? [];
    return pods.length > 0 && pods.every((pod) => pod.node === node);
  });

const inTrouble = (scene: Scene, workload: string, signal: 'error_ratio' | 'latency_p99'): Reading | undefined => {
  const reading = scene.reading(workload, signal);
  return reading !== undefined && isTrouble(signal, reading.shift) ? reading : undefined;
};

/** One slow workload may have its own reasons; several on one node, and none elsewhere, share the node's network. */
const residentsMin = 2;

const nodeNetwork = (fault: FaultName, isLoss: boolean): Detector => ({
  fault,
  of: 'node',
  detect(scene, node) {
    const resent = scene.readings.find(({ data }) => data.signal === 'tcp_retransmits' && data.workload === node);
    const loses = resent !== undefined && isTrouble('tcp_retransmits', resent.shift) ? resent : undefined;
    const here = residents(scene, node);
    const slow = scene.workloads.filter((workload) => isSlowAlone(scene, workload));
    const slowHere = slow.filter((workload) => here.includes(workload));
    const shared = slowHere.length >= residentsMin && slowHere.length === slow.length;
    if (!shared && (loses === undefined || slowHere.length === 0)) return null;
    // A lost segment is sent again: resending is what tells loss from mere delay.
    if ((loses !== undefined) !== isLoss) return null;
    const hurt = slowHere.flatMap((workload) => inTrouble(scene, workload, 'latency_p99') ?? []);
    const signals = [shared, loses !== undefined, hurt.length > residentsMin].filter(Boolean).length;
    const again =
      loses === undefined ? '' : `, and it sends ${formatSignal('tcp_retransmits', loses.shift.now)} segments again`;
    return hypothesisOf({
      cause: { workload: node, on: 'node', fault, component: 'node' },
      confidence: Math.max(confidence.likely + 0.05, bySignals(signals)),
      evidence: [loses?.id, ...hurt.map(({ id }) => id)],
      reasoning: `What is slow without a reason of its own (${slowHere.join(', ')}) runs on node ${node}, and nothing elsewhere does${again}.`,
    });
  },
});

/** A node's network delays all of its pods. */
export const nodeDelay = nodeNetwork('network-delay', false);

/** A node's network loses segments. */
export const nodeLoss = nodeNetwork('network-loss', true);

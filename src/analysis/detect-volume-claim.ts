import type { FaultName } from '../domain/fault.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, eventIds } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { unboundClaimOf } from './unbound-claim.ts';

const claimDetector = (fault: FaultName, isOccupied: boolean): Detector => ({
  fault,
  detect(scene, workload) {
    const state = scene.state(workload);
    const unbound = unboundClaimOf(scene, workload);
    if (state === undefined || unbound === undefined || (unbound.flaw === 'occupied') !== isOccupied) return null;
    if (state.data.pods.every(({ ready }) => ready) && state.data.ready >= state.data.replicas) return null;
    const { name } = unbound.claim.data.claim;
    const change =
      changeOf(scene, workload, ({ path }) => /\/volumes(\/|$)/.test(path)) ??
      scene.changesOf('PersistentVolumeClaim', name)[0];
    return hypothesisOf({
      cause: { workload, fault, component: `claim ${name}, ${unbound.flaw}` },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [
        unbound.claim.id,
        state.id,
        ...unbound.evidence,
        change?.id,
        ...eventIds(scene, workload, ['FailedScheduling']),
      ],
      reasoning: `Pods of ${workload} wait for their volume: ${unbound.why}${becauseOf(scene, change)}`,
    });
  },
});

/** Pods wait for a claim that no volume satisfies. */
export const volumeClaim = claimDetector('volume-claim', false);

/** Pods wait for a claim whose volume belongs to another claim. */
export const volumeOccupied = claimDetector('volume-occupied', true);

import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { sufferingCallers } from './suffering.ts';
import { callersOf } from './topology.ts';

const sureness = (changed: boolean, missed: boolean): number => {
  if (changed) return confidence.witnessed;
  return missed ? confidence.proven : confidence.likely;
};

/** The workload is asked to run nothing although others call it. A workload that nobody calls or changed is parked on purpose. */
export const scaledToZero: Detector = {
  fault: 'scaled-to-zero',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined || state.data.replicas > 0) return null;
    const change = changeOf(
      scene,
      workload,
      ({ path, before, after }) => path.endsWith('/replicas') && after === 0 && before !== 0,
    );
    const callers = callersOf(scene.topology, workload);
    if (change === undefined && callers.length === 0) return null;
    const suffering = sufferingCallers(scene, workload);
    const traffic = scene.reading(workload, 'request_rate');
    const missed = suffering.length > 0 || (traffic?.shift.quiet ?? 0) > 0;
    const called =
      callers.length === 0 ? '' : ` although ${callers.join(', ')} ${callers.length === 1 ? 'calls' : 'call'} it`;
    return hypothesisOf({
      cause: { workload, fault: 'scaled-to-zero' },
      confidence: sureness(change !== undefined, missed),
      evidence: [
        state.id,
        change?.id,
        ...scene.services(workload).map(({ id }) => id),
        ...suffering.map(({ id }) => id),
      ],
      reasoning: `${workload} is asked to run 0 replicas${called}${becauseOf(scene, change)}`,
    });
  },
};

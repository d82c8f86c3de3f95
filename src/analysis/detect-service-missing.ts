import { confidence } from './confidence.ts';
import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';
import { isTrouble } from './shift.ts';
import { fullServiceQuota } from './squeezed-out.ts';

/** Who is configured to call a host that no Service has the name of. */
export const callersInVain = (scene: Scene, host: string) =>
  scene.workloads.flatMap((workload) => {
    const state = scene.state(workload);
    const names = state?.data.addresses?.some((address) => address.host === host && address.state === 'no-service');
    return state !== undefined && names === true ? [state] : [];
  });

/** The names under which the workload may be called: its own, and those of Services of its that were deleted. */
const namesOf = (scene: Scene, workload: string): readonly string[] => {
  const gone = scene
    .changes(workload)
    .filter(({ data }) => data.object.kind === 'Service' && data.path === '' && data.after === undefined)
    .map(({ data }) => data.object.name);
  return [...new Set([workload, ...gone])];
};

/** Callers name a Service of the workload that does not exist. */
export const serviceMissing: Detector = {
  fault: 'service-missing',
  detect(scene, workload) {
    const missing = namesOf(scene, workload)
      .map((name) => ({ name, callers: callersInVain(scene, name) }))
      .find(({ callers }) => callers.length > 0);
    if (missing === undefined) return null;
    const { name, callers } = missing;
    const gone = scene.changesOf('Service', name).find(({ data }) => data.path === '' && data.after === undefined);
    const harm = callers.flatMap(({ data }) => {
      const reading =
        scene.edge(data.workload.name, workload, 'error_ratio') ?? scene.reading(data.workload.name, 'error_ratio');
      return reading !== undefined && isTrouble('error_ratio', reading.shift) ? [reading.id] : [];
    });
    const who = callers.map(({ data }) => data.workload.name).join(', ');
    // Never made, because the quota had no room for it: the quota is the cause.
    if (gone === undefined && fullServiceQuota(scene) !== undefined) return null;
    return hypothesisOf({
      cause: { workload, fault: 'service-missing', component: `service ${name}` },
      confidence: gone === undefined ? confidence.proven : confidence.witnessed,
      evidence: [...callers.slice(0, 4).map(({ id }) => id), gone?.id, ...harm],
      reasoning: `${who} ${callers.length === 1 ? 'is' : 'are'} configured to call ${name}, and there is no Service of that name${gone === undefined ? '.' : becauseOf(scene, gone)}`,
    });
  },
};

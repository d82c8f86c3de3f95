import { counted } from '../domain/counted.ts';
import type { ContainerState } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, containersWhere, diedOfMemory, isRecent } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { type ProbeTrouble, probeFlaw, probeInWords, probeTroubleOf } from './probe-trouble.ts';
import type { Scene } from './scene.ts';

/** A kubelet ends a container by TERM, then by KILL: these are the codes of such an end, or 0 and 2 of one that obeys. */
const killedCodes = [0, 2, 137, 143];

const isKilled = (scene: Scene, container: ContainerState): boolean => {
  const last = container.lastTermination;
  if (last === undefined || container.restarts === 0 || diedOfMemory(container)) return false;
  // One that waits for its next try is in trouble now, however long ago its last try was.
  const isNow = container.state === 'waiting' || isRecent(scene, last.at);
  return killedCodes.includes(last.exitCode) && isNow;
};

/** A probe that leaves less than this for the start of an application is no judge of it: images, runtimes and caches need seconds. */
const startSecondsMin = 5;

/** The same question as the readiness probe asks, only too early or too impatiently. */
const isHasty = ({ probe }: ProbeTrouble): boolean =>
  probe.initialDelaySeconds + probe.failureThreshold * probe.periodSeconds < startSecondsMin;

const flawOf = (trouble: ProbeTrouble): string | undefined =>
  probeFlaw(trouble) ?? (isHasty(trouble) ? 'timing' : undefined);

const sureness = (trouble: ProbeTrouble): number | null => {
  const { change, complaints } = trouble;
  if (change !== undefined) return confidence.witnessed;
  if (flawOf(trouble) !== undefined && complaints.length > 0) return confidence.proven;
  if (trouble.atWrongPort) return confidence.proven;
  return complaints.length > 0 ? confidence.strong : null;
};

/** The kubelet kills a healthy container again and again, because its liveness probe asks the wrong thing. */
export const livenessProbe: Detector = {
  fault: 'liveness-probe',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    const killed = containersWhere(state.data, (container) => isKilled(scene, container));
    const names = killed.map(({ container }) => container.name);
    const trouble = probeTroubleOf(scene, workload, { state: state.data, kind: 'liveness', names });
    const sure = trouble === null ? null : sureness(trouble);
    const [first] = killed;
    if (trouble === null || sure === null || first === undefined) return null;
    const { container, probe } = trouble;
    const flaw = flawOf(trouble);
    return hypothesisOf({
      cause: {
        workload,
        fault: 'liveness-probe',
        component: `container ${container.name}${flaw === undefined ? '' : `, ${flaw}`}`,
      },
      confidence: sure,
      evidence: [state.id, trouble.change?.id, ...trouble.complaints, scene.reading(workload, 'restarts')?.id],
      reasoning: `Container ${container.name} of ${workload} was killed and started again ${counted(first.container.restarts, 'time')}, last with exit code ${first.container.lastTermination?.exitCode}; its liveness probe asks ${probeInWords(probe)}${becauseOf(scene, trouble.change)}`,
    });
  },
};

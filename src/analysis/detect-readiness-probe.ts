import { counted } from '../domain/counted.ts';
import type { PodState } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { type ProbeTrouble, probeFlaw, probeInWords, probeTroubleOf } from './probe-trouble.ts';
import type { Scene } from './scene.ts';

/** A container that has not been ready for so long after it should have been is not merely starting. */
const graceMs = 15_000;

const unreadyContainers = ({ containers }: PodState): readonly string[] =>
  containers.filter(({ init, state, ready }) => init !== true && state === 'running' && !ready).map(({ name }) => name);

/** Runs, is not ready, and nothing of it waits, ended or restarts. */
const isMerelyUnready = (pod: PodState): boolean =>
  pod.phase === 'Running' &&
  !pod.ready &&
  unreadyContainers(pod).length > 0 &&
  pod.containers.every(({ init, state, restarts }) => init === true || (state === 'running' && restarts === 0));

const hasHadTime = (scene: Scene, pod: PodState, { probe }: ProbeTrouble): boolean => {
  const allowedMs = (probe.initialDelaySeconds + probe.periodSeconds) * 1_000 + graceMs;
  return pod.startedAt !== undefined && Date.parse(scene.context.at) - Date.parse(pod.startedAt) >= allowedMs;
};

const sureness = (trouble: ProbeTrouble): number => {
  if (trouble.change !== undefined) return confidence.witnessed;
  if (probeFlaw(trouble) !== undefined) return confidence.proven;
  return trouble.complaints.length > 0 ? confidence.strong : confidence.likely;
};

/** Containers run and are never ready, because the readiness probe asks the wrong thing. */
export const readinessProbe: Detector = {
  fault: 'readiness-probe',
  detect(scene, workload) {
    const state = scene.state(workload);
    const unready = state?.data.pods.filter(isMerelyUnready) ?? [];
    const [pod] = unready;
    if (state === undefined || pod === undefined) return null;
    const names = unready.flatMap(unreadyContainers);
    const trouble = probeTroubleOf(scene, workload, { state: state.data, kind: 'readiness', names });
    if (trouble === null) return null;
    const isProven = trouble.atWrongPort || trouble.change !== undefined;
    if (!isProven && !unready.some((each) => hasHadTime(scene, each, trouble))) return null;
    const { container, probe, atWrongPort } = trouble;
    const flaw = probeFlaw(trouble);
    const ports = (container.ports ?? []).map(({ port }) => port).join(', ');
    const port = atWrongPort ? `, and the container serves ${ports || 'no such port'}` : '';
    return hypothesisOf({
      cause: {
        workload,
        fault: 'readiness-probe',
        component: `container ${container.name}${flaw === undefined ? '' : `, ${flaw}`}`,
      },
      confidence: sureness(trouble),
      evidence: [state.id, trouble.change?.id, ...trouble.complaints],
      reasoning: `Container ${container.name} of ${workload} runs without a restart and is not ready in ${counted(unready.length, 'pod')}; its readiness probe asks ${probeInWords(probe)}${port}${becauseOf(scene, trouble.change)}`,
    });
  },
};

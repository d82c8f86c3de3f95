import { counted } from '../domain/counted.ts';
import type { ContainerState, FieldChange } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, diedOfMemory, eventIds, isRecent } from './containers.ts';
import { livenessProbe } from './detect-liveness-probe.ts';
import { missingConfig } from './detect-missing-config.ts';
import { wrongCommand } from './detect-wrong-command.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene } from './scene.ts';

/** Why a container may end again and again, each more telling than that it does. */
const knownReasons: readonly Detector[] = [missingConfig, wrongCommand, livenessProbe];

const badEnd = (container: ContainerState): boolean =>
  (container.state === 'terminated' && container.reason !== 'Completed') ||
  (container.lastTermination !== undefined && container.lastTermination.exitCode !== 0);

const isCrashing = (scene: Scene, container: ContainerState): boolean => {
  if (diedOfMemory(container) || container.init === true) return false;
  if (container.state === 'waiting') {
    return ['CrashLoopBackOff', 'RunContainerError'].includes(container.reason ?? '');
  }
  if (container.state === 'terminated') return badEnd(container);
  const last = container.lastTermination;
  return container.restarts > 1 && badEnd(container) && last !== undefined && isRecent(scene, last.at);
};

const isConfiguration = ({ object, path }: FieldChange): boolean =>
  object.kind === 'ConfigMap' ||
  object.kind === 'Secret' ||
  /\/containers\/[^/]+\/(env|envFrom|args|command|image|volumeMounts|livenessProbe)(\/|$)/.test(path) ||
  /\/template\/spec\/(volumes|initContainers|containers$)/.test(path);

const isDown = ({ state }: ContainerState): boolean => state !== 'running';

const sureness = (down: boolean, changed: boolean): number => {
  if (!down) return changed ? confidence.strong : confidence.likely;
  return changed ? confidence.witnessed : confidence.corroborated;
};

const ends = (container: ContainerState): string => {
  const code = container.lastTermination?.exitCode;
  return code === undefined ? '' : `, last exit code ${code}`;
};

/** A container ends again and again soon after its start, and not because of memory. */
export const crashLoop: Detector = {
  fault: 'crash-loop',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined) return null;
    // A crash with a name of its own is told by that name.
    if (knownReasons.some((detector) => detector.detect(scene, workload) !== null)) return null;
    const crashing = containersWhere(state.data, (container) => isCrashing(scene, container));
    const worst = crashing.find(({ container }) => isDown(container)) ?? crashing[0];
    if (worst === undefined) return null;
    const { container } = worst;
    const change = changeOf(scene, workload, isConfiguration);
    const errors = scene.logs(workload);
    const complains = errors?.data.patterns.some(
      ({ level, count, countBefore }) => level === 'error' && count > countBefore,
    );
    const now = isDown(container) ? (container.reason ?? container.state) : 'running again';
    return hypothesisOf({
      cause: { workload, fault: 'crash-loop', component: `container ${container.name}` },
      confidence: sureness(
        crashing.some((placed) => isDown(placed.container)),
        change !== undefined,
      ),
      evidence: [
        state.id,
        change?.id,
        complains === true ? errors?.id : undefined,
        ...eventIds(scene, workload, ['BackOff', 'Failed', 'Unhealthy']),
        scene.reading(workload, 'restarts')?.id,
      ],
      reasoning: `Container ${container.name} of ${workload} is ${now} after ${counted(container.restarts, 'restart')}${ends(container)}${becauseOf(scene, change)}`,
    });
  },
};

import { counted } from '../domain/counted.ts';
import type { ContainerState } from '../domain/evidence.ts';
import type { Hypothesis } from '../domain/finding.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, containersWhere, diedOfMemory, eventIds, isRecent } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { leakOf } from './memory-leak.ts';
import type { Reading, Scene } from './scene.ts';
import { formatBytes } from './signal-trait.ts';

const nearLimit = 0.9;

// A container that was killed long ago and has served well since is no suspect.
const isDying = (scene: Scene, container: ContainerState): boolean => {
  if (!diedOfMemory(container)) return false;
  if (container.state !== 'running') return true;
  return container.lastTermination !== undefined && isRecent(scene, container.lastTermination.at);
};

const needInWords = (memory: Reading | undefined, limit: number | undefined): string => {
  const allowed = limit === undefined ? 'no limit of its own' : `a limit of ${formatBytes(limit)}`;
  const quiet = memory?.shift.quiet;
  return quiet === undefined
    ? `It has ${allowed}`
    : `It has ${allowed} and needed ${formatBytes(quiet)} in the quiet window`;
};

const isTight = (memory: Reading | undefined, limit: number | undefined): boolean =>
  memory !== undefined &&
  limit !== undefined &&
  Math.max(memory.shift.now, memory.shift.quiet ?? 0) >= nearLimit * limit;

/** A limit so low that not even the pod's sandbox can start within it: no container ever ran, so none can say OOMKilled. */
const killedAtBirth = (scene: Scene, workload: string): Hypothesis | null => {
  const state = scene.state(workload);
  const waiting = state?.data.pods.filter(({ phase }) => phase === 'Pending').map(({ name }) => name) ?? [];
  const told = scene
    .events(workload)
    .find(({ data }) => waiting.includes(data.object.name) && /OOM-killed|memory limit too low/i.test(data.message));
  if (state === undefined || told === undefined) return null;
  const [container] = state.data.containers;
  const change = changeOf(scene, workload, ({ path }) => /\/resources(\/limits)?(\/memory)?$/.test(path));
  return hypothesisOf({
    cause: { workload, fault: 'memory-limit', component: `container ${container?.name ?? ''}` },
    confidence: change === undefined ? confidence.proven : confidence.witnessed,
    evidence: [state.id, told.id, change?.id],
    reasoning: `The pod of ${workload} cannot even start within its memory limit. ${needInWords(undefined, container?.memoryLimit)}${becauseOf(scene, change)}`,
  });
};

/**
 * How sure the limit is the trouble. Who has a leak is killed in the same way, and only the memory before the kill tells them apart:
 * where it could not be asked for, and nobody was seen to change the limit, a kill is a mere hint.
 */
const sureness = (scene: Scene, memory: Reading | undefined, changed: boolean): number => {
  if (changed) return confidence.witnessed;
  return memory === undefined && scene.context.unreachable.includes('metrics') ? confidence.hint : confidence.proven;
};

/** The kernel killed a container for memory: its last end says OOMKilled; the limit and the need explain it. */
export const memoryLimit: Detector = {
  fault: 'memory-limit',
  detect(scene, workload) {
    const state = scene.state(workload);
    // Who lived well within the same limit until its memory began to climb was not given too little.
    if (state === undefined || leakOf(scene, workload) !== null) return null;
    const dying = containersWhere(state.data, (container) => isDying(scene, container));
    const worst = dying.find(({ container }) => container.state !== 'running') ?? dying[0];
    if (worst === undefined) return killedAtBirth(scene, workload);
    const { container } = worst;
    const limit = state.data.containers.find(({ name }) => name === container.name)?.memoryLimit;
    const memory = scene.reading(workload, 'memory_working_set');
    const change = changeOf(scene, workload, ({ path }) => /\/resources(\/limits)?(\/memory)?$/.test(path));
    return hypothesisOf({
      cause: { workload, fault: 'memory-limit', component: `container ${container.name}` },
      confidence: sureness(scene, memory, change !== undefined),
      evidence: [
        state.id,
        change?.id,
        isTight(memory, limit) ? memory?.id : undefined,
        ...eventIds(scene, workload, ['OOMKilling', 'BackOff']),
        scene.reading(workload, 'restarts')?.id,
      ],
      reasoning: `Container ${container.name} of ${workload} was OOMKilled, ${counted(container.restarts, 'restart')}. ${needInWords(memory, limit)}${becauseOf(scene, change)}`,
    });
  },
};

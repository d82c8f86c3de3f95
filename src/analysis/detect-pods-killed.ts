import { counted } from '../domain/counted.ts';
import type { ContainerState, EventData, PodState, WorkloadData } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { containersWhere, diedOfMemory, isRecent } from './containers.ts';
import { livenessProbe } from './detect-liveness-probe.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import { type Reading, type Scene, type Seen, seenOf } from './scene.ts';
import { isTrouble } from './shift.ts';
import { sufferingCallers } from './suffering.ts';

/** SIGKILL and SIGTERM, as the runtime reports them. */
const killCodes = [137, 143];

/** A pod this much younger than its revision did not come with it. */
const bornLaterMs = 60_000;

const wasKilled = (scene: Scene, container: ContainerState): boolean => {
  const last = container.lastTermination;
  return (
    last !== undefined &&
    killCodes.includes(last.exitCode) &&
    isRecent(scene, last.at) &&
    !diedOfMemory(container) &&
    container.reason !== 'CrashLoopBackOff'
  );
};

/** Whoever writes a workload replaces its pods on purpose, the bot included. */
const isRewritten = (scene: Scene, { workload }: WorkloadData): boolean =>
  seenOf(scene.context.evidence, 'change').some(({ data }) =>
    data.changes.some(({ object }) => object.kind === workload.kind && object.name === workload.name),
  );

/** Pods that are younger than the trouble although their revision is not, and that nobody asked for. */
const replacements = (scene: Scene, data: WorkloadData): readonly PodState[] => {
  const running = data.revisions.find(({ replicas }) => replicas > 0);
  if (running === undefined || isRewritten(scene, data)) return [];
  // Without the recorder's word nobody knows whether they were asked for.
  if (scene.context.unreachable.includes('changes')) return [];
  const bornMs = Date.parse(running.createdAt);
  return data.pods.filter(
    ({ startedAt }) =>
      startedAt !== undefined && isRecent(scene, startedAt) && Date.parse(startedAt) - bornMs > bornLaterMs,
  );
};

const killings = (scene: Scene, workload: string, { pods }: WorkloadData): readonly Seen<EventData>[] => {
  const present = new Set(pods.filter(({ phase }) => phase !== 'Terminating').map(({ name }) => name));
  return scene
    .events(workload)
    .filter(({ data }) => ['Killing', 'Evicted', 'TaintManagerEviction'].includes(data.reason))
    .filter(({ data }) => data.object.kind === 'Pod' && !present.has(data.object.name))
    .filter(({ data }) => isRecent(scene, data.lastSeenAt));
};

/** What shows that the gap is felt now. Pods that came back to a calm namespace are no trouble any more. */
const harmOf = (scene: Scene, workload: string): readonly Reading[] => {
  const own = scene.reading(workload, 'error_ratio');
  return [
    ...sufferingCallers(scene, workload),
    ...(own !== undefined && isTrouble('error_ratio', own.shift) ? [own] : []),
  ];
};

const isComingBack = ({ pods }: WorkloadData): boolean =>
  pods.every(({ containers }) =>
    containers.every(
      ({ state, reason }) =>
        state === 'running' || [undefined, 'Completed', 'ContainerCreating', 'PodInitializing'].includes(reason),
    ),
  );

/** Pods or containers were ended from outside, without a rollout, and come back by themselves. */
export const podsKilled: Detector = {
  fault: 'pods-killed',
  detect(scene, workload) {
    const state = scene.state(workload);
    if (state === undefined || state.data.replicas === 0 || !isComingBack(state.data)) return null;
    const harm = harmOf(scene, workload);
    if (harm.length === 0 && state.data.ready >= state.data.replicas) return null;
    const containers = containersWhere(state.data, (container) => wasKilled(scene, container));
    const young = replacements(scene, state.data);
    if (containers.length === 0 && young.length === 0) return null;
    if (livenessProbe.detect(scene, workload) !== null) return null;
    const events = killings(scene, workload, state.data);
    const [many, noun, fate] =
      containers.length > 0
        ? ([containers.length, 'container', 'killed'] as const)
        : ([young.length, 'pod', 'replaced'] as const);
    return hypothesisOf({
      cause: { workload, fault: 'pods-killed' },
      confidence: containers.length > 0 || events.length > 0 ? confidence.strong : confidence.likely,
      evidence: [state.id, ...events.map(({ id }) => id), ...harm.map(({ id }) => id)],
      reasoning: `${counted(many, noun)} of ${workload} ${many === 1 ? 'was' : 'were'} ${fate} within the trouble, although nobody rolled it out or scaled it; ${state.data.ready} of ${state.data.replicas} serve again.`,
    });
  },
};

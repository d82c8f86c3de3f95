import type { EventData, PodState } from '../domain/evidence.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf, isRecent } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';
import type { Scene, Seen } from './scene.ts';
import { type Unschedulable, unschedulableOf } from './scheduling.ts';

const isPreempted = ({ conditions }: PodState): boolean =>
  (conditions ?? []).some(
    ({ type, status, reason }) =>
      type === 'DisruptionTarget' && status === 'True' && reason === 'PreemptionByScheduler',
  );

/** What tells that pods of a workload that waits for room had room until others of a higher priority took it. */
export interface Preemption {
  readonly waiting: Unschedulable;
  readonly events: readonly Seen<EventData>[];
  /** Set when a pod still carries the scheduler's mark. */
  readonly marked: boolean;
}

/** The preemption behind pods that find no room now; undefined when they wait for another reason, or wait no more. */
export const preemptionOf = (scene: Scene, workload: string): Preemption | undefined => {
  const waiting = unschedulableOf(scene, workload);
  if (waiting === undefined || !/Insufficient|Too many pods|free ports/.test(waiting.message)) return undefined;
  const marked = scene.state(workload)?.data.pods.some(isPreempted) === true;
  const events = scene
    .events(workload)
    .filter(({ data }) => data.reason === 'Preempted' && isRecent(scene, data.lastSeenAt));
  return marked || events.length > 0 ? { waiting, events, marked } : undefined;
};

/** Pods wait because others of a higher priority took their place a moment ago. */
export const priorityPreempted: Detector = {
  fault: 'priority-preempted',
  detect(scene, workload) {
    const state = scene.state(workload);
    const preemption = preemptionOf(scene, workload);
    if (state === undefined || preemption === undefined) return null;
    const { waiting, events } = preemption;
    const change = changeOf(scene, workload, ({ path }) => path.endsWith('/priorityClassName'));
    const by = /[Pp]reempted by (.+?)(?: on node .*)?$/.exec(events[0]?.data.message ?? '')?.[1];
    return hypothesisOf({
      cause: { workload, fault: 'priority-preempted', ...(by === undefined ? {} : { component: `by ${by}` }) },
      confidence: change === undefined ? confidence.proven : confidence.witnessed,
      evidence: [state.id, ...events.map(({ id }) => id), change?.id],
      reasoning: `Pod ${waiting.pod.name} of ${workload} finds no room since pods of a higher priority took it${by === undefined ? '' : ` (${by})`}${becauseOf(scene, change)}`,
    });
  },
};

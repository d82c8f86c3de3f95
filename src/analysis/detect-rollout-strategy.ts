import { counted } from '../domain/counted.ts';
import type { ContainerState, PodState, WorkloadData } from '../domain/evidence.ts';
import type { RolloutStrategy } from '../domain/pod-template.ts';
import { confidence } from './confidence.ts';
import { becauseOf, changeOf } from './containers.ts';
import { type Detector, hypothesisOf } from './detector.ts';

const amountOf = (value: number | string | undefined, replicas: number, round: (pods: number) => number): number =>
  typeof value === 'number' ? value : round((replicas * Number.parseFloat(value ?? '25')) / 100);

/** Pods that a rollout may take away at once; as the API server rounds, and at least one where neither may grow. */
const mayTake = ({ type, maxSurge, maxUnavailable }: RolloutStrategy, replicas: number): number => {
  if (type === 'Recreate') return replicas;
  if (type !== 'RollingUpdate') return 0;
  const surge = amountOf(maxSurge, replicas, Math.ceil);
  return Math.max(amountOf(maxUnavailable, replicas, Math.floor), surge === 0 ? 1 : 0);
};

/** States of a container that is merely on its way. */
const starting = [undefined, 'ContainerCreating', 'PodInitializing', 'Completed'];

const isOnItsWay = ({ state, reason, restarts }: ContainerState): boolean =>
  restarts === 0 && (state === 'running' || starting.includes(reason));

/** Pods of the new revision that come up slowly and show no fault of their own: for those another cause has a name. */
const comesUp = ({ phase, containers, node }: PodState): boolean =>
  phase === 'Terminating' || (node !== undefined && containers.every(isOnItsWay));

const isDown = ({ ready, replicas, updated, paused }: WorkloadData): boolean =>
  replicas > 0 && ready === 0 && updated > 0 && !paused;

/** A rollout of now, and not that old pods lost their readiness: the newest revision is fresh, or nobody can tell its age. */
const isRollout = ({ revisions }: WorkloadData, since: string): boolean => {
  const [newest, previous] = revisions;
  return newest === undefined || (previous !== undefined && newest.createdAt >= since);
};

/** A rollout took away every working pod, as its strategy allows, and the new ones do not serve yet. */
export const rolloutStrategy: Detector = {
  fault: 'rollout-strategy',
  detect(scene, workload) {
    const state = scene.state(workload);
    const strategy = state?.data.strategy;
    if (state === undefined || strategy === undefined || !isDown(state.data)) return null;
    const { replicas, pods } = state.data;
    if (mayTake(strategy, replicas) < replicas || !isRollout(state.data, scene.context.baseline.to)) return null;
    const change = changeOf(scene, workload, ({ path }) => /^\/spec\/(strategy|updateStrategy)(\/|$)/.test(path));
    const healthy = pods.every(comesUp);
    // Without a change of the strategy, what keeps the new pods from coming up is the cause.
    if (!healthy && change === undefined) return null;
    const sure = change === undefined ? confidence.strong : confidence.witnessed;
    const allows = strategy.type === 'Recreate' ? 'Recreate' : `maxUnavailable ${strategy.maxUnavailable ?? '25%'}`;
    return hypothesisOf({
      cause: { workload, fault: 'rollout-strategy', component: allows },
      confidence: healthy ? sure : Math.min(sure, confidence.strong),
      evidence: [state.id, change?.id],
      reasoning: `The rollout of ${workload} took away all of ${counted(replicas, 'working pod')}, as its strategy (${allows}) allows, and no new one is ready${becauseOf(scene, change)}`,
    });
  },
};

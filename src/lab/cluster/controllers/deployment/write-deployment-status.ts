import type { KubeObject } from '../../kube-object.ts';
import type { ControllerDeps } from '../controller.ts';
import type { Condition } from '../shapes.ts';
import { deploymentSpecOf } from './deployment-spec.ts';
import { conditionOf, judgeConditions, type RolloutCounts } from './progress.ts';
import { manager } from './revisions.ts';

/** The ReplicaSets that the status counts. */
export interface CountedSets {
  readonly current: KubeObject | undefined;
  readonly old: readonly KubeObject[];
}

const countsBefore = ({ status }: KubeObject): RolloutCounts => ({
  replicas: status?.replicas ?? 0,
  updated: status?.updatedReplicas ?? 0,
  ready: status?.readyReplicas ?? 0,
  available: status?.availableReplicas ?? 0,
});

const countsNow = ({ current, old }: CountedSets): RolloutCounts => {
  const all = [...old, ...(current === undefined ? [] : [current])];
  const total = (field: string): number => all.reduce((sum, set) => sum + Number(set.status?.[field] ?? 0), 0);
  return {
    replicas: total('replicas'),
    updated: current?.status?.replicas ?? 0,
    ready: total('readyReplicas'),
    available: total('availableReplicas'),
  };
};

/** Kubernetes leaves counts of zero out of a status. */
const unlessZero = (count: number): number | undefined => (count === 0 ? undefined : count);

/** The Deployment repeats why its ReplicaSets cannot make pods, the current one first. */
const withReplicaFailure = (conditions: readonly Condition[], { current, old }: CountedSets): readonly Condition[] => {
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  const failure = [...(current === undefined ? [] : [current]), ...old]
    .flatMap((set): readonly Condition[] => set.status?.conditions ?? [])
    .find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (failure === undefined) return others;
  return [...others, { ...failure, lastUpdateTime: failure.lastTransitionTime ?? '' }];
};

/** Counts the pods of a rollout and judges its conditions. Returns the milliseconds until its deadline has to be looked at. */
export const writeDeploymentStatus = (
  deps: ControllerDeps,
  deployment: KubeObject,
  sets: CountedSets,
): number | undefined => {
  const spec = deploymentSpecOf(deployment);
  const after = countsNow(sets);
  const wanted = [...sets.old, ...(sets.current === undefined ? [] : [sets.current])].reduce(
    (sum, set) => sum + Number(set.spec.replicas ?? 0),
    0,
  );
  const deadlineMs = Math.min(spec.progressDeadlineSeconds * 1_000, deps.timings.progressDeadlineMsMax);
  const judged = judgeConditions({
    spec,
    before: countsBefore(deployment),
    after,
    conditions: deployment.status?.conditions ?? [],
    current: sets.current,
    nowMs: deps.nowMs(),
    deadlineMs,
  });
  const conditions = withReplicaFailure(judged, sets);
  const status = {
    observedGeneration: deployment.metadata.generation,
    replicas: unlessZero(after.replicas),
    updatedReplicas: unlessZero(after.updated),
    readyReplicas: unlessZero(after.ready),
    availableReplicas: unlessZero(after.available),
    unavailableReplicas: unlessZero(Math.max(0, wanted - after.available)),
    conditions,
  };
  deps.store.updateStatus('deployments', { ...deployment, status }, manager);
  const progress = conditionOf(conditions, 'Progressing');
  if (progress?.status !== 'True' || progress.reason === 'NewReplicaSetAvailable') return undefined;
  // Times are whole seconds: one more makes sure that the deadline has passed when it is looked at.
  return Math.max(0, Date.parse(progress.lastUpdateTime ?? '') + deadlineMs - deps.nowMs()) + 1_000;
};

import type { KubeObject } from '../../kube-object.ts';
import { timestampOf } from '../../stamp-write.ts';
import type { Condition } from '../shapes.ts';
import type { DeploymentSpec } from './deployment-spec.ts';

/** What a Deployment's status counts. */
export interface RolloutCounts {
  readonly replicas: number;
  readonly updated: number;
  readonly ready: number;
  readonly available: number;
}

/** What the conditions are judged by. */
export interface ProgressFacts {
  readonly spec: DeploymentSpec;
  readonly before: RolloutCounts;
  readonly after: RolloutCounts;
  readonly conditions: readonly Condition[];
  /** The current ReplicaSet; undefined while a paused Deployment has none for its template. */
  readonly current: KubeObject | undefined;
  readonly nowMs: number;
  readonly deadlineMs: number;
}

type Stated = Pick<Condition, 'type' | 'status'> & { readonly reason: string; readonly message: string };

/** The condition of one type, if stated. */
export const conditionOf = (conditions: readonly Condition[], type: string): Condition | undefined =>
  conditions.find((condition) => condition.type === type);

/** States a condition: an unchanged one keeps its times, and only a changed status moves the transition time. */
export const stateCondition = (
  conditions: readonly Condition[],
  stated: Stated,
  options: { readonly nowMs: number; readonly renew?: boolean },
): readonly Condition[] => {
  const before = conditionOf(conditions, stated.type);
  const same = before?.status === stated.status;
  if (same && before.reason === stated.reason && options.renew !== true) return conditions;
  const time = timestampOf(options.nowMs);
  const transition = same ? (before.lastTransitionTime ?? time) : time;
  return [
    ...conditions.filter((condition) => condition.type !== stated.type),
    { ...stated, lastUpdateTime: time, lastTransitionTime: transition },
  ];
};

const availability = ({ spec, after }: ProgressFacts): Stated =>
  after.available >= spec.replicas - spec.maxUnavailable
    ? {
        type: 'Available',
        status: 'True',
        reason: 'MinimumReplicasAvailable',
        message: 'Deployment has minimum availability.',
      }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };

const isComplete = ({ spec, after }: ProgressFacts): boolean =>
  [after.replicas, after.updated, after.available].every((count) => count === spec.replicas);

const isProgressing = ({ before, after }: ProgressFacts): boolean =>
  after.updated > before.updated ||
  after.replicas - after.updated < before.replicas - before.updated ||
  after.ready > before.ready ||
  after.available > before.available;

const hasTimedOut = ({ conditions, nowMs, deadlineMs }: ProgressFacts): boolean => {
  const progress = conditionOf(conditions, 'Progressing');
  if (progress === undefined || progress.reason === 'NewReplicaSetAvailable') return false;
  if (progress.reason === 'ProgressDeadlineExceeded') return true;
  return Date.parse(progress.lastUpdateTime ?? '') + deadlineMs < nowMs;
};

const progressing = (status: 'True' | 'False', reason: string, message: string): Stated => ({
  type: 'Progressing',
  status,
  reason,
  message,
});

const withProgress = (facts: ProgressFacts, conditions: readonly Condition[]): readonly Condition[] => {
  const { after, nowMs } = facts;
  const before = conditionOf(conditions, 'Progressing');
  const wasComplete = after.replicas === after.updated && before?.reason === 'NewReplicaSetAvailable';
  if (facts.spec.paused || wasComplete) return conditions;
  const set = `ReplicaSet "${facts.current?.metadata.name ?? ''}"`;
  if (isComplete(facts)) {
    const done = progressing('True', 'NewReplicaSetAvailable', `${set} has successfully progressed.`);
    return stateCondition(conditions, done, { nowMs });
  }
  if (isProgressing(facts)) {
    const going = progressing('True', 'ReplicaSetUpdated', `${set} is progressing.`);
    return stateCondition(conditions, going, { nowMs, renew: true });
  }
  if (!hasTimedOut(facts)) return conditions;
  const late = progressing('False', 'ProgressDeadlineExceeded', `${set} has timed out progressing.`);
  return stateCondition(conditions, late, { nowMs });
};

/** The conditions Available and Progressing after one look, in the words of the deployment controller. */
export const judgeConditions = (facts: ProgressFacts): readonly Condition[] =>
  stateCondition(withProgress(facts, facts.conditions), availability(facts), { nowMs: facts.nowMs });

import type { KubeObject } from '../../kube-object.ts';
import { timestampOf } from '../../stamp-write.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from '../controller.ts';
import { controllerOf } from '../ownership.ts';
import { isFinished, podCondition } from '../pod-facts.ts';
import type { Condition } from '../shapes.ts';
import { loadOf, type Misfit, misfitOf, unschedulableMessage } from './fit-node.ts';

const manager = 'kube-scheduler';
const component = 'default-scheduler';

interface Candidate {
  readonly node: KubeObject;
  readonly pods: readonly KubeObject[];
  readonly misfit: Misfit | null;
}

const candidatesFor = (deps: ControllerDeps, pod: KubeObject): readonly Candidate[] => {
  const placed = deps.store.list('pods').filter((other) => !isFinished(other));
  return deps.store.list('nodes').map((node) => {
    const pods = placed.filter((other) => other.spec.nodeName === node.metadata.name);
    return { node, pods, misfit: misfitOf(pod.spec, node, pods) };
  });
};

/** Spreads the pods of one owner first, then the load. */
const best = (pod: KubeObject, fitting: readonly Candidate[]): KubeObject | undefined => {
  const owner = controllerOf(pod)?.uid;
  const siblings = ({ pods }: Candidate): number => pods.filter((other) => controllerOf(other)?.uid === owner).length;
  return [...fitting].sort(
    (left, right) =>
      (owner === undefined ? 0 : siblings(left) - siblings(right)) ||
      loadOf(left.node, left.pods) - loadOf(right.node, right.pods) ||
      left.node.metadata.name.localeCompare(right.node.metadata.name),
  )[0]?.node;
};

const writeScheduled = (deps: ControllerDeps, pod: KubeObject, stated: Omit<Condition, 'type'>): void => {
  const before = podCondition(pod, 'PodScheduled');
  const since = before?.status === stated.status ? before.lastTransitionTime : timestampOf(deps.nowMs());
  const conditions: readonly Condition[] = pod.status?.conditions ?? [];
  const scheduled = { type: 'PodScheduled', lastProbeTime: null, lastTransitionTime: since, ...stated };
  const status = {
    ...pod.status,
    conditions: [...conditions.filter(({ type }) => type !== 'PodScheduled'), scheduled],
  };
  deps.store.updateStatus('pods', { ...pod, status }, manager);
};

const bind = (deps: ControllerDeps, pod: KubeObject, nodeName: string): void => {
  const bound = deps.store.update('pods', { ...pod, spec: { ...pod.spec, nodeName } }, manager);
  writeScheduled(deps, bound, { status: 'True' });
  deps.events.record(bound, {
    type: 'Normal',
    reason: 'Scheduled',
    message: `Successfully assigned ${keyOf(pod)} to ${nodeName}`,
    component,
  });
};

const refuse = (deps: ControllerDeps, pod: KubeObject, misfits: readonly Misfit[]): void => {
  const message = unschedulableMessage(misfits);
  writeScheduled(deps, pod, { status: 'False', reason: 'Unschedulable', message });
  deps.events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component });
};

/** Makes the scheduler: it gives each pending pod the fitting node with the fewest siblings and the least load. */
export const createScheduler = (deps: ControllerDeps): Controller => {
  /** When each waiting pod may be looked at next: scheduling takes a moment, and events must not come in floods. */
  const dueMs = new Map<string, number>();
  return {
    name: 'scheduler',
    keysFor: ({ resource, object }) =>
      resource === 'pods' && object.spec.nodeName === undefined ? [keyOf(object)] : [],
    reconcile: (key) => {
      const pod = deps.store.get('pods', ...parseKey(key));
      if (pod === undefined || pod.spec.nodeName !== undefined || pod.metadata.deletionTimestamp !== undefined) {
        dueMs.delete(key);
        return undefined;
      }
      const now = deps.nowMs();
      const due = dueMs.get(key) ?? now + deps.timings.schedulingMs;
      dueMs.set(key, due);
      if (due > now) return due - now;
      const candidates = candidatesFor(deps, pod);
      const node = best(
        pod,
        candidates.filter(({ misfit }) => misfit === null),
      );
      if (node !== undefined) {
        dueMs.delete(key);
        bind(deps, pod, node.metadata.name);
        return undefined;
      }
      refuse(
        deps,
        pod,
        candidates.flatMap(({ misfit }) => misfit ?? []),
      );
      dueMs.set(key, now + deps.timings.schedulingRetryMs);
      return deps.timings.schedulingRetryMs;
    },
  };
};

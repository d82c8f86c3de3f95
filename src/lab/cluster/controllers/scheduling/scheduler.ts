import type { KubeObject } from '../../kube-object.ts';
import { timestampOf } from '../../stamp-write.ts';
import { type Controller, type ControllerDeps, keyOf, parseKey } from '../controller.ts';
import { controllerOf } from '../ownership.ts';
import { isFinished, podCondition } from '../pod-facts.ts';
import type { Condition } from '../shapes.ts';
import { claimTrouble } from './claims.ts';
import { claimMessage, loadOf, type Misfit, misfitOf, unschedulableMessage } from './fit-node.ts';

const manager = 'kube-scheduler';
const component = 'default-scheduler';

interface Candidate {
  readonly node: KubeObject;
  readonly pods: readonly KubeObject[];
  readonly misfit: Misfit | null;
}

const candidatesFor = (deps: ControllerDeps, pod: KubeObject): readonly Candidate[] => {
  const placed = deps.store.list('pods').filter((other) => !isFinished(other));
  const bound = placed.filter((other) => other.spec.nodeName !== undefined);
  const nodes = deps.store.list('nodes');
  return nodes.map((node) => ({
    node,
    pods: bound.filter((other) => other.spec.nodeName === node.metadata.name),
    misfit: misfitOf(pod, node, { nodes, placed: bound }),
  }));
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

const refuse = (deps: ControllerDeps, pod: KubeObject, message: string): void => {
  writeScheduled(deps, pod, { status: 'False', reason: 'Unschedulable', message });
  deps.events.record(pod, { type: 'Warning', reason: 'FailedScheduling', message, component });
};

/** The node for a pod, or the sentence that says why there is none. */
const place = (deps: ControllerDeps, pod: KubeObject): { readonly node: KubeObject } | { readonly message: string } => {
  const candidates = candidatesFor(deps, pod);
  const trouble = claimTrouble(deps.store, pod);
  if (trouble !== null) return { message: claimMessage(trouble, candidates.length) };
  const node = best(
    pod,
    candidates.filter(({ misfit }) => misfit === null),
  );
  if (node !== undefined) return { node };
  return { message: unschedulableMessage(candidates.flatMap(({ misfit }) => misfit ?? [])) };
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
      const found = place(deps, pod);
      if ('node' in found) {
        dueMs.delete(key);
        bind(deps, pod, found.node.metadata.name);
        return undefined;
      }
      refuse(deps, pod, found.message);
      dueMs.set(key, now + deps.timings.schedulingRetryMs);
      return deps.timings.schedulingRetryMs;
    },
  };
};

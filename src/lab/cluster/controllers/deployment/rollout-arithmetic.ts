import type { DeploymentSpec } from './deployment-spec.ts';

/** The size of one ReplicaSet: what it should have, and how many of its pods are available. */
export interface SetSize {
  readonly wanted: number;
  readonly available: number;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** How large the new ReplicaSet may be now, given the old ones. */
export const newSetSize = (spec: DeploymentSpec, current: SetSize, old: readonly SetSize[]): number => {
  if (current.wanted >= spec.replicas || spec.recreate) return spec.replicas;
  const room = spec.replicas + spec.maxSurge - current.wanted - sum(old.map((set) => set.wanted));
  return room <= 0 ? current.wanted : current.wanted + Math.min(room, spec.replicas - current.wanted);
};

/** How large each old ReplicaSet (oldest first) may still be: broken pods go first, then as many as availability allows. */
export const oldSetSizes = (spec: DeploymentSpec, current: SetSize, old: readonly SetSize[]): readonly number[] => {
  const minAvailable = spec.replicas - spec.maxUnavailable;
  const total = current.wanted + sum(old.map((set) => set.wanted));
  const newUnavailable = Math.max(0, current.wanted - current.available);
  let broken = Math.max(0, total - minAvailable - newUnavailable);
  if (broken === 0) return old.map((set) => set.wanted);
  const withoutBroken = old.map((set) => {
    const removed = Math.min(broken, Math.max(0, set.wanted - set.available));
    broken -= removed;
    return set.wanted - removed;
  });
  let spare = Math.max(0, current.available + sum(old.map((set) => set.available)) - minAvailable);
  return withoutBroken.map((wanted) => {
    const removed = Math.min(spare, wanted);
    spare -= removed;
    return wanted - removed;
  });
};

/** Shares a change of the total among running ReplicaSets in proportion to their sizes; the largest gets the remainder. */
export const proportionalSizes = (sizes: readonly number[], total: number): readonly number[] => {
  const before = sum(sizes);
  if (before === 0) return sizes;
  const shared = sizes.map((size) => Math.floor((size * total) / before));
  const largest = sizes.indexOf(Math.max(...sizes));
  const rest = total - sum(shared);
  return shared.map((size, index) => (index === largest ? size + rest : size));
};

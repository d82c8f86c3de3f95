import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { timestampOf } from '../stamp-write.ts';

/** Asks a pod to go: one without a node goes at once, any other gets its grace period and is ended by the kubelet. */
export const deletePod = (
  store: KubeStore,
  pod: KubeObject,
  { nowMs, manager }: { readonly nowMs: number; readonly manager: string },
): void => {
  if (pod.metadata.deletionTimestamp !== undefined) return;
  if (pod.spec.nodeName === undefined) {
    store.remove('pods', pod.metadata.namespace ?? '', pod.metadata.name);
    return;
  }
  const graceSeconds: number = pod.spec.terminationGracePeriodSeconds ?? 30;
  const metadata = {
    ...pod.metadata,
    deletionTimestamp: timestampOf(nowMs + graceSeconds * 1_000),
    deletionGracePeriodSeconds: graceSeconds,
  };
  store.update('pods', { ...pod, metadata }, manager);
};

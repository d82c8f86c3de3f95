import { listOf, mapOf } from '../../frozen.ts';
import type { KubeObject } from '../../kube-object.ts';
import type { KubeStore } from '../../kube-store.ts';

/** Why a pod's volume claims keep it from every node, in kube-scheduler's words; null when they do not. */
export const claimTrouble = (store: KubeStore, pod: KubeObject): string | null => {
  const names = listOf(mapOf(pod.spec).volumes)
    .map((volume) => mapOf(mapOf(volume).persistentVolumeClaim).claimName)
    .filter((name) => typeof name === 'string');
  for (const name of names) {
    const claim = store.get('persistentvolumeclaims', pod.metadata.namespace ?? '', name);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status?.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return null;
};

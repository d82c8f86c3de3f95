import { mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import type { KubeStore } from '../kube-store.ts';
import { quotaRefusal } from './admit-quota.ts';
import { applyLimitRanges } from './limit-ranger.ts';

/** A new object as the built-in admission leaves it, or why it refuses it: the words after `is forbidden: `. */
export type Admitted = { readonly object: KubeObject } | { readonly refused: string };

const missingAccount = (store: KubeStore, pod: KubeObject): string | null => {
  const account: unknown = mapOf(pod.spec).serviceAccountName;
  const namespace = pod.metadata.namespace ?? '';
  if (typeof account !== 'string' || account === '' || account === 'default') return null;
  if (store.get('serviceaccounts', namespace, account) !== undefined) return null;
  return `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
};

const admitPod = (store: KubeStore, pod: KubeObject): Admitted => {
  const account = missingAccount(store, pod);
  if (account !== null) return { refused: account };
  const { spec, problems } = applyLimitRanges(store, pod.metadata.namespace ?? '', mapOf(pod.spec));
  const [only] = problems;
  if (only !== undefined) return { refused: problems.length === 1 ? only : `[${problems.join(', ')}]` };
  return { object: { ...pod, spec } };
};

/** Service accounts, LimitRanges and ResourceQuotas, in the order of the real admission chain. */
export const admitObject = (store: KubeStore, plural: string, object: KubeObject): Admitted => {
  const admitted = plural === 'pods' ? admitPod(store, object) : { object };
  if ('refused' in admitted) return admitted;
  const refused = quotaRefusal(store, plural, admitted.object);
  return refused === null ? admitted : { refused };
};

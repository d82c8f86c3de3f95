import type { ClusterView, PodView } from './cluster-view.ts';

/** Where a call arrives, or why it does not. `hangs` when nothing answers, not even with a refusal. */
export type Route =
  | { readonly kind: 'pod'; readonly pod: PodView; readonly address: string }
  | { readonly kind: 'fails'; readonly address: string; readonly trouble: string; readonly hangs: boolean };

/** Takes a call from a pod through DNS, the Service and the network's rules to one of the pods behind it. */
export const routeCall = (
  view: ClusterView,
  caller: PodView,
  { address, pick }: { readonly address: string; readonly pick: (pods: readonly [PodView, ...PodView[]]) => PodView },
): Route => {
  if (!view.network.mayResolve(caller)) {
    const trouble = `lookup ${address.split(':')[0]} on 10.96.0.10:53: read udp: i/o timeout`;
    return { kind: 'fails', address, trouble, hangs: true };
  }
  const target = view.resolve(address);
  if (target.kind === 'fails') return target;
  const pod = pick(target.pods);
  // The network drops what it may not deliver: no answer comes, not even a refusal.
  if (!view.network.allows(caller, pod, target.port)) {
    return { kind: 'fails', address: target.address, trouble: 'i/o timeout', hangs: true };
  }
  return { kind: 'pod', pod, address: target.address };
};

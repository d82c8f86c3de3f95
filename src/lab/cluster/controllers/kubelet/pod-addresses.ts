import type { KubeObject } from '../../kube-object.ts';

/** Hands out pod addresses from each node's range. */
export interface PodAddresses {
  /** The pod's address: the same for the same pod until it is released. Throws when a node's range is used up. */
  take(pod: KubeObject, node: KubeObject | undefined): string;
  release(podKey: string): void;
}

const firstHost = 2;
const hostMax = 254;

/** Makes an empty address book; `keyOf` names a pod. */
export const createPodAddresses = (keyOf: (pod: KubeObject) => string): PodAddresses => {
  const taken = new Map<string, string>();
  const next = new Map<string, number>();

  const free = (prefix: string): string => {
    const inUse = new Set(taken.values());
    const start = next.get(prefix) ?? firstHost;
    const range = hostMax - firstHost + 1;
    // Addresses go round the range, so that a new pod does not at once get the address of one that has just gone.
    for (let step = 0; step < range; step += 1) {
      const host = firstHost + ((start - firstHost + step) % range);
      if (inUse.has(`${prefix}.${host}`)) continue;
      next.set(prefix, host + 1);
      return `${prefix}.${host}`;
    }
    throw new Error(`no pod address is left in ${prefix}.0/24`);
  };

  return {
    take: (pod, node) => {
      const known = taken.get(keyOf(pod)) ?? pod.status?.podIP;
      const range: string = node?.spec?.podCIDR ?? '10.244.0.0/24';
      const address: string = known ?? free(range.split('.').slice(0, 3).join('.'));
      taken.set(keyOf(pod), address);
      return address;
    },
    release: (podKey) => {
      taken.delete(podKey);
    },
  };
};

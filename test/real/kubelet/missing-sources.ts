import type { V1Container, V1Pod } from '@kubernetes/client-node';

/** What a kubelet can look up: the keys of a ConfigMap or Secret, or null when there is none of that name. */
export interface Holdings {
  readonly keysOf: (kind: 'configmap' | 'secret', namespace: string, name: string) => readonly string[] | null;
}

interface Source {
  readonly kind: 'configmap' | 'secret';
  readonly name: string;
  /** Absent when the whole object is meant. */
  readonly key?: string | undefined;
  readonly optional?: boolean | undefined;
}

const titles = { configmap: 'ConfigMap', secret: 'Secret' } as const;

const missing = ({ kind, name, key, optional }: Source, namespace: string, holdings: Holdings): string | null => {
  if (optional === true) return null;
  const keys = holdings.keysOf(kind, namespace, name);
  if (keys === null) return `${kind} "${name}" not found`;
  return key === undefined || keys.includes(key)
    ? null
    : `couldn't find key ${key} in ${titles[kind]} ${namespace}/${name}`;
};

const firstMissing = (sources: readonly Source[], namespace: string, holdings: Holdings): string | null =>
  sources.map((source) => missing(source, namespace, holdings)).find((message) => message !== null) ?? null;

const environmentSources = (container: V1Container): readonly Source[] => [
  ...(container.envFrom ?? []).flatMap(({ configMapRef, secretRef }): readonly Source[] => [
    ...(configMapRef === undefined
      ? []
      : [{ ...configMapRef, kind: 'configmap', name: configMapRef.name ?? '' } as const]),
    ...(secretRef === undefined ? [] : [{ ...secretRef, kind: 'secret', name: secretRef.name ?? '' } as const]),
  ]),
  ...(container.env ?? []).flatMap(({ valueFrom }): readonly Source[] => {
    const { configMapKeyRef: map, secretKeyRef: secret } = valueFrom ?? {};
    return [
      ...(map === undefined ? [] : [{ ...map, kind: 'configmap', name: map.name ?? '' } as const]),
      ...(secret === undefined ? [] : [{ ...secret, kind: 'secret', name: secret.name ?? '' } as const]),
    ];
  }),
];

/** The first object or key that a container's environment names in vain, in a kubelet's words; null when none is missing. */
export const missingFromEnvironment = (container: V1Container, namespace: string, holdings: Holdings): string | null =>
  firstMissing(environmentSources(container), namespace, holdings);

/** Why the first of a pod's volumes cannot be mounted; null when all can. */
export const missingFromVolumes = (pod: V1Pod, holdings: Holdings): string | null => {
  const sources = (pod.spec?.volumes ?? []).flatMap(({ configMap, secret }): readonly Source[] => [
    ...(configMap === undefined ? [] : [{ ...configMap, kind: 'configmap', name: configMap.name ?? '' } as const]),
    ...(secret === undefined ? [] : [{ ...secret, kind: 'secret', name: secret.secretName ?? '' } as const]),
  ]);
  return firstMissing(sources, pod.metadata?.namespace ?? '', holdings);
};

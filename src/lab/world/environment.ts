import type { KubeStore } from '../cluster/kube-store.ts';

interface SourceKey {
  readonly name?: string;
  readonly key?: string;
}

/** One entry of a container's `env` as manifests write it. */
export interface EnvEntry {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly configMapKeyRef?: SourceKey; readonly secretKeyRef?: SourceKey };
}

/** A container's environment as manifests write it. */
export interface Environment {
  readonly env?: readonly EnvEntry[];
  readonly envFrom?: readonly { readonly configMapRef?: SourceKey; readonly secretRef?: SourceKey }[];
}

/** Looks up the ConfigMaps and Secrets of a namespace. */
export type Sources = (kind: 'configmaps' | 'secrets', name: string) => Readonly<Record<string, string>>;

/** The sources of a namespace; Secrets are decoded, as the kubelet does it. */
export const sourcesIn =
  (store: KubeStore, namespace: string): Sources =>
  (kind, name) => {
    const held: Readonly<Record<string, string>> = store.get(kind, namespace, name)?.data ?? {};
    if (kind === 'configmaps') return held;
    return Object.fromEntries(
      Object.entries(held).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]),
    );
  };

const nothing: Sources = () => ({});

const heldBy = ({ value, valueFrom }: EnvEntry, sources: Sources): string => {
  const fromMap = valueFrom?.configMapKeyRef;
  const fromSecret = valueFrom?.secretKeyRef;
  if (fromMap !== undefined) return sources('configmaps', fromMap.name ?? '')[fromMap.key ?? ''] ?? '';
  if (fromSecret !== undefined) return sources('secrets', fromSecret.name ?? '')[fromSecret.key ?? ''] ?? '';
  return value ?? '';
};

/** The variables that a container's process sees. Later entries win, and named ones win over imported ones. */
export const envOf = (
  container: Environment | undefined,
  sources: Sources = nothing,
): Readonly<Record<string, string>> => {
  const imported = (container?.envFrom ?? []).map(({ configMapRef, secretRef }) => ({
    ...(configMapRef?.name === undefined ? {} : sources('configmaps', configMapRef.name)),
    ...(secretRef?.name === undefined ? {} : sources('secrets', secretRef.name)),
  }));
  const named = (container?.env ?? []).map((entry) => ({ [entry.name]: heldBy(entry, sources) }));
  return Object.assign({}, ...imported, ...named);
};

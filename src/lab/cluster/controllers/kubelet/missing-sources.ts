import type { KubeObject } from '../../kube-object.ts';
import type { KubeStore } from '../../kube-store.ts';
import type { ContainerSpec, PodSpec, SourceKey, SourceName, VolumeItems } from '../shapes.ts';

type SourceKind = 'configmap' | 'secret';

const find = (store: KubeStore, kind: SourceKind, namespace: string, name: string): KubeObject | undefined =>
  store.get(`${kind}s`, namespace, name);

const missingObject = (
  store: KubeStore,
  namespace: string,
  { kind, source }: { readonly kind: SourceKind; readonly source: SourceName | undefined },
): string | undefined =>
  source === undefined || source.optional === true || find(store, kind, namespace, source.name) !== undefined
    ? undefined
    : `${kind} "${source.name}" not found`;

const missingKey = (
  store: KubeStore,
  namespace: string,
  { kind, source }: { readonly kind: SourceKind; readonly source: SourceKey | undefined },
): string | undefined => {
  const gone = missingObject(store, namespace, { kind, source });
  if (gone !== undefined || source === undefined || source.optional === true) return gone;
  const held = find(store, kind, namespace, source.name);
  const isHeld = [held?.data, held?.stringData, held?.binaryData].some((data) => data?.[source.key] !== undefined);
  const title = kind === 'configmap' ? 'ConfigMap' : 'Secret';
  return isHeld ? undefined : `couldn't find key ${source.key} in ${title} ${namespace}/${source.name}`;
};

/** The first ConfigMap, Secret or key that a container's environment names in vain, in the kubelet's words. */
export const missingFromEnvironment = (
  store: KubeStore,
  namespace: string,
  container: ContainerSpec,
): string | undefined => {
  const whole = (container.envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
    missingObject(store, namespace, { kind: 'configmap', source: configMapRef }),
    missingObject(store, namespace, { kind: 'secret', source: secretRef }),
  ]);
  const keys = (container.env ?? []).flatMap(({ valueFrom }) => [
    missingKey(store, namespace, { kind: 'configmap', source: valueFrom?.configMapKeyRef }),
    missingKey(store, namespace, { kind: 'secret', source: valueFrom?.secretKeyRef }),
  ]);
  return [...whole, ...keys].find((message) => message !== undefined);
};

/** A key that a volume asks for and its object does not hold, in the kubelet's words. */
const missingItem = (
  store: KubeStore,
  namespace: string,
  { kind, source }: { readonly kind: SourceKind; readonly source: (SourceName & VolumeItems) | undefined },
): string | undefined => {
  if (source === undefined || source.optional === true) return undefined;
  const held = find(store, kind, namespace, source.name);
  const lost = (source.items ?? []).find(({ key }) => held?.data?.[key] === undefined);
  return lost === undefined ? undefined : `references non-existent config key: ${lost.key}`;
};

/** The first volume that cannot be mounted because its object is missing, in the kubelet's words. */
export const missingFromVolumes = (store: KubeStore, namespace: string, spec: PodSpec): string | undefined => {
  for (const { name, configMap, secret } of spec.volumes ?? []) {
    const named = secret === undefined ? undefined : { ...secret, name: secret.secretName };
    const missing =
      missingObject(store, namespace, { kind: 'configmap', source: configMap }) ??
      missingObject(store, namespace, { kind: 'secret', source: named });
    const absent =
      missing ??
      missingItem(store, namespace, { kind: 'configmap', source: configMap }) ??
      missingItem(store, namespace, { kind: 'secret', source: named });
    if (absent !== undefined) return `MountVolume.SetUp failed for volume "${name}" : ${absent}`;
  }
  return undefined;
};

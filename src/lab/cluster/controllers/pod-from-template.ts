import type { KubeObject } from '../kube-object.ts';
import { podSpecDefaults, qosClassOf } from '../objects/pod-defaults.ts';
import { ownerReferenceTo } from './ownership.ts';
import type { PodSpec, PodTemplate, Toleration } from './shapes.ts';

/** Every pod stays this long on a node that is lost, as the admission of a real cluster arranges it. */
const lostNodeTolerations: readonly Toleration[] = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
].map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));

/** What the API server and its admission fill into the spec of a new pod. */
const completed = (spec: PodSpec) => ({
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  serviceAccountName: 'default',
  ...podSpecDefaults(spec),
  serviceAccount: spec.serviceAccountName ?? 'default',
  tolerations: [...(spec.tolerations ?? []), ...lostNodeTolerations],
});

/** A pending pod for a ReplicaSet, named like `<replica set>-<suffix>`. */
export const podFromTemplate = (replicaSet: KubeObject, suffix: string): KubeObject => {
  const template: PodTemplate = replicaSet.spec.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${replicaSet.metadata.name}-${suffix}`,
      generateName: `${replicaSet.metadata.name}-`,
      namespace: replicaSet.metadata.namespace ?? '',
      labels: template.metadata?.labels ?? {},
      ...(template.metadata?.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ownerReferences: [ownerReferenceTo(replicaSet)],
    },
    spec: completed(template.spec),
    status: { phase: 'Pending', qosClass: qosClassOf(completed(template.spec)) },
  };
};

import type { KubeObject } from '../kube-object.ts';
import { ownerReferenceTo } from './ownership.ts';
import type { ContainerSpec, PodSpec, PodTemplate, Toleration } from './shapes.ts';

/** Every pod stays this long on a node that is lost, as the admission of a real cluster arranges it. */
const lostNodeTolerations: readonly Toleration[] = [
  'node.kubernetes.io/not-ready',
  'node.kubernetes.io/unreachable',
].map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 }));

/** What the API server fills into a pod's spec. */
const withDefaults = (spec: PodSpec): PodSpec => ({
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  schedulerName: 'default-scheduler',
  securityContext: {},
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  serviceAccountName: 'default',
  ...spec,
  serviceAccount: spec.serviceAccountName ?? 'default',
  tolerations: [...(spec.tolerations ?? []), ...lostNodeTolerations],
});

const isGuaranteed = ({ resources }: ContainerSpec): boolean =>
  ['cpu', 'memory'].every((resource) => {
    const limit = resources?.limits?.[resource];
    return limit !== undefined && (resources?.requests?.[resource] ?? limit) === limit;
  });

/** The quality of service class that requests and limits amount to. */
export const qosClassOf = (containers: readonly ContainerSpec[]): 'Guaranteed' | 'Burstable' | 'BestEffort' => {
  if (containers.every(isGuaranteed)) return 'Guaranteed';
  const isBare = ({ resources }: ContainerSpec): boolean =>
    Object.keys({ ...resources?.requests, ...resources?.limits }).length === 0;
  return containers.every(isBare) ? 'BestEffort' : 'Burstable';
};

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
    spec: withDefaults(template.spec),
    status: { phase: 'Pending', qosClass: qosClassOf(template.spec.containers) },
  };
};

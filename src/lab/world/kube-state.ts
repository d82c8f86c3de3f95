import type { KubeObject } from '../cluster/kube-object.ts';
import type { ClusterView } from './cluster-view.ts';
import { readQuantity } from './quantity.ts';
import type { Sample } from './world.ts';

interface ContainerStatus {
  readonly name: string;
  readonly restartCount?: number;
  readonly state?: { readonly waiting?: { readonly reason?: string } };
}

interface ContainerSpec {
  readonly name: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> };
}

const units = [
  ['cpu', 'core'],
  ['memory', 'byte'],
] as const;

const statusSamples = (labels: Readonly<Record<string, string>>, status: ContainerStatus): readonly Sample[] => {
  const reason = status.state?.waiting?.reason;
  const restarts = { name: 'kube_pod_container_status_restarts_total', labels, value: status.restartCount ?? 0 };
  if (reason === undefined) return [restarts];
  return [restarts, { name: 'kube_pod_container_status_waiting_reason', labels: { ...labels, reason }, value: 1 }];
};

const limitSamples = (labels: Readonly<Record<string, string>>, container: ContainerSpec): readonly Sample[] =>
  units.flatMap(([resource, unit]) => {
    const value = readQuantity(container.resources?.limits?.[resource]);
    return value === null
      ? []
      : [{ name: 'kube_pod_container_resource_limits', labels: { ...labels, resource, unit }, value }];
  });

const podSamples = (namespace: string, pod: KubeObject): readonly Sample[] => {
  const labelsOf = (container: string) => ({ namespace, pod: pod.metadata.name, container });
  const statuses: readonly ContainerStatus[] = pod.status?.containerStatuses ?? [];
  const containers: readonly ContainerSpec[] = pod.spec?.containers ?? [];
  return [
    ...readySamples(namespace, pod),
    ...statuses.flatMap((status) => statusSamples(labelsOf(status.name), status)),
    ...containers.flatMap((container) => limitSamples(labelsOf(container.name), container)),
  ];
};

const truths = ['true', 'false', 'unknown'] as const;

/** One series for each condition and each word that its status may be, as kube-state-metrics shows them. */
const conditionSamples = (
  name: string,
  labels: Readonly<Record<string, string>>,
  object: KubeObject,
): readonly Sample[] =>
  (object.status?.conditions ?? []).flatMap((condition: { type: string; status: string }) =>
    truths.map((status) => ({
      name,
      labels: { ...labels, condition: condition.type, status },
      value: condition.status.toLowerCase() === status ? 1 : 0,
    })),
  );

const readySamples = (namespace: string, pod: KubeObject): readonly Sample[] => {
  const conditions: readonly { readonly type: string; readonly status: string }[] = pod.status?.conditions ?? [];
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True');
  return truths.map((condition) => ({
    name: 'kube_pod_status_ready',
    labels: { namespace, pod: pod.metadata.name, condition },
    value: Number(condition === (isReady ? 'true' : 'false')),
  }));
};

const deploymentSamples = (namespace: string, deployment: KubeObject): readonly Sample[] => {
  const labels = { namespace, deployment: deployment.metadata.name };
  return [
    { name: 'kube_deployment_spec_replicas', labels, value: deployment.spec?.replicas ?? 1 },
    {
      name: 'kube_deployment_status_replicas_available',
      labels,
      value: deployment.status?.availableReplicas ?? 0,
    },
    ...conditionSamples('kube_deployment_status_condition', labels, deployment),
  ];
};

const samplesOf = (view: ClusterView, namespace: string): readonly Sample[] => [
  ...view.pods.flatMap((pod) => podSamples(namespace, pod.object)),
  ...view.deployments.flatMap((deployment) => deploymentSamples(namespace, deployment)),
];

/** What kube-state-metrics shows of the namespace's objects: it follows from them alone, so it is made anew only for a new view. */
export const createKubeState = (namespace: string): ((view: ClusterView) => readonly Sample[]) => {
  let last: { readonly view: ClusterView; readonly samples: readonly Sample[] } | null = null;
  return (view) => {
    if (last?.view !== view) last = { view, samples: samplesOf(view, namespace) };
    return last.samples;
  };
};

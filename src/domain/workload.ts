/** A workload: the thing that an incident is about and that a remedy acts upon. */
export interface WorkloadRef {
  readonly namespace: string;
  readonly kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly name: string;
}

/** Any object of the Kubernetes API. `namespace` is absent for cluster-scoped kinds. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
}

/** The object behind a workload. */
export const objectOf = (workload: WorkloadRef): ObjectRef => ({
  apiVersion: 'apps/v1',
  kind: workload.kind,
  namespace: workload.namespace,
  name: workload.name,
});

/** `kind/name`, as kubectl writes it. */
export const shortName = (ref: { readonly kind: string; readonly name: string }): string =>
  `${ref.kind.toLowerCase()}/${ref.name}`;

import type { KubeObject } from '../kube-object.ts';
import type { ResourceName } from '../kube-store.ts';

/** One kind that the API server serves, with all that discovery says about it. */
export interface ServedResource extends ResourceName {
  readonly kind: string;
  readonly singular: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly subresources: readonly string[];
  /** Defined by a CustomResourceDefinition: unknown fields are kept, strategic merge is not offered. */
  readonly custom: boolean;
}

/** `apps/v1`, or `v1` for the core group. */
export const apiVersionOf = ({ group, version }: Pick<ResourceName, 'group' | 'version'>): string =>
  group === '' ? version : `${group}/${version}`;

/** `deployments.apps`, or `pods` for the core group: how messages name a kind. */
export const qualifiedPlural = ({ group, plural }: Pick<ResourceName, 'group' | 'plural'>): string =>
  group === '' ? plural : `${plural}.${group}`;

type Traits = Partial<Pick<ServedResource, 'shortNames' | 'categories' | 'subresources'>> & { cluster?: boolean };

const resource =
  (group: string, version: string) =>
  (kind: string, plural: string, traits: Traits = {}): ServedResource => ({
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    namespaced: traits.cluster !== true,
    shortNames: traits.shortNames ?? [],
    categories: traits.categories ?? [],
    subresources: traits.subresources ?? [],
    custom: false,
  });

const core = resource('', 'v1');
const apps = resource('apps', 'v1');
const networking = resource('networking.k8s.io', 'v1');
const batch = resource('batch', 'v1');
const rbac = resource('rbac.authorization.k8s.io', 'v1');
const all = ['all'];
const scaled = ['status', 'scale'];

/** The kinds that a cluster serves before any CustomResourceDefinition is made. */
export const builtinResources: readonly ServedResource[] = [
  core('Namespace', 'namespaces', { shortNames: ['ns'], subresources: ['status'], cluster: true }),
  core('Node', 'nodes', { shortNames: ['no'], subresources: ['status'], cluster: true }),
  core('Pod', 'pods', { shortNames: ['po'], categories: all, subresources: ['status', 'eviction', 'log'] }),
  core('Service', 'services', { shortNames: ['svc'], categories: all, subresources: ['status'] }),
  core('Endpoints', 'endpoints', { shortNames: ['ep'] }),
  core('ConfigMap', 'configmaps', { shortNames: ['cm'] }),
  core('Secret', 'secrets'),
  core('Event', 'events', { shortNames: ['ev'] }),
  core('ServiceAccount', 'serviceaccounts', { shortNames: ['sa'] }),
  core('PersistentVolumeClaim', 'persistentvolumeclaims', { shortNames: ['pvc'], subresources: ['status'] }),
  core('ResourceQuota', 'resourcequotas', { shortNames: ['quota'], subresources: ['status'] }),
  core('LimitRange', 'limitranges', { shortNames: ['limits'] }),
  apps('Deployment', 'deployments', { shortNames: ['deploy'], categories: all, subresources: scaled }),
  apps('ReplicaSet', 'replicasets', { shortNames: ['rs'], categories: all, subresources: scaled }),
  apps('StatefulSet', 'statefulsets', { shortNames: ['sts'], categories: all, subresources: scaled }),
  apps('DaemonSet', 'daemonsets', { shortNames: ['ds'], categories: all, subresources: ['status'] }),
  apps('ControllerRevision', 'controllerrevisions'),
  resource('autoscaling', 'v2')('HorizontalPodAutoscaler', 'horizontalpodautoscalers', {
    shortNames: ['hpa'],
    categories: all,
    subresources: ['status'],
  }),
  networking('NetworkPolicy', 'networkpolicies', { shortNames: ['netpol'] }),
  networking('Ingress', 'ingresses', { shortNames: ['ing'], subresources: ['status'] }),
  resource('policy', 'v1')('PodDisruptionBudget', 'poddisruptionbudgets', {
    shortNames: ['pdb'],
    subresources: ['status'],
  }),
  batch('Job', 'jobs', { categories: all, subresources: ['status'] }),
  batch('CronJob', 'cronjobs', { shortNames: ['cj'], categories: all, subresources: ['status'] }),
  rbac('Role', 'roles'),
  rbac('RoleBinding', 'rolebindings'),
  rbac('ClusterRole', 'clusterroles', { cluster: true }),
  rbac('ClusterRoleBinding', 'clusterrolebindings', { cluster: true }),
  resource('coordination.k8s.io', 'v1')('Lease', 'leases'),
  resource('discovery.k8s.io', 'v1')('EndpointSlice', 'endpointslices'),
  resource('admissionregistration.k8s.io', 'v1')('ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', {
    cluster: true,
  }),
  resource('apiextensions.k8s.io', 'v1')('CustomResourceDefinition', 'customresourcedefinitions', {
    shortNames: ['crd', 'crds'],
    subresources: ['status'],
    cluster: true,
  }),
  {
    ...resource('policies.kyverno.io', 'v1')('ValidatingPolicy', 'validatingpolicies', {
      shortNames: ['vpol'],
      categories: ['kyverno'],
      subresources: ['status'],
      cluster: true,
    }),
    custom: true,
  },
];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** The kinds that a CustomResourceDefinition defines: one for each served version. */
export const resourcesOfDefinition = (definition: KubeObject): readonly ServedResource[] => {
  const { group, scope, names, versions } = definition.spec ?? {};
  if (!isObject(names) || !Array.isArray(versions)) return [];
  return versions.filter(isObject).flatMap((version) => {
    if (version.served === false) return [];
    const kind = String(names.kind);
    return [
      {
        group: String(group),
        version: String(version.name),
        kind,
        plural: String(names.plural),
        singular: typeof names.singular === 'string' ? names.singular : kind.toLowerCase(),
        namespaced: scope === 'Namespaced',
        shortNames: texts(names.shortNames),
        categories: texts(names.categories),
        subresources: isObject(version.subresources) ? Object.keys(version.subresources) : [],
        custom: true,
      },
    ];
  });
};

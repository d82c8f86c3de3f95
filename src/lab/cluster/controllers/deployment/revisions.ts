import type { KubeObject } from '../../kube-object.ts';
import type { ControllerDeps } from '../controller.ts';
import { ownerReferenceTo } from '../ownership.ts';
import type { PodTemplate } from '../shapes.ts';
import { deploymentSpecOf } from './deployment-spec.ts';
import { templateHash, templateHashLabel, templateText } from './template-hash.ts';

/** Annotation names as kubectl reads them. */
export const annotation = {
  revision: 'deployment.kubernetes.io/revision',
  history: 'deployment.kubernetes.io/revision-history',
  desired: 'deployment.kubernetes.io/desired-replicas',
  max: 'deployment.kubernetes.io/max-replicas',
  applied: 'kubectl.kubernetes.io/last-applied-configuration',
} as const;

/** The writer's name in managedFields and in `kubectl get -o yaml`. */
export const manager = 'kube-controller-manager';

/** The object with some annotations set. */
export const withAnnotations = (object: KubeObject, annotations: Readonly<Record<string, string>>): KubeObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
});

/** The revision that an object bears; 0 for none. */
export const revisionOf = (object: KubeObject): number =>
  Number(object.metadata.annotations?.[annotation.revision] ?? 0);

/** The ReplicaSet that already runs the Deployment's template. */
export const findCurrent = (deployment: KubeObject, replicaSets: readonly KubeObject[]): KubeObject | undefined => {
  const wanted = templateText(deployment.spec.template);
  return replicaSets.find((set) => templateText(set.spec.template) === wanted);
};

const own = new Set<string>(Object.values(annotation));

/** The Deployment's annotations that its ReplicaSets inherit, kubernetes.io/change-cause among them. */
const inherited = (deployment: KubeObject): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !own.has(key)));

const withHash = (template: PodTemplate, hash: string): PodTemplate => ({
  ...template,
  metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [templateHashLabel]: hash } },
});

/** The ReplicaSet for the Deployment's template, with no pods yet. */
export const newReplicaSet = (deployment: KubeObject, revision: number): KubeObject => {
  const spec = deploymentSpecOf(deployment);
  const hash = templateHash(spec.template);
  const template = withHash(spec.template, hash);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace ?? '',
      labels: template.metadata?.labels ?? {},
      annotations: {
        ...inherited(deployment),
        [annotation.revision]: String(revision),
        [annotation.desired]: String(spec.replicas),
        [annotation.max]: String(spec.replicas + spec.maxSurge),
      },
      ownerReferences: [ownerReferenceTo(deployment)],
    },
    spec: {
      replicas: 0,
      ...(spec.minReadySeconds > 0 ? { minReadySeconds: spec.minReadySeconds } : {}),
      selector: { matchLabels: { ...deployment.spec.selector?.matchLabels, [templateHashLabel]: hash } },
      template,
    },
    status: { replicas: 0 },
  };
};

/** Gives the current ReplicaSet the newest revision (a rollback moves an old one to the front, and its history says so). */
export const bumpRevision = (
  deps: ControllerDeps,
  deployment: KubeObject,
  set: KubeObject,
  newest: number,
): KubeObject => {
  const before = revisionOf(set);
  const history = set.metadata.annotations?.[annotation.history];
  const revised = withAnnotations(set, {
    ...inherited(deployment),
    ...(before < newest ? { [annotation.revision]: String(newest) } : {}),
    ...(before > 0 && before < newest
      ? { [annotation.history]: history === undefined ? String(before) : `${history},${before}` }
      : {}),
  });
  return deps.store.update('replicasets', revised, manager);
};

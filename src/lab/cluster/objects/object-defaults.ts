import { createHash } from 'node:crypto';
import { isMap, type JsonMap, mapOf } from '../frozen.ts';
import type { KubeObject } from '../kube-object.ts';
import { podSpecDefaults, qosClassOf, templateDefaults, withDefaults } from './pod-defaults.ts';

type SpecDefaults = (spec: JsonMap, object: KubeObject) => JsonMap;

/** Maps are merged one level down, so that a strategy that is half given is completed, not replaced. */
const withDeepDefaults = (value: JsonMap, field: string, defaults: JsonMap): JsonMap => ({
  ...value,
  [field]: withDefaults(mapOf(value[field]), defaults),
});

const deployment: SpecDefaults = (spec) => {
  const filled = withDeepDefaults(
    withDefaults(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 }),
    'strategy',
    { type: 'RollingUpdate' },
  );
  const strategy = mapOf(filled.strategy);
  const rolling = strategy.type === 'RollingUpdate';
  return {
    ...filled,
    template: templateDefaults(spec.template),
    strategy: rolling
      ? withDeepDefaults(strategy, 'rollingUpdate', { maxUnavailable: '25%', maxSurge: '25%' })
      : strategy,
  };
};

const statefulSet: SpecDefaults = (spec) => ({
  ...withDefaults(spec, {
    replicas: 1,
    podManagementPolicy: 'OrderedReady',
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
  }),
  template: templateDefaults(spec.template),
});

const daemonSet: SpecDefaults = (spec) => ({
  ...withDefaults(spec, {
    revisionHistoryLimit: 10,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
  }),
  template: templateDefaults(spec.template),
});

const replicaSet: SpecDefaults = (spec) => ({
  ...withDefaults(spec, { replicas: 1 }),
  template: templateDefaults(spec.template),
});

const job: SpecDefaults = (spec) => ({
  ...withDefaults(spec, {
    backoffLimit: 6,
    completions: 1,
    parallelism: 1,
    completionMode: 'NonIndexed',
    suspend: false,
  }),
  template: templateDefaults(spec.template),
});

const cronJob: SpecDefaults = (spec) =>
  withDefaults(spec, {
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });

/** A stable address from the service range: the same name gets the same address in every run. */
const clusterAddress = ({ metadata }: KubeObject): string => {
  const hash = createHash('sha256').update(`${metadata.namespace}/${metadata.name}`).digest();
  return `10.96.${hash[0] ?? 0}.${((hash[1] ?? 0) % 254) + 1}`;
};

const servicePort = (port: JsonMap): JsonMap => withDefaults(port, { protocol: 'TCP', targetPort: port.port });

const service: SpecDefaults = (spec, object) => {
  const filled = withDefaults(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  const ports = Array.isArray(filled.ports)
    ? { ports: filled.ports.map((port: unknown) => (isMap(port) ? servicePort(port) : port)) }
    : {};
  if (filled.type === 'ExternalName') return { ...filled, ...ports };
  const address = filled.clusterIP === undefined || filled.clusterIP === '' ? clusterAddress(object) : filled.clusterIP;
  return {
    ...withDefaults(filled, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' }),
    ...ports,
    clusterIP: address,
    clusterIPs: [address],
  };
};

const bySpec: Readonly<Record<string, SpecDefaults>> = {
  'apps/v1 Deployment': deployment,
  'apps/v1 StatefulSet': statefulSet,
  'apps/v1 DaemonSet': daemonSet,
  'apps/v1 ReplicaSet': replicaSet,
  'batch/v1 Job': job,
  'batch/v1 CronJob': cronJob,
  'autoscaling/v2 HorizontalPodAutoscaler': (spec) => withDefaults(spec, { minReplicas: 1 }),
  'v1 Pod': (spec) => withDefaults(podSpecDefaults(spec), { serviceAccountName: 'default', enableServiceLinks: true }),
  'v1 Service': service,
  'policies.kyverno.io/v1 ValidatingPolicy': (spec) =>
    withDefaults(spec, { failurePolicy: 'Fail', validationActions: ['Deny'] }),
};

const namespaceDefaults = (object: KubeObject): KubeObject => ({
  ...object,
  metadata: {
    ...object.metadata,
    labels: { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name },
  },
  status: object.status ?? { phase: 'Active' },
});

const secretDefaults = (object: KubeObject): KubeObject => {
  const { stringData, ...rest } = object;
  const encoded = Object.entries(mapOf(stringData)).map(([key, value]) => [
    key,
    Buffer.from(String(value)).toString('base64'),
  ]);
  return { ...rest, type: object.type ?? 'Opaque', data: { ...mapOf(object.data), ...Object.fromEntries(encoded) } };
};

/** The object as the API server completes it before it validates. */
export const objectDefaults = (object: KubeObject): KubeObject => {
  const name = `${object.apiVersion} ${object.kind}`;
  if (name === 'v1 Namespace') return namespaceDefaults(object);
  if (name === 'v1 Secret') return secretDefaults(object);
  const fill = bySpec[name];
  return fill === undefined ? object : { ...object, spec: fill(mapOf(object.spec), object) };
};

const acceptedDefinition = (object: KubeObject): JsonMap => {
  const names = mapOf(mapOf(object.spec).names);
  const condition = (type: string, reason: string): JsonMap => ({ type, status: 'True', reason });
  return {
    acceptedNames: names,
    conditions: [condition('NamesAccepted', 'NoConflicts'), condition('Established', 'InitialNamesAccepted')],
    storedVersions: ['v1'],
  };
};

/** The status that the API server itself gives a new object; undefined for kinds whose status others write. */
export const initialStatus = (object: KubeObject): JsonMap | undefined => {
  switch (object.kind) {
    case 'Pod':
      return { phase: 'Pending', qosClass: qosClassOf(mapOf(object.spec)) };
    case 'Namespace':
      return { phase: 'Active' };
    case 'Service':
      return { loadBalancer: {} };
    case 'CustomResourceDefinition':
      return acceptedDefinition(object);
    default:
      return undefined;
  }
};

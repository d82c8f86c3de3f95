import type { JsonObject } from '../../domain/json.ts';
import { listAt, numberAt, sameJson, textAt, textsAt, valueAt } from '../../domain/json-read.ts';
import type { ObjectRef, WorkloadRef } from '../../domain/workload.ts';
import type { RemedyFacts } from '../../ports/action.ts';

/** The object's name in its namespace. */
export const nameOf = (object: JsonObject): string => textAt(object, 'metadata', 'name');

/** How the API names the object. */
export const refOf = (object: JsonObject): ObjectRef => {
  const namespace = textAt(object, 'metadata', 'namespace');
  return {
    apiVersion: textAt(object, 'apiVersion'),
    kind: textAt(object, 'kind'),
    ...(namespace === '' ? {} : { namespace }),
    name: nameOf(object),
  };
};

/** True when a reference (of a recorded change, say) means this object. */
export const isAbout = (ref: ObjectRef, object: JsonObject): boolean => {
  const own = refOf(object);
  return ref.kind === own.kind && ref.name === own.name && ref.namespace === own.namespace;
};

/** The workload that an object is; null for any other kind. */
export const workloadRefOf = (object: JsonObject): WorkloadRef | null => {
  const kind = textAt(object, 'kind');
  if (kind !== 'Deployment' && kind !== 'StatefulSet' && kind !== 'DaemonSet') return null;
  return { namespace: textAt(object, 'metadata', 'namespace'), kind, name: nameOf(object) };
};

/** All live workloads of the incident's namespace. */
export const workloadsOf = (facts: RemedyFacts): readonly JsonObject[] =>
  facts.objects.filter(
    (object) => workloadRefOf(object) !== null && textAt(object, 'metadata', 'namespace') === facts.namespace,
  );

/** The live workload of a name; undefined when there is none. */
export const workloadNamed = (facts: RemedyFacts, name: string): JsonObject | undefined =>
  workloadsOf(facts).find((object) => nameOf(object) === name);

/** Live objects of one kind in the incident's namespace. */
export const objectsOfKind = (facts: RemedyFacts, kind: string): readonly JsonObject[] =>
  facts.objects.filter(
    (object) => textAt(object, 'kind') === kind && textAt(object, 'metadata', 'namespace') === facts.namespace,
  );

/** How many pods the workload is asked to run; a DaemonSet, as many as its status wants. */
export const podsWanted = (workload: JsonObject): number =>
  textAt(workload, 'kind') === 'DaemonSet'
    ? (numberAt(workload, 'status', 'desiredNumberScheduled') ?? 1)
    : (numberAt(workload, 'spec', 'replicas') ?? 1);

/** Labels of the pods that the workload makes. */
export const templateLabels = (workload: JsonObject): Readonly<Record<string, string>> =>
  textsAt(workload, 'spec', 'template', 'metadata', 'labels');

/** True when a selector with at least one label finds pods with these labels. */
export const selects = (
  selector: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>>,
): boolean =>
  Object.keys(selector).length > 0 && Object.entries(selector).every(([key, value]) => labels[key] === value);

/** True when its pods hold data that outlives them. */
export const keepsData = (workload: JsonObject): boolean =>
  listAt(workload, 'spec', 'volumeClaimTemplates').length > 0 ||
  listAt(workload, 'spec', 'template', 'spec', 'volumes').some(
    (volume) => valueAt(volume, 'persistentVolumeClaim') !== undefined,
  );

const storeImage =
  /(^|\/)[^/]*(redis|valkey|postgres|mysql|mariadb|mongo|memcached|cassandra|etcd|kafka|rabbitmq|elasticsearch|clickhouse)[^/]*$/i;

/** True when one of its images is that of a data store: others keep their state in its memory. */
export const isDataStore = (workload: JsonObject): boolean =>
  listAt(workload, 'spec', 'template', 'spec', 'containers').some((container) =>
    storeImage.test(textAt(container, 'image').split('@')[0] ?? ''),
  );

/** The ReplicaSets of a Deployment, newest revision first. */
export const replicaSetsOf = (facts: RemedyFacts, deployment: JsonObject): readonly JsonObject[] => {
  const uid = valueAt(deployment, 'metadata', 'uid');
  return objectsOfKind(facts, 'ReplicaSet')
    .filter((object) =>
      listAt(object, 'metadata', 'ownerReferences').some((owner) => sameJson(valueAt(owner, 'uid'), uid)),
    )
    .toSorted((left, right) => revisionOf(right) - revisionOf(left));
};

/** The rollout revision that a ReplicaSet stands for; 0 when it says none. */
export const revisionOf = (replicaSet: JsonObject): number =>
  Number(textAt(replicaSet, 'metadata', 'annotations', 'deployment.kubernetes.io/revision')) || 0;

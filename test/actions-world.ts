import { diffFields } from '../src/adapters/kubernetes/field-diff.ts';
import type { Evidence, EvidenceData, FieldChange } from '../src/domain/evidence.ts';
import type { Cause } from '../src/domain/finding.ts';
import type { Json, JsonObject } from '../src/domain/json.ts';
import type { RemedyFacts } from '../src/ports/action.ts';

/** The namespace of the shop. */
export const namespace = 'shop';

/** What a test says about one workload; the rest is ordinary. */
export interface WorkloadSketch {
  readonly name: string;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet';
  readonly replicas?: number;
  readonly image?: string;
  readonly env?: readonly JsonObject[];
  readonly limits?: JsonObject;
  readonly spec?: JsonObject;
  readonly podSpec?: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A live workload as an API server holds it. */
export const workload = (sketch: WorkloadSketch): JsonObject => {
  const labels = sketch.labels ?? { app: sketch.name };
  return {
    apiVersion: 'apps/v1',
    kind: sketch.kind ?? 'Deployment',
    metadata: {
      name: sketch.name,
      namespace,
      uid: `uid-${sketch.name}`,
      resourceVersion: '7',
      labels: { app: sketch.name },
    },
    spec: {
      ...(sketch.kind === 'DaemonSet' ? {} : { replicas: sketch.replicas ?? 2 }),
      selector: { matchLabels: { app: sketch.name } },
      template: {
        metadata: { labels },
        spec: {
          ...sketch.podSpec,
          containers: [
            {
              name: 'server',
              image: sketch.image ?? `registry/${sketch.name}:v1`,
              env: sketch.env ?? [{ name: 'PORT', value: '8080' }],
              resources: { limits: sketch.limits ?? { cpu: '200m', memory: '128Mi' } },
            },
          ],
        },
      },
      ...sketch.spec,
    },
    status: { readyReplicas: 1, desiredNumberScheduled: 3 },
  };
};

/** A revision of a Deployment, made from the template that it had then. */
export const replicaSet = (
  deployment: JsonObject,
  revision: number,
  about: { readonly at: string; readonly ready?: number; readonly annotations?: JsonObject },
): JsonObject => {
  const { metadata, spec } = deployment as { metadata: JsonObject; spec: JsonObject };
  const { metadata: templateMetadata, ...template } = spec.template as { metadata: { labels: JsonObject } };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${metadata.name}-${revision}`,
      namespace,
      uid: `uid-${metadata.name}-${revision}`,
      creationTimestamp: about.at,
      annotations: { 'deployment.kubernetes.io/revision': `${revision}`, ...about.annotations },
      ownerReferences: [{ kind: 'Deployment', name: metadata.name ?? '', uid: metadata.uid ?? '' }],
    },
    spec: {
      replicas: 0,
      template: {
        ...template,
        metadata: { labels: { ...templateMetadata.labels, 'pod-template-hash': `hash${revision}` } },
      },
    },
    status: { readyReplicas: about.ready ?? 0 },
  };
};

/** A Service that selects pods by labels. */
export const service = (name: string, selector: Readonly<Record<string, string>>): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, uid: `uid-svc-${name}`, resourceVersion: '7' },
  spec: { selector, ports: [{ port: 80 }] },
});

/** The changes that the flight recorder keeps when an object goes from one state to another. */
export const recorded = (
  before: JsonObject,
  after: JsonObject,
  author: { readonly manager: string; readonly at: string } = {
    manager: 'kubectl-edit',
    at: '2026-11-22T18:30:05.000Z',
  },
): readonly FieldChange[] => {
  const { apiVersion, kind, metadata } = after as { apiVersion: string; kind: string; metadata: { name: string } };
  const object = { apiVersion, kind, namespace, name: metadata.name };
  const content = ({ spec, data }: JsonObject): JsonObject =>
    Object.fromEntries(Object.entries({ spec, data }).filter(([, value]) => value !== undefined)) as JsonObject;
  return diffFields(content(before), content(after)).map((field) => ({ ...author, object, ...field }));
};

/** A piece of evidence that was found. */
export const evidence = (id: string, data: EvidenceData): Evidence => ({
  id,
  kind:
    data.kind === 'metric' || data.kind === 'log' || data.kind === 'event' || data.kind === 'change'
      ? data.kind
      : 'object',
  subject: 'shop',
  window: { from: '2026-11-22T18:30:00.000Z', to: '2026-11-22T18:35:00.000Z' },
  query: 'q',
  outcome: 'found',
  observation: 'seen',
  data,
  hash: id,
});

/** Facts about a cause, with whatever the test adds. */
export const facts = (
  cause: Cause,
  known: {
    readonly objects: readonly JsonObject[];
    readonly changes?: readonly FieldChange[];
    readonly evidence?: readonly Evidence[];
    readonly edges?: readonly { readonly from: string; readonly to: string }[];
    readonly namespace?: string;
  },
): RemedyFacts => ({
  namespace: known.namespace ?? namespace,
  cause,
  context: {
    at: '2026-11-22T18:35:00.000Z',
    window: { from: '2026-11-22T18:30:00.000Z', to: '2026-11-22T18:35:00.000Z' },
    baseline: { from: '2026-11-22T18:10:00.000Z', to: '2026-11-22T18:30:00.000Z' },
    topology: { workloads: [], edges: known.edges ?? [] },
    evidence: known.evidence ?? [],
    unreachable: [],
  },
  objects: known.objects,
  changes: known.changes ?? [],
});

/** A copy with the value at a path of keys replaced. */
export const withAt = (object: JsonObject, keys: readonly (string | number)[], value: Json | undefined): JsonObject => {
  const copy = structuredClone(object) as Record<string | number, unknown>;
  const parent = keys.slice(0, -1).reduce((at, key) => at[key] as Record<string | number, unknown>, copy);
  const last = keys.at(-1) ?? '';
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy as JsonObject;
};

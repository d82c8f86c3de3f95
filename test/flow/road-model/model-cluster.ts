import type { WorkloadData } from '../../../src/domain/evidence.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { Patch } from '../../../src/domain/plan.ts';
import type { ObjectRef } from '../../../src/domain/workload.ts';
import type { ClusterWriter, Stamp, WriteAnswer } from '../../../src/ports/cluster-writer.ts';
import type { Turns } from './turns.ts';

/** What the API server does to the next write: nothing special, or one mishap. */
export type Mishap = 'none' | 'lost-before' | 'lost-after' | 'conflict' | 'denied';

/** How the shop fares: `worse` means that what was well is broken too. */
export type Health = 'sick' | 'well' | 'worse';

/** One Deployment: `recipe` is what remedies change. */
export interface ModelObject {
  readonly name: string;
  version: number;
  actionId: string;
  recipe: string;
}

/** One write that took effect, and what was true when it was begun. */
export interface Written {
  readonly incidentUid: string;
  readonly actionId: string;
  readonly patch: Patch;
  readonly begun: { readonly mode: string };
  /** The object just before. */
  readonly before: JsonObject;
}

/** The API server and the shop behind it. They outlive every process. */
export interface ModelCluster {
  readonly objects: ReadonlyMap<string, ModelObject>;
  readonly mishaps: Mishap[];
  /** Reads and dry runs get no answer for so many calls. */
  silentFor: number;
  health: Health;
}

/** The workloads of the model: the sick one, a store that a remedy may change with it, and the one in front that people see. */
export const workloadNames = ['cartservice', 'redis-cart', 'frontend'] as const;

/** All well-formed, and the shop sick. */
export const createModelCluster = (): ModelCluster => ({
  objects: new Map(workloadNames.map((name) => [name, { name, version: 1, actionId: '', recipe: 'bad' }])),
  mishaps: [],
  silentFor: 0,
  health: 'sick',
});

/** The object as the API server shows it. */
export const shownAs = ({ name, version, actionId, recipe }: ModelObject): JsonObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name,
    uid: `uid-${name}`,
    resourceVersion: String(version),
    annotations: { 'sre.ai4all.dev/action-id': actionId },
  },
  spec: { recipe },
});

const recipeIn = (patch: Patch): string =>
  ((patch.body as { readonly spec?: { readonly recipe?: string } }).spec?.recipe ?? 'untouched') as string;

/** True while the API server gives no answer; each question counts. */
const isSilent = (cluster: ModelCluster): boolean => {
  if (cluster.silentFor === 0) return false;
  cluster.silentFor -= 1;
  return true;
};

const readyOf = (cluster: ModelCluster, name: string): number => {
  if (cluster.health === 'well') return 1;
  return name === 'cartservice' || cluster.health === 'worse' ? 0 : 1;
};

/** Rollouts as the Kubernetes API tells them. */
export const rolloutsOf = (cluster: ModelCluster): readonly WorkloadData[] =>
  workloadNames.map((name) => ({
    kind: 'workload',
    workload: { namespace: 'online-boutique', kind: 'Deployment', name },
    replicas: 1,
    ready: readyOf(cluster, name),
    updated: 1,
    paused: false,
    containers: [],
    pods: [],
    revisions: [],
  }));

/** Writing as one process does it; `onWritten` is told of each write at the moment when it takes effect. */
export const createModelWriter = (
  cluster: ModelCluster,
  turns: Turns,
  watch: { readonly mode: () => string; readonly onWritten: (written: Written) => void },
): ClusterWriter => {
  const objectFor = (target: ObjectRef): ModelObject => {
    const object = cluster.objects.get(target.name);
    if (object === undefined) throw new Error(`the model has no ${target.name}`);
    return object;
  };
  const apply = (patch: Patch, stamp: Stamp, begun: Written['begun']): WriteAnswer => {
    const object = objectFor(patch.target);
    const mishap = cluster.mishaps.shift() ?? 'none';
    if (mishap === 'lost-before') return { kind: 'lost', reason: 'reset' };
    if (mishap === 'denied') return { kind: 'denied', by: 'admission', policy: 'p', message: 'no' };
    if (mishap === 'conflict') object.version += 1;
    if (stamp.resourceVersion !== String(object.version)) return { kind: 'conflict' };
    const before = shownAs(object);
    object.version += 1;
    object.actionId = stamp.actionId;
    object.recipe = recipeIn(patch);
    watch.onWritten({ incidentUid: stamp.incidentUid, actionId: stamp.actionId, patch, begun, before });
    if (mishap === 'lost-after') return { kind: 'lost', reason: 'reset' };
    return { kind: 'written', resourceVersion: String(object.version), auditId: stamp.actionId };
  };
  return {
    challenge: async () => ({ kind: 'denied', by: 'admission', policy: 'p', message: 'no annotations' }),
    dryRun: (patch, stamp) =>
      turns.take('dry run', () => {
        if (isSilent(cluster)) return { kind: 'unreachable', reason: 'away' };
        const object = objectFor(patch.target);
        if (stamp.resourceVersion !== String(object.version)) return { kind: 'conflict' };
        return { kind: 'accepted', before: {}, after: {} };
      }),
    readBack: (target, actionId) =>
      turns.take('read back', () => {
        if (isSilent(cluster)) return { kind: 'unreachable', reason: 'away' };
        const object = objectFor(target);
        const kind = object.actionId === actionId ? 'ours' : 'not_ours';
        return { kind, resourceVersion: String(object.version), object: shownAs(object) };
      }),
    write: (patch, stamp) => {
      const begun = { mode: watch.mode() };
      return turns.take('WRITE', () => apply(patch, stamp, begun));
    },
  };
};

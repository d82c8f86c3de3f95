import type { Json, JsonObject } from '../../domain/json.ts';
import { resolvePointer } from '../../domain/json-pointer.ts';
import { objectAt, sameJson, textAt, valueAt } from '../../domain/json-read.ts';
import type { ActionName, PlanDraft, Precondition, Risk } from '../../domain/plan.ts';
import { limits } from '../../limits.ts';
import type { RemedyFacts } from '../../ports/action.ts';
import { type Operation, patchedDocument, reversiblePatch } from './json-patch.ts';
import { kubectlPatch } from './kubectl.ts';
import { isAbout, isDataStore, keepsData, podsWanted, refOf, workloadRefOf, workloadsOf } from './live-object.ts';

/** Namespaces that keep the cluster, its safety nets or the bot itself alive: no remedy touches them. */
const untouchable =
  /^(kube-.*|kyverno|linkerd.*|istio-.*|cert-manager|chaos-mesh|chaos-testing|sre|monitoring|observability|flux-system|argocd|goalert)$/;

/** What a remedy decided; the rest of the draft follows from it. */
export interface Remedy {
  readonly action: ActionName;
  readonly facts: RemedyFacts;
  /** The workload that it means to heal. */
  readonly workload: JsonObject;
  /** The object that it changes: the workload itself, or a Service or ConfigMap of its. */
  readonly target: JsonObject;
  readonly operations: readonly Operation[];
  /** Fields beyond those that the operations overwrite which must still hold, as JSON pointers into the target. */
  readonly alsoUnchanged?: readonly string[];
  readonly parameters: JsonObject;
  /** Pods that are replaced, started or re-routed. */
  readonly pods: number;
  readonly risk: Risk;
  readonly reason: string;
  readonly fitness: number;
  /** A shorter way to say it than the patch itself. */
  readonly kubectl?: string;
  /** Set when undoing it would only do harm again. */
  readonly needsNoUndo?: boolean;
}

const percentOf = (part: number, whole: number): number => Math.round((100 * part) / Math.max(whole, 1));

const describeBlast = ({ facts, pods }: Remedy): string => {
  const all = Math.max(
    workloadsOf(facts).reduce((sum, workload) => sum + podsWanted(workload), 0),
    pods,
  );
  return `${pods} of ${all} pods in ${facts.namespace} (${percentOf(pods, all)} %)`;
};

/** An inserted or removed item shifts its neighbours, so then the whole list must be as it was. */
const guardedPath = (target: JsonObject, { op, path }: Operation): string => {
  const parent = path.slice(0, path.lastIndexOf('/'));
  return op !== 'replace' && Array.isArray(resolvePointer(target, parent)) ? parent : path;
};

const preconditionsOf = ({ target, operations, alsoUnchanged = [] }: Remedy): readonly Precondition[] => {
  const paths = ['/metadata/uid', ...operations.map((operation) => guardedPath(target, operation)), ...alsoUnchanged];
  return [...new Set(paths)].map((path) => ({
    target: refOf(target),
    path,
    equals: resolvePointer(target, path) ?? null,
  }));
};

/** What a workload would run, its annotations aside: a restart's stamp is no other end. */
const endOf = (object: JsonObject | null): Json => {
  const { template, ...spec } = objectAt(object ?? undefined, 'spec');
  const { metadata, ...rest } = objectAt(template);
  return [spec, rest, objectAt(metadata, 'labels'), valueAt(object ?? undefined, 'data') ?? null];
};

/** Whether another way led to the same end before, and it did not help. A restart is the same end as no change, so it counts only by its way. */
const wasTried = ({ facts, target, operations, needsNoUndo }: Remedy): boolean => {
  if (needsNoUndo === true) return false;
  const end = endOf(patchedDocument(target, [...operations]));
  return (facts.tried ?? [])
    .filter(({ inverse }) => inverse.length > 0)
    .flatMap(({ patches }) => patches)
    .filter(({ type, target: ref }) => type === 'json' && isAbout(ref, target))
    .some(({ body }) => sameJson(endOf(patchedDocument(target, body)), end));
};

const isRefused = ({ facts, target, operations, pods }: Remedy): boolean =>
  untouchable.test(facts.namespace) ||
  textAt(target, 'metadata', 'deletionTimestamp') !== '' ||
  operations.length === 0 ||
  pods > limits.blastPodsMax;

/** The bot never scales anything to zero, not even to undo; a remedy that would need it has nothing to take back. */
const stopsAll = (operations: readonly Json[]): boolean =>
  operations.some((operation) => {
    const { op, path, value } = operation as JsonObject;
    return op !== 'test' && path === '/spec/replicas' && value === 0;
  });

/** The finished draft; null when the remedy must not be (system namespaces, too many pods) or does not fit the live object. */
export const composeDraft = (remedy: Remedy): PlanDraft | null => {
  const workload = workloadRefOf(remedy.workload);
  if (workload === null || isRefused(remedy) || wasTried(remedy)) return null;
  const reversible = reversiblePatch(remedy.target, remedy.operations);
  if (reversible === null) return null;
  const target = refOf(remedy.target);
  return {
    action: remedy.action,
    workload,
    parameters: remedy.parameters,
    patches: [{ target, type: 'json', body: reversible.patch }],
    inverse:
      remedy.needsNoUndo === true || stopsAll(reversible.inverse)
        ? []
        : [{ target, type: 'json', body: reversible.inverse }],
    kubectl: [remedy.kubectl ?? kubectlPatch(target, reversible.patch)],
    risk: remedy.risk,
    blastRadius: { pods: remedy.pods, workloads: 1, description: describeBlast(remedy) },
    reason: remedy.reason,
    preconditions: preconditionsOf(remedy),
    fitness: remedy.fitness,
  };
};

/**
 * How dangerous it is to replace a workload's pods: low when others take over and nothing is lost, medium for a data store that keeps
 * state in memory and for ordered rollouts, high when data outlives the pods.
 */
export const rolloutRisk = (workload: JsonObject): Risk => {
  if (keepsData(workload)) return 'high';
  return isDataStore(workload) || textAt(workload, 'kind') === 'StatefulSet' ? 'medium' : 'low';
};

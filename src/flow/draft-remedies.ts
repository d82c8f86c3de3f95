import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CaseFile } from '../domain/case-file.ts';
import type { Cause } from '../domain/finding.ts';
import type { JsonObject } from '../domain/json.ts';
import { nextCause } from '../domain/pending-cause.ts';
import type { Plan, PlanDraft, Risk } from '../domain/plan.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import type { ChangeLog } from '../ports/change-log.ts';
import type { Cluster } from '../ports/cluster.ts';
import { recentChanges } from './recent-changes.ts';

const factKinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
  ['v1', 'ResourceQuota'],
  ['v1', 'LimitRange'],
  ['networking.k8s.io/v1', 'NetworkPolicy'],
] as const;

/** Kinds that belong to no namespace; a workload's pods depend on them all the same. */
const clusterKinds = [['v1', 'Node']] as const;

/** SHA-256 over the canonical JSON (RFC 8785) of what the plan would do and what it presumes. */
export const planHashOf = (draft: PlanDraft): string =>
  createHash('sha256')
    .update(
      canonicalize({
        action: draft.action,
        workload: draft.workload,
        patches: draft.patches,
        inverse: draft.inverse,
        preconditions: draft.preconditions,
      }) ?? '',
    )
    .digest('hex');

const riskCost: Readonly<Record<Risk, number>> = { low: 0, medium: 0.15, high: 0.4 };

/** Best first: what fits the cause best for the least risk; of equals, the one that touches fewer pods. */
export const rankDrafts = (drafts: readonly PlanDraft[]): readonly PlanDraft[] =>
  [...drafts].sort(
    (a, b) =>
      b.fitness - riskCost[b.risk] - (a.fitness - riskCost[a.risk]) ||
      a.blastRadius.pods - b.blastRadius.pods ||
      a.action.localeCompare(b.action),
  );

/** The causes worth a remedy now, best first: the verdict's whose turn it is, else the specialists' own when the director could not agree. */
export const causesOf = (file: CaseFile): readonly Cause[] => {
  if (file.verdict?.kind === 'unknown') return [];
  const hypotheses = Object.values(file.findings)
    .flatMap((finding) => finding.hypotheses)
    .sort((a, b) => b.confidence - a.confidence)
    .map((hypothesis) => hypothesis.cause);
  const present = nextCause(file);
  if (present === undefined && file.verdict?.cause !== undefined) return [];
  const all = present === undefined ? hypotheses : [present];
  return all.filter((cause) => cause.fault !== 'none');
};

/** Plans that were carried out and did not help; each was undone, so that what it led to can be told from what is. */
const uselessPlans = (file: CaseFile): readonly Plan[] =>
  file.attempts
    .filter(({ verification }) => verification?.verdict !== undefined && verification.verdict !== 'recovered')
    .map(({ plan }) => plan);

/** Drafts what the shelf offers for every cause whose turn it is, best first, each with its cause. */
export const createDraftRemedies = (deps: {
  readonly cluster: Cluster;
  readonly changes: ChangeLog;
  readonly actions: readonly Action[];
}) => {
  const liveObjects = async (namespace: string): Promise<readonly JsonObject[]> => {
    const answers = await Promise.all([
      ...factKinds.map(([apiVersion, kind]) => deps.cluster.objects({ apiVersion, kind, namespace })),
      ...clusterKinds.map(([apiVersion, kind]) => deps.cluster.objects({ apiVersion, kind })),
    ]);
    return answers.flatMap((answer) => (answer.outcome === 'found' ? answer.value : []));
  };

  return async (file: CaseFile): Promise<ReadonlyMap<PlanDraft, Cause>> => {
    const { context, incident } = file;
    if (context === undefined) return new Map();
    const [objects, changes] = await Promise.all([liveObjects(incident.namespace), recentChanges(deps.changes, file)]);
    const tried = uselessPlans(file);
    const drafts = causesOf(file).flatMap((cause) => {
      const facts: RemedyFacts = { namespace: incident.namespace, cause, context, objects, changes, tried };
      return deps.actions.flatMap((action) => {
        const found = action.draft(facts);
        return found === null ? [] : [[found, cause] as const];
      });
    });
    const causes = new Map<PlanDraft, Cause>(drafts);
    const order = rankDrafts([...causes.keys()]);
    return new Map([...causes].toSorted(([left], [right]) => order.indexOf(left) - order.indexOf(right)));
  };
};

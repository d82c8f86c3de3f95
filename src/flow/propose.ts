import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CaseFile } from '../domain/case-file.ts';
import type { FieldChange } from '../domain/evidence.ts';
import type { Cause } from '../domain/finding.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Plan, PlanDraft, Risk } from '../domain/plan.ts';
import { limits } from '../limits.ts';
import type { Action, RemedyFacts } from '../ports/action.ts';
import type { ChangeLog } from '../ports/change-log.ts';
import type { Cluster } from '../ports/cluster.ts';
import { type RoadTools, type Step, turnPage } from './road.ts';

const factKinds = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'Service'],
  ['v1', 'ConfigMap'],
  ['autoscaling/v2', 'HorizontalPodAutoscaler'],
] as const;

const fieldManager = 'ai4all-sre';

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

/** The causes worth a remedy, best first: the verdict's, then the specialists' own when the director could not agree. */
export const causesOf = (file: CaseFile): readonly Cause[] => {
  if (file.verdict?.kind === 'unknown') return [];
  const hypotheses = Object.values(file.findings)
    .flatMap((finding) => finding.hypotheses)
    .sort((a, b) => b.confidence - a.confidence)
    .map((hypothesis) => hypothesis.cause);
  const all = file.verdict?.cause === undefined ? hypotheses : [file.verdict.cause];
  return all.filter((cause) => cause.fault !== 'none');
};

/** Proposes the best remedy that was not tried yet, or writes down why there is none. */
export const createProposeStep = (
  deps: RoadTools & { readonly cluster: Cluster; readonly changes: ChangeLog; readonly actions: readonly Action[] },
): Step => {
  const liveObjects = async (namespace: string): Promise<readonly JsonObject[]> => {
    const answers = await Promise.all(
      factKinds.map(([apiVersion, kind]) => deps.cluster.objects({ apiVersion, kind, namespace })),
    );
    return answers.flatMap((answer) => (answer.outcome === 'found' ? answer.value : []));
  };

  const recentChanges = async (file: CaseFile): Promise<readonly FieldChange[]> => {
    const since = new Date(Date.parse(file.incident.openedAt) - limits.changeLookbackMs).toISOString();
    const answer = await deps.changes.since(file.incident.namespace, since);
    const found = answer.outcome === 'found' ? answer.value.flatMap((data) => data.changes) : [];
    return found.filter((change) => change.manager !== fieldManager).reverse();
  };

  const draft = async (file: CaseFile): Promise<readonly PlanDraft[]> => {
    const { context, incident } = file;
    if (context === undefined) return [];
    const [objects, changes] = await Promise.all([liveObjects(incident.namespace), recentChanges(file)]);
    const facts = causesOf(file).map(
      (cause): RemedyFacts => ({ namespace: incident.namespace, cause, context, objects, changes }),
    );
    const drafts = facts.flatMap((fact) => deps.actions.map((action) => action.draft(fact)));
    return rankDrafts(drafts.filter((found) => found !== null));
  };

  const proposal = async (file: CaseFile): Promise<Plan | string> => {
    const drafts = await draft(file);
    const tried = new Set(file.attempts.map((attempt) => attempt.plan.hash));
    const best = drafts.find((candidate) => !tried.has(planHashOf(candidate)));
    if (best !== undefined) return { ...best, id: deps.ids.uid(), at: deps.clock.now(), hash: planHashOf(best) };
    if (tried.size > 0) return 'Every remedy that fits this cause was tried.';
    if (file.verdict?.kind === 'unknown') return 'No cause was found, so no remedy is offered.';
    return 'No remedy on the shelf fits this cause and the present state of the objects.';
  };

  return async (file) => {
    const result = await proposal(file);
    const settled = file.attempts.length;
    await turnPage(deps, file.incident.uid, {
      write: (current) => {
        if (current.attempts.length !== settled || current.noPlan !== undefined) return null;
        if (typeof result === 'string') return { ...current, noPlan: result };
        return { ...current, attempts: [...current.attempts, { plan: result, ballots: [] }] };
      },
      note:
        typeof result === 'string'
          ? { verb: 'no-plan', detail: { reason: result } }
          : {
              verb: 'plan',
              subject: `${result.action} ${result.workload.name}`,
              detail: {
                planHash: result.hash,
                risk: result.risk,
                pods: result.blastRadius.pods,
                kubectl: result.kubectl,
              },
            },
    });
  };
};

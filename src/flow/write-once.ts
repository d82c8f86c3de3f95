import type { ApprovedPlan } from '../domain/approved-plan.ts';
import { BotError } from '../domain/bot-error.ts';
import type { Execution } from '../domain/execution.ts';
import type { JsonObject } from '../domain/json.ts';
import type { Patch } from '../domain/plan.ts';
import { type ObjectRef, shortName } from '../domain/workload.ts';
import type { ClusterWriter, Denial } from '../ports/cluster-writer.ts';
import { leaseLost } from './lease-lost.ts';

/** What writing needs. `owns` says whether this replica may still write for an incident; a bot that is alone always may. */
interface WriteOnceDeps {
  readonly writer: ClusterWriter;
  readonly owns: (incidentUid: string) => boolean;
}

/** What became of one patch. */
type Written =
  | { readonly kind: 'written'; readonly target: string; readonly resourceVersion: string; readonly auditId: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** Conflicts with other writers (status updates count too) before the plan is given back. */
const triesMax = 8;

const denialText = (denial: Denial): string =>
  denial.policy === undefined
    ? `refused by the API server (${denial.by}): ${denial.message}`
    : `denied by Kyverno policy "${denial.policy}": ${denial.message}`;

/** The Audit-ID under which the API server's audit log knows a write: lineage from there back to the alert. */
export const auditIdOf = (incidentUid: string, actionId: string): string => `${incidentUid}.${actionId}`;

/** The action id of the n-th patch of an execution. */
const patchActionId = (actionId: string, index: number): string => (index === 0 ? actionId : `${actionId}-${index}`);

/** One patch of an intent, with what must hold on the object right before the write. */
interface Writing {
  readonly patch: Patch;
  readonly incidentUid: string;
  readonly actionId: string;
  /** Why the object may not be written as it is now, or null. */
  readonly objection: (target: ObjectRef, object: JsonObject) => string | null;
}

/** One try: read back, then write. Null after a conflict; throws when nobody knows what became of it, or when another replica is to find out. */
const tryOnce = async ({ writer, owns }: WriteOnceDeps, writing: Writing): Promise<Written | null> => {
  const { patch, incidentUid, actionId } = writing;
  const target = shortName(patch.target);
  const auditId = auditIdOf(incidentUid, actionId);
  if (!owns(incidentUid)) throw leaseLost(incidentUid);
  const now = await writer.readBack(patch.target, actionId);
  if (now.kind === 'unreachable') throw new BotError('api_unreachable', now.reason, { retryable: true });
  if (now.kind === 'gone') return { kind: 'refused', reason: `${target} is gone` };
  if (now.kind === 'ours') return { kind: 'written', target, resourceVersion: now.resourceVersion, auditId };
  const objection = writing.objection(patch.target, now.object);
  if (objection !== null) return { kind: 'refused', reason: objection };
  if (!owns(incidentUid)) throw leaseLost(incidentUid);
  const answer = await writer.write(patch, { incidentUid, actionId, resourceVersion: now.resourceVersion });
  if (answer.kind === 'written') return { kind: 'written', target, resourceVersion: answer.resourceVersion, auditId };
  if (answer.kind === 'withheld') throw leaseLost(incidentUid);
  if (answer.kind === 'lost') throw new BotError('reply_lost', answer.reason, { retryable: true });
  return answer.kind === 'denied' ? { kind: 'refused', reason: denialText(answer) } : null;
};

/** What is to be written under one intent. */
export interface WriteRequest {
  /** No write without one. The inverse is part of what was approved. */
  readonly approved: ApprovedPlan;
  readonly which: 'patches' | 'inverse';
  /** Whether an object is written at all: of a remedy that was carried out in part, only that part is undone. */
  readonly concerns?: (target: ObjectRef) => boolean;
  readonly incidentUid: string;
  readonly actionId: string;
  readonly objection: Writing['objection'];
}

/** The fate of all patches of a request. */
export type WriteResult = Required<Pick<Execution, 'outcome' | 'written'>> & Pick<Execution, 'reason'>;

/**
 * Writes each patch exactly once. Before every try it reads back: an object that carries the action id was written already,
 * whatever became of the reply. Throws a retryable BotError when the API server cannot be read or a reply is lost; then
 * nothing is known, and the next try, after the loop's pause, begins by reading back again.
 */
export const createWriteOnce = ({
  writer,
  owns = () => true,
}: Partial<WriteOnceDeps> & Pick<WriteOnceDeps, 'writer'>) => {
  const deps = { writer, owns };
  const settle = async (writing: Writing): Promise<Written> => {
    for (let attempt = 0; attempt < triesMax; attempt += 1) {
      const result = await tryOnce(deps, writing);
      if (result !== null) return result;
    }
    return { kind: 'refused', reason: `${shortName(writing.patch.target)} kept changing while it was written` };
  };

  return async (request: WriteRequest): Promise<WriteResult> => {
    const written: Extract<Written, { kind: 'written' }>[] = [];
    const { concerns = () => true } = request;
    for (const [index, patch] of request.approved.plan[request.which].entries()) {
      if (!concerns(patch.target)) continue;
      const actionId = patchActionId(request.actionId, index);
      const result = await settle({ ...request, patch, actionId });
      if (result.kind === 'refused') {
        return { outcome: written.length === 0 ? 'refused' : 'failed', reason: result.reason, written };
      }
      written.push(result);
    }
    return { outcome: 'applied', written };
  };
};

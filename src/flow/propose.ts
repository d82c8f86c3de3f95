import { adviceByHand } from '../analysis/by-hand.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { PlanDraft } from '../domain/plan.ts';
import { shortName } from '../domain/workload.ts';
import { createDraftRemedies, planHashOf } from './draft-remedies.ts';
import { otherCauses, withoutTaken } from './other-causes.ts';
import { type RoadTools, type Step, turnPageFor } from './road.ts';

/** A restart carries its time, so that no two have the same hash; a second one is a retry all the same. */
const isSameRestart = (plan: PlanDraft, draft: PlanDraft): boolean =>
  draft.action === 'restart-workload' &&
  plan.action === draft.action &&
  plan.patches.every(({ target }, index) => {
    const other = draft.patches[index]?.target;
    return other !== undefined && shortName(other) === shortName(target) && other.namespace === target.namespace;
  });

/** Proposes the best remedy that was not tried yet, or writes down why there is none. */
export const createProposeStep = (deps: RoadTools & Parameters<typeof createDraftRemedies>[0]): Step => {
  const draft = createDraftRemedies(deps);

  const proposal = async (file: CaseFile): Promise<Pick<Attempt, 'plan' | 'cause'> | string> => {
    const drafts = await draft(file);
    const tried = new Set(file.attempts.map((attempt) => attempt.plan.hash));
    const isTried = (draft: PlanDraft): boolean =>
      tried.has(planHashOf(draft)) || file.attempts.some(({ plan }) => isSameRestart(plan, draft));
    const best = [...drafts].find(([candidate]) => !isTried(candidate));
    if (best !== undefined) {
      const [found, cause] = best;
      return { plan: { ...found, id: deps.ids.uid(), at: deps.clock.now(), hash: planHashOf(found) }, cause };
    }
    if (tried.size > 0) return 'Every remedy that fits this cause was tried.';
    if (file.verdict?.kind === 'unknown') return 'No cause was found, so no remedy is offered.';
    return ['No remedy on the shelf fits this cause and the present state of the objects.', ...adviceByHand(file)].join(
      ' ',
    );
  };

  /** Another case may have taken up, since the verdict, what would be mended next. */
  const leaveToOthers = async (file: CaseFile): Promise<boolean> => {
    const { verdict } = file;
    const taken = otherCauses(await deps.cases.open(), file);
    if (verdict === undefined || withoutTaken(verdict, taken) === verdict) return false;
    await turnPageFor(deps, file, {
      write: (current) =>
        current.verdict === undefined ? null : { ...current, verdict: withoutTaken(current.verdict, taken) },
      note: { verb: 'left-to-other-incident', subject: [...taken.values()].join(' ') },
    });
    return true;
  };

  return async (file) => {
    if (await leaveToOthers(file)) return;
    const result = await proposal(file);
    await turnPageFor(deps, file, {
      write: (current) => {
        if (current.noPlan !== undefined) return null;
        if (typeof result === 'string') return { ...current, noPlan: result };
        return { ...current, attempts: [...current.attempts, { ...result, ballots: [] }] };
      },
      note:
        typeof result === 'string'
          ? { verb: 'no-plan', detail: { reason: result } }
          : {
              verb: 'plan',
              subject: `${result.plan.action} ${result.plan.workload.name}`,
              detail: {
                planHash: result.plan.hash,
                risk: result.plan.risk,
                pods: result.plan.blastRadius.pods,
                kubectl: result.plan.kubectl,
              },
            },
    });
  };
};

import type { Decision } from './decision.ts';
import type { Plan } from './plan.ts';
import type { Review } from './review.ts';

declare const approved: unique symbol;

/** A plan that passed its review and was approved, by people or by the closed window. Only {@link approve} makes one. */
export interface ApprovedPlan {
  readonly [approved]: true;
  readonly plan: Plan;
  readonly decision: Decision;
}

/** The approved plan, or the reason why it is not one. All three pages must speak of the same plan hash. */
export const approve = (plan: Plan, review: Review, decision: Decision): ApprovedPlan | string => {
  if (decision.kind !== 'approved' && decision.kind !== 'auto') return `the decision is ${decision.kind}`;
  if (!review.passed) return 'the review did not pass';
  if (review.planHash !== plan.hash) return 'the review is of another plan';
  if (decision.planHash !== plan.hash) return 'the approval is for another plan';
  return { plan, decision } as ApprovedPlan;
};

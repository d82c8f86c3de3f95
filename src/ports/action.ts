import type { Context } from '../domain/context.ts';
import type { FieldChange } from '../domain/evidence.ts';
import type { Cause } from '../domain/finding.ts';
import type { JsonObject } from '../domain/json.ts';
import type { ActionName, PlanDraft } from '../domain/plan.ts';

/** What a remedy may know when it drafts a plan: the cause, the evidence, and the live objects as the API server holds them. */
export interface RemedyFacts {
  readonly namespace: string;
  readonly cause: Cause;
  readonly context: Context;
  /** Live objects of the namespace: Deployments, StatefulSets, DaemonSets, ReplicaSets, Services, ConfigMaps, HorizontalPodAutoscalers, ResourceQuotas, LimitRanges, NetworkPolicies, and the cluster's Nodes. */
  readonly objects: readonly JsonObject[];
  /** The flight recorder's changes around the onset, the nearest before it first, the bot's own left out. */
  readonly changes: readonly FieldChange[];
  /** Plans of this incident that did not help and were undone: the same end is not proposed by another way. */
  readonly tried?: readonly PlanDraft[];
}

/** One remedy on the shelf: pure. It drafts a plan for a cause that it can mend, or returns null. */
export interface Action {
  readonly name: ActionName;
  readonly title: string;
  readonly description: string;
  draft(facts: RemedyFacts): PlanDraft | null;
}

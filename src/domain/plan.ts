import type { Instant, Json, JsonObject } from './json.ts';
import type { ObjectRef, WorkloadRef } from './workload.ts';

/** How dangerous a remedy is: `low` may be auto-approved, `high` needs two approvers and never is. */
export type Risk = 'low' | 'medium' | 'high';

/** The names of the remedies on the shelf. */
export const actionNames = [
  'restart-workload',
  'roll-back',
  'scale',
  'set-resources',
  'patch-service',
  'revert-change',
  'uncordon-node',
  'raise-quota',
  'open-policy',
] as const;

/** The name of a remedy. */
export type ActionName = (typeof actionNames)[number];

/** One exact change to one object. `json` is RFC 6902, `merge` RFC 7386, `strategic` Kubernetes' strategic merge patch. */
export interface Patch {
  readonly target: ObjectRef;
  readonly type: 'json' | 'merge' | 'strategic';
  readonly body: Json;
}

/** What must still be true when the plan is carried out. `path` is a JSON pointer; `equals: null` means absent. */
export interface Precondition {
  readonly target: ObjectRef;
  readonly path: string;
  readonly equals: Json;
}

/** How much of the system the remedy touches. */
export interface BlastRadius {
  readonly pods: number;
  readonly workloads: number;
  readonly description: string;
}

/** A typed remedy before it has an identity: what an action on the shelf drafts. Pure data. */
export interface PlanDraft {
  readonly action: ActionName;
  /** The workload that it means to heal. */
  readonly workload: WorkloadRef;
  readonly parameters: JsonObject;
  readonly patches: readonly Patch[];
  /** Undoes `patches`. Empty only when nothing need be undone (a restart). */
  readonly inverse: readonly Patch[];
  /** What a person would type to do the same. */
  readonly kubectl: readonly string[];
  readonly risk: Risk;
  readonly blastRadius: BlastRadius;
  readonly reason: string;
  readonly preconditions: readonly Precondition[];
  /** 0..1: how well it fits the cause; drafts are ranked by it. */
  readonly fitness: number;
}

/** A draft with an identity. `hash` covers target, patches and preconditions; an approval is bound to it. */
export interface Plan extends PlanDraft {
  readonly id: string;
  readonly at: Instant;
  readonly hash: string;
}

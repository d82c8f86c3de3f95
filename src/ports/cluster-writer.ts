import type { JsonObject } from '../domain/json.ts';
import type { Patch } from '../domain/plan.ts';
import type { ObjectRef } from '../domain/workload.ts';

/** What every write of the bot carries: two annotations, the Audit-ID header `<incidentUid>.<actionId>`, and the field manager `ai4all-sre`. */
export interface Stamp {
  readonly incidentUid: string;
  readonly actionId: string;
  /** The write is refused by the API server when the object has moved on from here. */
  readonly resourceVersion: string;
}

/**
 * Why the API server said no. `policy` is set when Kyverno named one; `unguarded` means that Kyverno was to be asked and gave no
 * answer. `message` is bounded and safe to show.
 */
export interface Denial {
  readonly kind: 'denied';
  readonly by: 'admission' | 'unguarded' | 'rbac' | 'schema' | 'not_found';
  readonly policy?: string;
  readonly message: string;
}

/** The API server's answer to a dry run of the exact stamped patch. */
export type DryRunAnswer =
  | { readonly kind: 'accepted'; readonly before: JsonObject; readonly after: JsonObject }
  | Denial
  | { readonly kind: 'conflict' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** The API server's answer to a write. `withheld` means that nothing was sent, because this replica no longer owns the incident. `lost` means that nobody knows whether it took effect: read back before anything else. */
export type WriteAnswer =
  | { readonly kind: 'written'; readonly resourceVersion: string; readonly auditId: string }
  | Denial
  | { readonly kind: 'conflict' }
  | { readonly kind: 'withheld' }
  | { readonly kind: 'lost'; readonly reason: string };

/** What stands on the object now. `ours` when it carries the action id. */
export type ReadBack =
  | { readonly kind: 'ours' | 'not_ours'; readonly resourceVersion: string; readonly object: JsonObject }
  | { readonly kind: 'gone' }
  | { readonly kind: 'unreachable'; readonly reason: string };

/** Writing to the Kubernetes API: stamped patches only. */
export interface ClusterWriter {
  dryRun(patch: Patch, stamp: Stamp): Promise<DryRunAnswer>;
  /**
   * Sends, as a dry run, a change that the policies must refuse: one without annotations. Whoever accepts it does not stand guard,
   * whatever the policies say of themselves.
   */
  challenge(target: ObjectRef, stamp: Pick<Stamp, 'incidentUid' | 'actionId'>): Promise<DryRunAnswer>;
  write(patch: Patch, stamp: Stamp): Promise<WriteAnswer>;
  readBack(target: ObjectRef, actionId: string): Promise<ReadBack>;
}

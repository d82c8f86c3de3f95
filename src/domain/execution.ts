import type { Instant } from './json.ts';

/**
 * One attempt to write. Without `finishedAt` it is an intent: the write may or may not have happened, and is settled by reading back.
 * `actionId` travels in the same patch as the change and as the Audit-ID.
 */
export interface Execution {
  readonly actionId: string;
  readonly intentAt: Instant;
  readonly finishedAt?: Instant;
  readonly outcome?: 'applied' | 'refused' | 'failed';
  readonly reason?: string;
  /** resourceVersion of each target after the write. */
  readonly written?: readonly { readonly target: string; readonly resourceVersion: string; readonly auditId: string }[];
}

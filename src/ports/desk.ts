import type { AuditRecord } from '../domain/audit.ts';
import type { CaseFile, CaseSummary } from '../domain/case-file.ts';
import type { Actor, Ballot, Via } from '../domain/decision.ts';
import type { Mode, ModeState } from '../domain/mode.ts';

/** What the desk says to a person: done or refused, and one sentence that says what happened and what to do. */
export interface DeskAnswer {
  readonly ok: boolean;
  readonly text: string;
}

/** A person's word on the proposal that waits. Without `planHash` it means the one that is shown now. */
export interface BallotRequest {
  readonly uid: string;
  readonly kind: Ballot['kind'];
  readonly by: Actor;
  readonly via: Via;
  readonly planHash?: string;
}

/** The only way for people to act on the road: used by commands and by Slack's listeners. Checks who may do what. */
export interface Desk {
  vote(request: BallotRequest): Promise<DeskAnswer>;
  find(handle: string): Promise<CaseFile | null>;
  open(): Promise<readonly CaseSummary[]>;
  recent(limit: number): Promise<readonly CaseSummary[]>;
  trace(uid: string): Promise<readonly AuditRecord[]>;
  mode(): ModeState;
  setMode(mode: Mode, by: Actor): Promise<DeskAnswer>;
  /** Whether a person may do what only approvers may; `what` goes into the journal either way. */
  permit(by: Actor, what: string): Promise<DeskAnswer>;
}

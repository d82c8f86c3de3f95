import type { Attempt } from './attempt.ts';
import type { Context } from './context.ts';
import { type Discipline, disciplines } from './fault.ts';
import type { Finding } from './finding.ts';
import type { CaseAlert, Incident } from './incident.ts';
import type { Instant } from './json.ts';
import type { Outcome, Recollection } from './memory.ts';
import type { PostMortem } from './post-mortem.ts';
import type { Verdict } from './verdict.ts';
import type { Verification } from './verification.ts';

/** A verdict that the world contradicted, and why the case was looked at again. */
export interface EarlierLook {
  readonly at: Instant;
  readonly verdict: Verdict;
  readonly reason: string;
}

/** How and why the case ended. */
export interface Closure {
  readonly at: Instant;
  readonly outcome: Outcome;
  readonly reason: string;
  /** For an escalated case: what a person should do next. */
  readonly nextStep?: string;
  /** For a duplicate: the uid of the case that deals with the trouble. */
  readonly duplicateOf?: string;
}

/** The wall clock was set while deadlines ran, and they were moved along. `at` is by the time before the jump; ms below 0 lead back. */
export interface ClockJump {
  readonly at: Instant;
  readonly byMs: number;
}

/** Everything that is known about one incident: the only truth. `version` is the store's, for compare-and-swap. */
export interface CaseFile {
  readonly version: number;
  readonly incident: Incident;
  /** Of each fingerprint the first firing and the last word; what lay between is counted. */
  readonly alerts: readonly CaseAlert[];
  /** Alerts that joined when the case was full: they are in the inbox under its uid, and only counted here. */
  readonly alertsMore?: number;
  /** Alerts that the cause cannot explain, on their way back to the inbox. */
  readonly strays?: readonly CaseAlert[];
  readonly recollections?: readonly Recollection[];
  readonly context?: Context;
  readonly findings: Readonly<Partial<Record<Discipline, Finding>>>;
  readonly verdict?: Verdict;
  /** The watch that a verdict of `none` leads to: are the signals still well? */
  readonly watch?: Verification;
  /** Earlier looks whose verdict did not hold: the first look may come before the trouble shows. */
  readonly earlierLooks?: readonly EarlierLook[];
  /** Jumps of the wall clock while a deadline of this case ran. */
  readonly clockJumps?: readonly ClockJump[];
  readonly attempts: readonly Attempt[];
  /** Set when the shelf has no (further) plan to offer: why. */
  readonly noPlan?: string;
  readonly closure?: Closure;
  readonly postMortem?: PostMortem;
  /** Set when the memory has taken the case in: the road's last page. */
  readonly rememberedAt?: Instant;
}

/** Where on the road a case is, for lists and badges. */
export type Phase =
  | 'collecting'
  | 'investigating'
  | 'deliberating'
  | 'proposing'
  | 'awaiting_approval'
  | 'executing'
  | 'verifying'
  | 'watching'
  | 'concluding'
  | 'closed';

const attemptPhase = (attempt: Attempt): Phase => {
  if (attempt.review === undefined || attempt.ask === undefined) return 'proposing';
  if (attempt.decision === undefined) return 'awaiting_approval';
  if (attempt.decision.kind !== 'approved' && attempt.decision.kind !== 'auto') return 'proposing';
  if (attempt.execution?.finishedAt === undefined) return 'executing';
  return 'verifying';
};

/** A case without what makes it heavy (evidence, findings, post-mortem): for lists, locks and intake. It is read only, never written back. */
export interface CaseSummary
  extends Omit<CaseFile, 'context' | 'findings' | 'recollections' | 'postMortem' | 'earlierLooks'> {
  readonly phase: Phase;
}

/** The phase of a case: derived from its pages. */
export const phaseOf = (file: CaseFile | CaseSummary): Phase => {
  if ('phase' in file) return file.phase;
  if (file.postMortem !== undefined || file.closure?.outcome === 'duplicate') return 'closed';
  if (file.closure !== undefined) return 'concluding';
  if (file.context === undefined) return 'collecting';
  const attempt = file.attempts.at(-1);
  if (attempt !== undefined) return attemptPhase(attempt);
  if (file.verdict === undefined) {
    return Object.keys(file.findings).length < disciplines.length ? 'investigating' : 'deliberating';
  }
  return file.verdict.cause?.fault === 'none' ? 'watching' : 'proposing';
};

/** What a store keeps beside the file, so that lists need not read the evidence of every case. */
export const summaryOf = (file: CaseFile): CaseSummary => {
  const {
    context: _context,
    findings: _findings,
    recollections: _recollections,
    postMortem: _postMortem,
    earlierLooks: _earlierLooks,
    ...light
  } = file;
  return { ...light, phase: phaseOf(file) };
};

import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { disciplines } from '../domain/fault.ts';
import type { Instant } from '../domain/json.ts';
import { pendingCauses } from '../domain/pending-cause.ts';
import { isUnguarded } from '../domain/review.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { Verification } from '../domain/verification.ts';
import { limits } from '../limits.ts';

/** The steps of the road, by the page that each writes. */
export type StepName =
  | 'collect'
  | 'investigate'
  | 'deliberate'
  | 'watch'
  | 'look-again'
  | 'propose'
  | 'guard'
  | 'ask'
  | 'decide'
  | 'execute'
  | 'verify'
  | 'undo'
  | 'conclude'
  | 'write-post-mortem'
  | 'remember';

/** What a case needs now: a step, to wait (until an instant, or for a person or an alert), or nothing any more. */
export type Next =
  | { readonly kind: 'step'; readonly step: StepName }
  | { readonly kind: 'wait'; readonly until: Instant }
  | { readonly kind: 'done' };

const step = (name: StepName): Next => ({ kind: 'step', step: name });

const later = (at: Instant, ms: number): Instant => new Date(Date.parse(at) + ms).toISOString();

const stepAt = (name: StepName, at: Instant, now: Instant): Next =>
  at <= now ? step(name) : { kind: 'wait', until: at };

/** A short pause after something; when the clock was set back since then, nobody waits for it to catch up. */
const stepAfter = (name: StepName, since: Instant, pause: { readonly ms: number; readonly now: Instant }): Next =>
  since > pause.now ? step(name) : stepAt(name, later(since, pause.ms), pause.now);

/** True when every trouble that the case was told of has been told to be over. */
export const alertsResolved = (file: CaseFile): boolean => {
  const latest = new Map(file.alerts.map((alert) => [`${alert.source}/${alert.fingerprint}`, alert.status]));
  return latest.size > 0 && [...latest.values()].every((status) => status === 'resolved');
};

const watchNext = (name: 'watch' | 'verify', watch: Verification | undefined, now: Instant): Next => {
  if (watch?.checkedAt === undefined) return step(name);
  return stepAfter(name, watch.checkedAt, { ms: limits.verifyEveryMs, now });
};

const canTryAgain = (file: CaseFile): boolean =>
  file.attempts.length < limits.attemptsMax && file.noPlan === undefined && !alertsResolved(file);

const nextPlan = (file: CaseFile): Next => step(canTryAgain(file) ? 'propose' : 'conclude');

const waitForDecision = (attempt: Attempt, now: Instant): Next => {
  const { expiresAt = now, autoApproveAt } = attempt.ask ?? {};
  const until = autoApproveAt !== undefined && autoApproveAt < expiresAt ? autoApproveAt : expiresAt;
  return stepAt('decide', until, now);
};

const afterWrite = (file: CaseFile, attempt: Attempt, now: Instant): Next => {
  const verdict = attempt.verification?.verdict;
  if (verdict === undefined) return watchNext('verify', attempt.verification, now);
  // One trouble is mended; another of the same incident may wait for its turn.
  if (verdict === 'recovered') return pendingCauses(file).length > 0 ? nextPlan(file) : step('conclude');
  // What may well have helped is not undone because nobody could look: a person decides.
  if (verdict === 'unknown') return step('conclude');
  if (attempt.undo?.finishedAt === undefined) return step('undo');
  // What made things worse was misunderstood: from here on a person leads.
  return verdict === 'worse' || attempt.undo.outcome !== 'applied' ? step('conclude') : nextPlan(file);
};

/** Half of a remedy is a state that nobody asked for: it is taken back before anything else is tried. */
const afterHalf = (file: CaseFile, { undo }: Attempt): Next => {
  if (undo?.finishedAt === undefined) return step('undo');
  return undo.outcome === 'applied' ? nextPlan(file) : step('conclude');
};

const afterDecision = (file: CaseFile, attempt: Attempt, now: Instant): Next => {
  switch (attempt.decision?.kind) {
    case undefined:
      return waitForDecision(attempt, now);
    case 'rejected':
      return nextPlan(file);
    case 'expired':
    case 'not_allowed':
    case 'obsolete':
      return step('conclude');
    case 'approved':
    case 'auto':
      if (attempt.execution?.finishedAt === undefined) return step('execute');
      if (attempt.execution.outcome === 'failed') return afterHalf(file, attempt);
      return attempt.execution.outcome === 'applied' ? afterWrite(file, attempt, now) : nextPlan(file);
  }
};

const attemptNext = (file: CaseFile, attempt: Attempt, now: Instant): Next => {
  if (attempt.review === undefined) return step('guard');
  // Another plan is no way around a guard that is not there.
  if (!attempt.review.passed) return isUnguarded(attempt.review) ? step('conclude') : nextPlan(file);
  if (attempt.ask === undefined) return step('ask');
  return afterDecision(file, attempt, now);
};

/** A duplicate's story is told where it goes on. */
const endNext = (file: CaseFile): Next => {
  if (file.closure?.outcome === 'duplicate') return step('remember');
  return step(file.postMortem === undefined ? 'write-post-mortem' : 'remember');
};

/** A write that may have happened must be settled before anything else is believed. */
const writeInFlight = (attempt: Attempt | undefined): boolean => attempt?.execution !== undefined;

/** When the last alert was told to be over; null while one still fires. */
const resolvedAt = (file: CaseFile): Instant | null =>
  alertsResolved(file)
    ? (file.alerts
        .map((alert) => alert.receivedAt)
        .sort()
        .at(-1) ?? null)
    : null;

const canLookAgain = (file: CaseFile): boolean => (file.earlierLooks?.length ?? 0) < limits.looksMax - 1;

/** Nothing is wrong, they say: watch whether that holds, and look again if it does not. */
const watchedNext = (file: CaseFile, now: Instant): Next => {
  const verdict = file.watch?.verdict;
  if (verdict === undefined) return watchNext('watch', file.watch, now);
  return step(verdict !== 'recovered' && canLookAgain(file) ? 'look-again' : 'conclude');
};

const verdictNext = (file: CaseFile, verdict: Verdict, now: Instant): Next => {
  if (verdict.kind === 'agreed' && verdict.cause?.fault === 'none') return watchedNext(file, now);
  if (verdict.kind === 'unknown' && canLookAgain(file))
    return stepAfter('look-again', verdict.at, { ms: limits.lookAgainMs, now });
  return step(file.noPlan === undefined ? 'propose' : 'conclude');
};

const investigationNext = (file: CaseFile): Next | null => {
  if (file.context === undefined) return step('collect');
  if (Object.keys(file.findings).length < disciplines.length) return step('investigate');
  return file.verdict === undefined ? step('deliberate') : null;
};

/** The order of the road: the first page that is not yet written names the next step. Pure. */
export const next = (file: CaseFile, now: Instant): Next => {
  if (file.rememberedAt !== undefined) return { kind: 'done' };
  if (file.closure !== undefined) return endNext(file);
  const attempt = file.attempts.at(-1);
  const quietSince = resolvedAt(file);
  if (quietSince !== null && !writeInFlight(attempt)) {
    return stepAfter('conclude', quietSince, { ms: limits.resolvedQuietMsMin, now });
  }
  const investigation = investigationNext(file);
  if (investigation !== null) return investigation;
  if (attempt !== undefined) return attemptNext(file, attempt, now);
  return file.verdict === undefined ? step('deliberate') : verdictNext(file, file.verdict, now);
};

import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile, Closure } from '../domain/case-file.ts';
import type { Decision } from '../domain/decision.ts';
import { checkFor } from '../domain/fault-guide.ts';
import { pendingCauses } from '../domain/pending-cause.ts';
import type { Verification } from '../domain/verification.ts';
import { handsOffEnding } from './hands-off.ts';
import { alertsResolved, next } from './next.ts';
import { type RoadTools, type Step, turnPageFor, withAttempt } from './road.ts';

type Ending = Omit<Closure, 'at'>;

const applied = (attempt: Attempt): boolean => attempt.execution?.outcome === 'applied';

const helped = ({ verification }: Attempt): boolean => verification?.verdict === 'recovered';

/** What could not be known, by name, and what that means for the remedy. */
const unseenIn = ({ checks }: Verification): string => {
  const unseen = checks.filter(({ answered, measured }) => answered === false || measured === false);
  return `whether it helped could not be seen: there was no answer about ${unseen.map(({ name }) => name).join(', ')}. It stands, because it may well have helped; look, and undo it by hand if it did not.`;
};

/** `Proposal 2 (restart-workload of cartservice)`. */
const numbered = (file: CaseFile, attempt: Attempt): string =>
  `Proposal ${file.attempts.indexOf(attempt) + 1} (${attempt.plan.action} of ${attempt.plan.workload.name})`;

const undoing = ({ undo }: Attempt): string =>
  undo?.outcome === 'applied'
    ? (undo.reason ?? 'it was undone')
    : `the undo did not succeed: ${undo?.reason ?? 'unknown'}`;

const failureOf = (file: CaseFile, attempt: Attempt): string => {
  const action = numbered(file, attempt);
  const { decision, execution, review, verification } = attempt;
  if (review?.passed === false) {
    const refusal = review.gates.find((gate) => !gate.passed);
    return `${action} was refused at the gate "${refusal?.name}": ${refusal?.reason}`;
  }
  if (decision !== undefined && decision.kind !== 'approved' && decision.kind !== 'auto')
    return `${action}: ${decision.reason}`;
  if (execution?.outcome === 'failed')
    return `${action} was carried out only in part (${execution.reason ?? 'unknown'}); ${undoing(attempt)}`;
  if (execution?.outcome !== 'applied') return `${action} was not carried out: ${execution?.reason ?? 'unknown'}`;
  if (verification?.verdict === 'unknown') return `${action} was carried out, but ${unseenIn(verification)}`;
  return `${action} ${verification?.verdict === 'worse' ? 'made things worse' : 'did not help'}; ${undoing(attempt)}`;
};

const escalation = (file: CaseFile): Ending => {
  const attempt = file.attempts.at(-1);
  const tried = file.attempts.map((each) =>
    helped(each) ? `${numbered(file, each)} helped, but not all is well.` : failureOf(file, each),
  );
  const reason =
    [...tried, ...(file.noPlan === undefined ? [] : [file.noPlan])].join(' ') ||
    'The signals are not well, and no cause was found.';
  const command = attempt === undefined || applied(attempt) ? undefined : attempt.plan.kubectl.join(' && ');
  const cause = file.verdict?.cause;
  const check = cause === undefined ? undefined : `Check ${checkFor(cause, file.incident.namespace)}`;
  const nextStep = command ?? check;
  return { outcome: 'escalated', reason, ...(nextStep === undefined ? {} : { nextStep }) };
};

/** How the case ends, from its pages alone. */
export const endingOf = (file: CaseFile): Ending => {
  const recovered = file.attempts.filter(helped);
  if (recovered.length > 0 && pendingCauses(file).length === 0) {
    const done = recovered.map((attempt) => numbered(file, attempt)).join(' and ');
    return { outcome: 'resolved', reason: `${done} helped: all signals are back in their quiet band.` };
  }
  const nothingWrong = file.verdict?.kind === 'agreed' && file.verdict.cause?.fault === 'none';
  if (nothingWrong && file.watch?.verdict === 'recovered') {
    return {
      outcome: 'no_action',
      reason: 'Nothing is wrong: every signal that was looked at is and stays well. The alert was a false alarm.',
    };
  }
  const handsOff = handsOffEnding(file);
  if (handsOff !== null) return handsOff;
  if (alertsResolved(file) && !file.attempts.some(applied)) {
    return nothingWrong
      ? { outcome: 'no_action', reason: 'Nothing is wrong, and the alert has gone away by itself.' }
      : { outcome: 'self_resolved', reason: 'Every alert was reported as resolved before anything was done.' };
  }
  return escalation(file);
};

const obsolete = (attempt: Attempt, at: string): Decision => ({
  kind: 'obsolete',
  by: [],
  at,
  planHash: attempt.plan.hash,
  via: 'policy',
  reason: 'the incident ended before anybody decided',
});

/** Closes the case. A proposal that still waits becomes obsolete, so that nobody can approve it afterwards. */
export const createConcludeStep = (deps: RoadTools): Step => {
  return async (file) => {
    const at = deps.clock.now();
    await turnPageFor(deps, file, {
      write: (current) => {
        // An alert may have come since, or a write may have begun, which has to be settled and verified first.
        const due = next(current, at);
        if (due.kind !== 'step' || due.step !== 'conclude') return null;
        const attempt = current.attempts.at(-1);
        const waiting = attempt?.ask !== undefined && attempt.decision === undefined;
        const settled = waiting ? withAttempt(current, { decision: obsolete(attempt, at) }) : current;
        return { ...settled, closure: { ...endingOf(current), at } };
      },
      note: ({ closure }) => ({
        verb: 'close',
        subject: closure?.outcome ?? '',
        detail: { reason: closure?.reason ?? '' },
      }),
    });
  };
};

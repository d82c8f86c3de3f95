import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile, Closure } from '../domain/case-file.ts';
import type { Decision } from '../domain/decision.ts';
import { alertsResolved } from './next.ts';
import { type RoadTools, type Step, turnPage, withAttempt } from './road.ts';

type Ending = Omit<Closure, 'at'>;

const applied = (attempt: Attempt): boolean => attempt.execution?.outcome === 'applied';

const failureOf = (attempt: Attempt): string => {
  const { action } = attempt.plan;
  const { decision, execution, review, undo, verification } = attempt;
  if (review?.passed === false) {
    const refusal = review.gates.find((gate) => !gate.passed);
    return `${action} was refused at the gate "${refusal?.name}": ${refusal?.reason}`;
  }
  if (decision !== undefined && decision.kind !== 'approved' && decision.kind !== 'auto')
    return `${action}: ${decision.reason}`;
  if (execution?.outcome !== 'applied') return `${action} was not carried out: ${execution?.reason ?? 'unknown'}`;
  const undone =
    undo?.outcome === 'applied'
      ? (undo.reason ?? 'it was undone')
      : `the undo did not succeed: ${undo?.reason ?? 'unknown'}`;
  return `${action} ${verification?.verdict === 'worse' ? 'made things worse' : 'did not help'}; ${undone}`;
};

const escalation = (file: CaseFile): Ending => {
  const attempt = file.attempts.at(-1);
  const tried = file.attempts.map(failureOf);
  const reason =
    [...tried, ...(file.noPlan === undefined ? [] : [file.noPlan])].join(' ') ||
    'The signals are not well, and no cause was found.';
  const command = attempt === undefined || applied(attempt) ? undefined : attempt.plan.kubectl.join(' && ');
  return { outcome: 'escalated', reason, ...(command === undefined ? {} : { nextStep: command }) };
};

/** How the case ends, from its pages alone. */
export const endingOf = (file: CaseFile): Ending => {
  const recovered = file.attempts.find((attempt) => attempt.verification?.verdict === 'recovered');
  if (recovered !== undefined) {
    return {
      outcome: 'resolved',
      reason: `${recovered.plan.action} of ${recovered.plan.workload.name} helped: all signals are back in their quiet band.`,
    };
  }
  const nothingWrong = file.verdict?.kind === 'agreed' && file.verdict.cause?.fault === 'none';
  if (nothingWrong && file.watch?.verdict === 'recovered') {
    return {
      outcome: 'no_action',
      reason: 'Nothing is wrong: every signal that was looked at is and stays well. The alert was a false alarm.',
    };
  }
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
    const ending = endingOf(file);
    await turnPage(deps, file.incident.uid, {
      write: (current) => {
        if (current.closure !== undefined) return null;
        const attempt = current.attempts.at(-1);
        // A write began since: it has to be settled and verified first.
        if (attempt?.execution !== undefined && file.attempts.at(-1)?.execution === undefined) return null;
        const waiting = attempt?.ask !== undefined && attempt.decision === undefined;
        const settled = waiting ? withAttempt(current, { decision: obsolete(attempt, at) }) : current;
        return { ...settled, closure: { ...ending, at } };
      },
      note: { verb: 'close', subject: ending.outcome, detail: { reason: ending.reason } },
    });
  };
};

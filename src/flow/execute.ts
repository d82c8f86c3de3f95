import { type ApprovedPlan, approve } from '../domain/approved-plan.ts';
import type { Attempt } from '../domain/attempt.ts';
import { invariant } from '../domain/bot-error.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { Execution } from '../domain/execution.ts';
import type { Mode } from '../domain/mode.ts';
import type { Check } from '../domain/verification.ts';
import { type ObjectRef, shortName } from '../domain/workload.ts';
import type { Meter } from '../ports/meter.ts';
import { adjudicators, type GuardFacts, objectionTo, valueAt } from './adjudicators.ts';
import { type RoadTools, type Step, turnPageFor, withAttempt } from './road.ts';
import type { createWriteOnce, WriteRequest } from './write-once.ts';

/** What execution and undo need beside the road's tools. */
export interface ExecuteDeps extends RoadTools {
  readonly writeOnce: ReturnType<typeof createWriteOnce>;
  readonly factsFor: (file: CaseFile, plan: Attempt['plan']) => Promise<GuardFacts>;
  readonly vitalSigns: (file: CaseFile) => Promise<readonly Check[]>;
  readonly mode: () => Mode;
  readonly meter: Meter;
}

type Which = 'execution' | 'undo';

const actionIdPointer = '/metadata/annotations/sre.ai4all.dev~1action-id';

const watching = 'the bot is in watchtower mode and does not write';

/** A closed window needs nobody only while the mode says so: it may have been changed since the window closed. */
const isLeftToPeople = ({ decision }: Attempt, mode: Mode): boolean =>
  decision?.kind === 'auto' && mode !== 'autonomous';

const approvedOf = ({ plan, review, decision }: Attempt): ApprovedPlan | string =>
  review === undefined || decision === undefined
    ? 'the plan is not reviewed and approved'
    : approve(plan, review, decision);

/** Everything is asked once more right before the write: between the question and the answer the world may have moved. */
const whyNotNow = async (deps: ExecuteDeps, file: CaseFile, attempt: Attempt): Promise<string | null> => {
  if (deps.mode() === 'watchtower') return watching;
  const approved = approvedOf(attempt);
  if (typeof approved === 'string') return approved;
  const facts = await deps.factsFor(file, approved.plan);
  return adjudicators.map(({ judge }) => judge(approved.plan, facts)).find((reason) => reason !== null) ?? null;
};

const finish = async (
  deps: ExecuteDeps,
  file: CaseFile,
  result: { which: Which; execution: Execution },
): Promise<void> => {
  const { which, execution } = result;
  const written = execution.written ?? [];
  deps.meter.count('writes_total', { outcome: execution.outcome ?? 'unknown' });
  const intent = file.attempts.at(-1)?.[which];
  await turnPageFor(deps, file, {
    write: (current) => {
      const now = current.attempts.at(-1)?.[which];
      // The result belongs to the intent that was found; without one, nobody else may have begun meanwhile.
      const isOurs = now?.actionId === intent?.actionId && now?.finishedAt === undefined;
      return isOurs ? withAttempt(current, { [which]: execution }) : null;
    },
    note: {
      verb: which === 'undo' ? 'undo-result' : 'write-result',
      subject: written.map(({ target }) => target).join(' '),
      detail: {
        actionId: execution.actionId,
        outcome: execution.outcome ?? '',
        reason: execution.reason ?? '',
        auditIds: written.map(({ auditId }) => auditId),
      },
    },
  });
};

/** Writes down what is about to be done before it is done: after a crash the intent says what to read back. */
const intend = async (
  deps: ExecuteDeps,
  file: CaseFile,
  page: { which: Which; before?: readonly Check[] },
): Promise<Execution | null> => {
  const { which, before } = page;
  // The plan's id is the action id, so that what is written is to the letter what the dry run showed.
  const actionId = which === 'undo' ? deps.ids.uid() : (file.attempts.at(-1)?.plan.id ?? deps.ids.uid());
  const execution: Execution = { actionId, intentAt: deps.clock.now() };
  const stored = await turnPageFor(deps, file, {
    write: (current) => {
      const attempt = current.attempts.at(-1);
      // Between the last question and this page the approval may have been withdrawn.
      if (attempt === undefined || attempt[which] !== undefined || typeof approvedOf(attempt) === 'string') return null;
      return withAttempt(current, { [which]: execution, ...(before === undefined ? {} : { before }) });
    },
    note: {
      verb: which === 'undo' ? 'undo-intent' : 'write-intent',
      subject: file.attempts.at(-1)?.plan.kubectl[0] ?? '',
      detail: { actionId: execution.actionId, planHash: file.attempts.at(-1)?.plan.hash ?? '' },
    },
  });
  return stored === null ? null : execution;
};

/** An execution that ended without a write. */
const unwritten = (deps: ExecuteDeps, outcome: 'refused' | 'applied', reason: string): Execution => {
  const at = deps.clock.now();
  return { actionId: deps.ids.uid(), intentAt: at, finishedAt: at, outcome, reason, written: [] };
};

/**
 * What must hold right before an object is written: a mode that writes, the plan's preconditions, or for an undo that our write
 * still stands. Asked at every try, because an intent may be settled long after it was written down.
 */
const objectionFor = (deps: ExecuteDeps, attempt: Attempt, which: Which): WriteRequest['objection'] => {
  const ours = attempt.execution?.actionId ?? '';
  return (target, object) => {
    // Asked here and not before: while the object was read back the mode may have changed.
    if (deps.mode() === 'watchtower') return watching;
    const isFirst = which === 'execution' && shortName(target) === shortName(attempt.plan.patches[0]?.target ?? target);
    // A remedy that was begun is carried to its end: half of it would be worse than all of it.
    if (isFirst && isLeftToPeople(attempt, deps.mode())) return 'the mode was changed, so a person has to approve it';
    if (which === 'execution') return objectionTo(attempt.plan, target, object);
    const last = valueAt(object, actionIdPointer);
    return typeof last === 'string' && last.startsWith(ours)
      ? null
      : `${shortName(target)} was changed by somebody else since`;
  };
};

const wasWritten =
  ({ execution }: Attempt) =>
  (target: ObjectRef): boolean =>
    execution?.written?.some((written) => written.target === shortName(target)) ?? false;

/** Settles an intent: by writing, or by finding that it was written before. */
const settle = async (deps: ExecuteDeps, uid: string, which: Which): Promise<void> => {
  const file = await deps.cases.read(uid);
  const attempt = file?.attempts.at(-1);
  const intent = attempt?.[which];
  if (file === null || attempt === undefined || intent === undefined || intent.finishedAt !== undefined) return;
  const approved = approvedOf(attempt);
  invariant(typeof approved !== 'string', `a write is intended only for an approved plan: ${approved}`);
  const result = await deps.writeOnce({
    approved,
    ...(which === 'undo' ? { which: 'inverse', concerns: wasWritten(attempt) } : { which: 'patches' }),
    incidentUid: uid,
    actionId: intent.actionId,
    objection: objectionFor(deps, attempt, which),
  });
  await finish(deps, file, { which, execution: { ...intent, ...result, finishedAt: deps.clock.now() } });
};

/** Takes the closed window's approval back: the proposal waits for a person, as if there had been no window. */
const leaveToPeople = async (deps: ExecuteDeps, file: CaseFile): Promise<void> => {
  await turnPageFor(deps, file, {
    write: (current) => {
      const attempt = current.attempts.at(-1);
      if (attempt?.ask === undefined || attempt.decision?.kind !== 'auto' || attempt.execution !== undefined)
        return null;
      const { decision: _gone, ...open } = attempt;
      const { autoApproveAt: _closed, ...ask } = attempt.ask;
      const waiting = { ...open, ask: { ...ask, autoReason: `the mode was changed to ${deps.mode()}` } };
      return { ...current, attempts: [...current.attempts.slice(0, -1), waiting] };
    },
    note: {
      verb: 'deadline',
      subject: `auto-approval is off: the mode was changed to ${deps.mode()}`,
      detail: { planHash: file.attempts.at(-1)?.plan.hash ?? '' },
    },
  });
};

/** Carries an approved plan out, exactly once: intent, write, result. A refusal at the last moment is a result too. */
export const createExecuteStep = (deps: ExecuteDeps): Step => {
  const begin = async (file: CaseFile, attempt: Attempt): Promise<boolean> => {
    const refusal = await whyNotNow(deps, file, attempt);
    if (refusal === null) {
      const before = await deps.vitalSigns(file);
      return (await intend(deps, file, { which: 'execution', before })) !== null;
    }
    await finish(deps, file, { which: 'execution', execution: unwritten(deps, 'refused', refusal) });
    return false;
  };
  return async (file) => {
    const attempt = file.attempts.at(-1);
    if (attempt === undefined) return;
    if (attempt.execution === undefined && isLeftToPeople(attempt, deps.mode())) return leaveToPeople(deps, file);
    if (attempt.execution !== undefined || (await begin(file, attempt)))
      await settle(deps, file.incident.uid, 'execution');
  };
};

/** Applies the inverse of a remedy that did not help. A remedy with nothing to undo (a restart) is done at once. */
export const createUndoStep = (deps: ExecuteDeps): Step => {
  const withoutWriting = (attempt: Attempt): Execution | null => {
    if (attempt.plan.inverse.length === 0) return unwritten(deps, 'applied', 'there is nothing to undo');
    if (deps.mode() !== 'watchtower') return null;
    return unwritten(deps, 'refused', 'the bot is in watchtower mode and does not write, so the remedy stays as it is');
  };
  return async (file) => {
    const attempt = file.attempts.at(-1);
    if (attempt === undefined) return;
    if (attempt.undo === undefined) {
      const execution = withoutWriting(attempt);
      if (execution !== null) return finish(deps, file, { which: 'undo', execution });
      if ((await intend(deps, file, { which: 'undo' })) === null) return;
    }
    await settle(deps, file.incident.uid, 'undo');
  };
};

import type { Attempt } from '../../../src/domain/attempt.ts';
import type { CaseFile } from '../../../src/domain/case-file.ts';
import type { Execution } from '../../../src/domain/execution.ts';
import type { Patch } from '../../../src/domain/plan.ts';
import { limits } from '../../../src/limits.ts';
import type { BallotRequest } from '../../../src/ports/desk.ts';
import type { Written } from './model-cluster.ts';
import type { Durable } from './model-store.ts';

/** What people asked for, as the model heard it; the rules do not believe the case file about that. */
export interface Asked extends Pick<BallotRequest, 'uid' | 'kind' | 'by' | 'via'> {
  /** The plan that the person meant: the one that was named, else the one that was shown. */
  readonly planHash: string;
}

/** People who may decide; everybody else is an outsider. */
export const approverIds: readonly string[] = ['BOB', 'CAROL'];

/** Everything that the rules look at beside the page that was turned. */
export interface Evidence {
  readonly durable: Durable;
  readonly asked: readonly Asked[];
  readonly written: readonly Written[];
  /** No second loop works on the cases: only then is the result of a write known for sure. */
  readonly alone: boolean;
}

const same = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

const must = (condition: boolean, rule: string): void => {
  if (!condition) throw new Error(`RULE BROKEN: ${rule}`);
};

const isUnsettled = (execution: Execution | undefined): boolean =>
  execution !== undefined && execution.finishedAt === undefined;

const isGo = ({ decision }: Attempt): boolean => decision?.kind === 'approved' || decision?.kind === 'auto';

/** The approval is one that people of the list, or the closed window, gave to this very plan. */
const mustBeApproved = (file: CaseFile, attempt: Attempt, evidence: Evidence): void => {
  const { plan, decision, review, ask } = attempt;
  must(isGo(attempt), 'what is carried out was approved');
  must(decision?.planHash === plan.hash, 'the approval is of this very plan');
  must(review?.passed === true && review.planHash === plan.hash, 'this very plan passed every gate');
  if (decision?.kind === 'auto') {
    must(plan.risk === 'low' && file.verdict?.kind === 'agreed', 'only low risk and agreement need nobody');
    must(attempt.heldBy === undefined, 'a held plan waits for a person');
    return;
  }
  const voters = new Set(decision?.by.map(({ id }) => id));
  must(voters.size >= (plan.risk === 'high' ? 2 : 1), 'enough different people approved');
  must(ask?.approversNeeded === (plan.risk === 'high' ? 2 : 1), 'high risk asks for two people');
  for (const voter of voters) {
    must(approverIds.includes(voter), 'only approvers approve');
    const said = evidence.asked.some(
      ({ uid, kind, by, planHash }) =>
        uid === file.incident.uid &&
        kind === 'approve' &&
        by.id === voter &&
        (planHash === plan.hash || planHash === 'shown'),
    );
    must(said, `${voter} approved this plan`);
  }
};

const mustKeepExecution = (before: Execution | undefined, after: Execution | undefined): void => {
  if (before === undefined) return;
  must(after !== undefined && after.actionId === before.actionId, 'an intent stays what it is until it is settled');
  if (before.finishedAt !== undefined) must(same(before, after), 'a settled write is never rewritten');
};

/** One attempt from one version of the file to the next. */
const checkAttempt = (before: Attempt, after: Attempt): void => {
  must(same(before.plan, after.plan), 'a plan never changes');
  if (before.review !== undefined) must(same(before.review, after.review), 'a review is written once');
  const { decision } = before;
  if (decision !== undefined && !same(decision, after.decision)) {
    must(isGo(before) && after.decision === undefined, 'only an approval can be taken back');
    must(before.execution === undefined, 'an approval cannot be taken back once the write has begun');
  }
  must(after.ballots.length >= before.ballots.length, 'no ballot is lost');
  mustKeepExecution(before.execution, after.execution);
  mustKeepExecution(before.undo, after.undo);
  if (before.verification?.verdict !== undefined)
    must(same(before.verification, after.verification), 'a verdict on a remedy is final');
};

const isOver = (attempt: Attempt): boolean => {
  if (attempt.review?.passed === false) return true;
  if (attempt.decision !== undefined && !isGo(attempt)) return true;
  if (attempt.execution?.finishedAt === undefined) return false;
  return attempt.execution.outcome === 'refused' || attempt.undo?.finishedAt !== undefined;
};

const checkNewAttempt = (before: CaseFile, attempt: Attempt): void => {
  must(before.closure === undefined, 'a closed case gets no further plan');
  must(before.verdict !== undefined, 'a plan rests on a verdict');
  const last = before.attempts.at(-1);
  must(last === undefined || isOver(last), 'the next plan comes when the last one is over');
  must(!before.attempts.some(({ plan }) => plan.hash === attempt.plan.hash), 'no plan is tried twice');
};

const checkDecision = (before: Attempt | undefined, after: Attempt): void => {
  if (after.ask !== undefined && before?.ask === undefined)
    must(after.review?.passed === true, 'people are asked only about what passed every gate');
  if (after.decision === undefined || before?.decision !== undefined) return;
  must(after.ask !== undefined, 'nothing is decided before it was asked');
};

const checkUndo = (before: Attempt | undefined, after: Attempt): void => {
  if (after.verification !== undefined && before?.verification === undefined)
    must(after.execution?.outcome === 'applied', 'only what was carried out is verified');
  if (!isUnsettled(after.undo) || before?.undo !== undefined) return;
  if (after.execution?.outcome === 'failed') return;
  must(after.execution?.outcome === 'applied', 'only what was carried out is undone');
  const { verdict } = after.verification ?? {};
  must(verdict === 'unchanged' || verdict === 'worse', 'only what did not help is undone');
};

/** What became of an attempt on this page that was not so before. */
const checkNews = (file: CaseFile, before: Attempt | undefined, evidence: Evidence): void => {
  const after = file.attempts.at(-1);
  if (after === undefined) return;
  checkDecision(before, after);
  if (isUnsettled(after.execution) && before?.execution === undefined) mustBeApproved(file, after, evidence);
  checkUndo(before, after);
};

const checkClosure = (before: CaseFile | undefined, after: CaseFile): void => {
  if (before?.closure !== undefined) {
    must(same(before.closure, after.closure), 'a closure is final');
    must(same(before.attempts, after.attempts), 'nothing is done for a closed case');
    must(before.alerts.length === after.alerts.length, 'no alert is put into a closed case');
    return;
  }
  if (after.closure === undefined) return;
  const last = after.attempts.at(-1);
  must(!isUnsettled(last?.execution) && !isUnsettled(last?.undo), 'no case is closed while a write is not settled');
};

/** Holds for every page that is turned, whoever turns it and whenever. Throws with the rule that is broken. */
export const checkPage = (before: CaseFile | undefined, after: CaseFile, evidence: Evidence): void => {
  must(after.attempts.length <= limits.attemptsMax, 'at most attemptsMax plans are tried');
  checkClosure(before, after);
  const earlier = before?.attempts ?? [];
  must(after.attempts.length - earlier.length <= 1 && after.attempts.length >= earlier.length, 'plans come one by one');
  for (const [index, attempt] of after.attempts.entries()) {
    const known = earlier[index];
    if (known !== undefined) checkAttempt(known, attempt);
    else if (before !== undefined) checkNewAttempt(before, attempt);
    if (index < after.attempts.length - 1) must(same(known, attempt), 'what is over is over');
    else checkNews(after, known, evidence);
  }
};

const patchesOf = (attempt: Attempt, intent: 'execution' | 'undo'): readonly Patch[] =>
  intent === 'undo' ? attempt.plan.inverse : attempt.plan.patches;

/** The intent that a write belongs to: which attempt, whether it is its undo, and which of its patches. */
const intentOf = (file: CaseFile, actionId: string) => {
  const candidates = file.attempts.flatMap((attempt) =>
    (['execution', 'undo'] as const).flatMap((which) => {
      const intent = attempt[which];
      if (intent === undefined) return [];
      const patches = patchesOf(attempt, which);
      const index = patches.findIndex(
        (_patch, n) => actionId === (n === 0 ? intent.actionId : `${intent.actionId}-${n}`),
      );
      return index < 0 ? [] : [{ attempt, which, intent, patch: patches[index] }];
    }),
  );
  return candidates[0];
};

/** Holds for every write at the moment when it takes effect. */
export const checkWrite = (written: Written, evidence: Evidence): void => {
  const { incidentUid, actionId, patch, begun, before } = written;
  must(begun.mode !== 'watchtower', 'no write is begun in watchtower mode');
  must(
    evidence.written.filter((other) => other.actionId === actionId && other.incidentUid === incidentUid).length === 1,
    'at most one write takes effect under one action id',
  );
  const file = evidence.durable.cases.get(incidentUid);
  const found = file === undefined ? undefined : intentOf(file, actionId);
  if (file === undefined || found === undefined) throw new Error('RULE BROKEN: every write has an intent in its case');
  must(same(found.patch, patch), 'to the letter the patch that was approved is written');
  mustBeApproved(file, found.attempt, evidence);
  const isFirst = found.which === 'execution' && same(found.patch, found.attempt.plan.patches[0]);
  if (isFirst && found.attempt.decision?.kind === 'auto')
    must(begun.mode === 'autonomous', 'only autonomous mode needs nobody');
  const verb = found.which === 'undo' ? 'undo-intent' : 'write-intent';
  const told = evidence.durable.journal.some(
    (entry) => entry.uid === incidentUid && entry.verb === verb && entry.detail.actionId === found.intent.actionId,
  );
  must(told, 'the journal tells of the intent before the write');
  if (found.which === 'execution') {
    for (const { target, equals } of found.attempt.plan.preconditions.filter(
      ({ target }) => target.name === patch.target.name,
    ))
      must(same((before.spec as { recipe?: string }).recipe, equals), `${target.name} is as the plan presumes`);
  }
};

/** What the case says of a write is what became of it. */
const checkTruth = (file: CaseFile, { written }: Evidence): void => {
  const intents = file.attempts.flatMap(({ plan, execution, undo }) => [
    { execution, wanted: plan.patches.length },
    // What was carried out only in part is undone only in that part.
    { execution: undo, wanted: plan.inverse.length === 0 ? 0 : (execution?.written?.length ?? 0) },
  ]);
  for (const { execution, wanted } of intents) {
    if (execution === undefined) continue;
    const done = written.filter(
      ({ incidentUid, actionId }) => incidentUid === file.incident.uid && actionId.startsWith(execution.actionId),
    ).length;
    must(done === (execution.written?.length ?? 0), 'the result names the writes that took effect, and no others');
    if (execution.outcome === 'applied') must(done === wanted, 'what is called applied was written to the end');
  }
};

/** Holds when the world has been calm for long enough. */
export const checkEnd = (evidence: Evidence): void => {
  for (const file of evidence.durable.cases.values()) {
    must(file.closure !== undefined && file.rememberedAt !== undefined, `case ${file.incident.uid} ends`);
    if (evidence.alone) checkTruth(file, evidence);
    const told = evidence.durable.journal.filter(({ uid }) => uid === file.incident.uid).map(({ verb }) => verb);
    must(
      told[0] === 'open' && told.filter((verb) => verb === 'close' || verb === 'give-up').length === 1,
      'the journal tells of one beginning and one end',
    );
  }
  for (const { id, uid, alert } of evidence.durable.inbox) {
    must(uid !== undefined, `alert ${id} is filed`);
    const holder = evidence.durable.cases.get(uid ?? '');
    must(
      alert.status === 'resolved' ||
        holder?.alerts.some(({ fingerprint }) => fingerprint === alert.fingerprint) === true,
      `alert ${id} is in the case that it was filed under`,
    );
  }
};

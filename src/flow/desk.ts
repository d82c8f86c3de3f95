import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import type { Ballot, Decision } from '../domain/decision.ts';
import type { Approvers } from '../ports/approvers.ts';
import type { BallotRequest, Desk, DeskAnswer } from '../ports/desk.ts';
import type { ModeKeeper } from './mode-keeper.ts';
import { type RoadTools, turnPage, withAttempt } from './road.ts';

const refused = (text: string): DeskAnswer => ({ ok: false, text });
const done = (text: string): DeskAnswer => ({ ok: true, text });

const nameOf = (file: CaseFile): string => `INC-${file.incident.number}`;

/** Distinct people whose last word on this very plan is approval. */
const approvals = (ballots: readonly Ballot[], planHash: string): readonly Ballot[] => {
  const last = new Map<string, Ballot>();
  for (const ballot of ballots) {
    if (ballot.planHash === planHash && ballot.kind !== 'hold') last.set(ballot.by.id, ballot);
  }
  return [...last.values()].filter((ballot) => ballot.kind === 'approve');
};

const decisionBy = (kind: 'approved' | 'rejected', ballots: readonly Ballot[], ballot: Ballot): Decision => ({
  kind,
  by: ballots.map(({ by }) => by),
  at: ballot.at,
  planHash: ballot.planHash,
  via: ballot.via,
  reason: `${kind} by ${ballots.map(({ by }) => by.name).join(' and ')}`,
});

type Ruling =
  | { readonly file: CaseFile; readonly text: string }
  | { readonly known: string }
  | { readonly refusal: string };

/** Whether this is what the person said last about this very plan: an emoji is heard both as an event and when a broken connection is made up for. */
const isRepeated = (ballots: readonly Ballot[], { by, planHash, kind }: Ballot): boolean =>
  ballots.findLast((earlier) => earlier.by.id === by.id && earlier.planHash === planHash)?.kind === kind;

const ruleOnApproval = (file: CaseFile, attempt: Attempt, ballot: Ballot): Ruling => {
  // A finger slips on an emoji; what is dangerous needs the button with its question.
  if (attempt.plan.risk === 'high' && ballot.via === 'emoji') {
    return { refusal: 'This remedy is high risk: use the Approve button, which asks again, not an emoji.' };
  }
  const ballots = [...attempt.ballots, ballot];
  const given = approvals(ballots, attempt.plan.hash);
  const needed = attempt.ask?.approversNeeded ?? 1;
  if (given.length < needed) {
    return {
      file: withAttempt(file, { ballots }),
      text: `Noted: ${given.length} of ${needed} approvals for ${nameOf(file)}.`,
    };
  }
  const decision = decisionBy('approved', given, ballot);
  return { file: withAttempt(file, { ballots, decision }), text: `Approved: ${nameOf(file)} will be carried out now.` };
};

const ruleOnHold = (file: CaseFile, attempt: Attempt, ballot: Ballot): Ruling => {
  if (attempt.ask === undefined) return { refusal: 'There is nothing to hold.' };
  const { autoApproveAt: _gone, ...ask } = attempt.ask;
  const held = {
    ballots: [...attempt.ballots, ballot],
    heldBy: ballot,
    ask: { ...ask, autoReason: `held by ${ballot.by.name}` },
  };
  return { file: withAttempt(file, held), text: `Held: ${nameOf(file)} waits for an approval or a rejection.` };
};

const ruleOnWithdrawal = (file: CaseFile, attempt: Attempt, ballot: Ballot): Ruling => {
  // Only an approval can be taken back: a rejection, or a deadline that has passed, stands.
  if (attempt.decision !== undefined && attempt.decision.kind !== 'approved')
    return { refusal: `This proposal is decided already: ${attempt.decision.reason}.` };
  const approvedBefore = approvals(attempt.ballots, attempt.plan.hash).some(({ by }) => by.id === ballot.by.id);
  if (!approvedBefore) return { refusal: 'You had not approved this plan, so there is nothing to withdraw.' };
  if (attempt.execution !== undefined) return { refusal: 'Too late to withdraw: the remedy is being carried out.' };
  const { decision: _gone, ...open } = attempt;
  const reopened = { ...open, ballots: [...attempt.ballots, ballot] };
  return {
    file: { ...file, attempts: [...file.attempts.slice(0, -1), reopened] },
    text: `Withdrawn: ${nameOf(file)} waits again.`,
  };
};

/** What a ballot does to the case: a pure rule, so that every race gets the same answer. */
export const ruleOn = (file: CaseFile, ballot: Ballot): Ruling => {
  const attempt = file.attempts.at(-1);
  if (file.closure !== undefined) return { refusal: `${nameOf(file)} is closed already (${file.closure.outcome}).` };
  if (attempt?.ask === undefined) return { refusal: `${nameOf(file)} has no proposal that waits for a decision.` };
  if (ballot.planHash !== attempt.plan.hash)
    return { refusal: 'The plan has changed since: look at the newest proposal and decide again.' };
  if (isRepeated(attempt.ballots, ballot)) return { known: `You have said so already: ${nameOf(file)} has it noted.` };
  if (ballot.kind === 'withdraw') return ruleOnWithdrawal(file, attempt, ballot);
  if (attempt.decision !== undefined)
    return { refusal: `This proposal is decided already: ${attempt.decision.reason}.` };
  switch (ballot.kind) {
    case 'approve':
      return ruleOnApproval(file, attempt, ballot);
    case 'hold':
      return ruleOnHold(file, attempt, ballot);
    case 'reject': {
      const ballots = [...attempt.ballots, ballot];
      const decision = decisionBy('rejected', [ballot], ballot);
      return {
        file: withAttempt(file, { ballots, decision }),
        text: `Rejected: ${nameOf(file)} will not get this remedy.`,
      };
    }
  }
};

/** The desk: every way in which a person acts on the road ends here, and each is checked and journalled. */
export const createDesk = (deps: RoadTools & { readonly approvers: Approvers; readonly modes: ModeKeeper }): Desk => {
  const vote = async (request: BallotRequest): Promise<DeskAnswer> => {
    const file = await deps.cases.read(request.uid);
    if (file === null) return refused('There is no such incident. `/sre incidents` lists them.');
    const permission = await deps.approvers.check(request.by.id);
    if (!permission.allowed) return refused(permission.reason);
    const mode = deps.modes.state();
    if (request.kind === 'approve' && mode.effective === 'watchtower') {
      return refused(`The bot is in watchtower mode and does not write: ${mode.reason}.`);
    }
    const planHash = request.planHash ?? file.attempts.at(-1)?.plan.hash ?? '';
    const ballot: Ballot = { kind: request.kind, by: request.by, at: deps.clock.now(), planHash, via: request.via };
    let answer: DeskAnswer = refused('Nothing was changed.');
    await turnPage(deps, request.uid, {
      write: (current) => {
        const ruling = ruleOn(current, ballot);
        if ('file' in ruling) {
          answer = done(ruling.text);
          return ruling.file;
        }
        answer = 'known' in ruling ? done(ruling.known) : refused(ruling.refusal);
        return null;
      },
      note: {
        actor: request.by.id,
        verb: request.kind,
        subject: file.attempts.at(-1)?.plan.action ?? '',
        detail: { planHash, via: request.via },
      },
    });
    return answer;
  };

  return {
    vote,
    find: (handle) => deps.cases.find(handle),
    open: async () => (await deps.cases.open()).filter((file) => file.closure === undefined),
    recent: (limit) => deps.cases.recent(limit),
    trace: (uid) => deps.journal.of(uid),
    mode: () => deps.modes.state(),
    permit: async (by, what) => {
      const permission = await deps.approvers.check(by.id);
      const verb = permission.allowed ? 'permitted' : 'refused';
      await deps.journal.append({ uid: 'bot', actor: by.id, verb, subject: what, detail: {} });
      return permission.allowed ? done(`${by.name} may do this.`) : refused(permission.reason);
    },
    setMode: async (mode, by) => {
      const permission = await deps.approvers.check(by.id);
      if (!permission.allowed) return refused(permission.reason);
      return done(await deps.modes.choose(mode, by));
    },
  };
};

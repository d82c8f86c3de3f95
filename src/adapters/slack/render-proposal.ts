import type { Ask, Attempt } from '../../domain/attempt.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import { counted } from '../../domain/counted.ts';
import type { Decision } from '../../domain/decision.ts';
import type { Review } from '../../domain/review.ts';
import { decisionButtons } from './decision-buttons.ts';
import { buttons, type Message, message, sections, smallPrint } from './message.ts';
import { clipped, code, fence, foreign, joined, type Mrkdwn, md, mention, slackDate } from './mrkdwn.ts';
import type { ViewOptions } from './view-options.ts';
import { planWords, riskWords, shortHash, viaWords } from './words.ts';

const shown = { diffCharsMax: 2_800, kubectlCharsMax: 900, mentionsMax: 10 } as const;

/** Passed gates are named in one line; a refusal is what people must read, so then each gate has its own. */
const gateLines = (review: Review): readonly Mrkdwn[] =>
  review.passed
    ? [
        md`*Gates: all passed*`,
        md`:white_check_mark: ${review.gates.map((gate) => clipped(gate.name, 60)).join(' · ')}`,
      ]
    : [
        md`*Gates: not all passed, so nothing may be written*`,
        ...review.gates.map((gate) =>
          gate.passed
            ? md`:white_check_mark: ${clipped(gate.name, 60)} passed: ${clipped(gate.reason, 160)}`
            : md`:x: ${clipped(gate.name, 60)} *failed*: ${clipped(gate.reason, 240)}`,
        ),
      ];

const remedyLines = ({ plan }: Attempt, number: number): readonly Mrkdwn[] => {
  const { blastRadius } = plan;
  const undo =
    plan.inverse.length === 0
      ? 'nothing to take back'
      : 'the exact inverse is ready and is applied if it does not help';
  return [
    md`:wrench: *Proposal ${number}: ${planWords(plan)}*`,
    md`*Why:* ${foreign(plan.reason, 600)}`,
    md`*Risk:* ${riskWords(plan.risk)} · *Blast radius:* ${clipped(blastRadius.description, 200)}, ${counted(blastRadius.workloads, 'workload')} · *Undo:* ${undo}`,
  ];
};

const diffLines = (diff: string): readonly Mrkdwn[] =>
  diff === ''
    ? [md`*Change:* no dry run succeeded, so there is no diff.`]
    : [md`*Change, as the API server's dry run made it*`, fence(diff, shown.diffCharsMax)];

const kubectlLines = (kubectl: readonly string[]): readonly Mrkdwn[] =>
  kubectl.length === 0 ? [] : [md`*The same by hand*`, fence(kubectl.join('\n'), shown.kubectlCharsMax)];

const deadlineLine = (ask: Ask, attempt: Attempt): Mrkdwn => {
  if (attempt.heldBy !== undefined)
    return md`:raised_hand: *Held by ${attempt.heldBy.by.name}*: it waits for an approval or a rejection, until ${slackDate(ask.expiresAt)}.`;
  if (ask.autoApproveAt !== undefined)
    return md`:hourglass_flowing_sand: *Auto-approve at ${slackDate(ask.autoApproveAt)}* unless somebody rejects or holds it: ${clipped(ask.autoReason, 200)}`;
  return md`*No auto-approve:* ${clipped(ask.autoReason, 200)} The proposal expires at ${slackDate(ask.expiresAt)}.`;
};

const approvalsLine = (attempt: Attempt, ask: Ask): Mrkdwn => {
  const withdrawn = new Set<string>();
  const names: string[] = [];
  for (const ballot of [...attempt.ballots].reverse()) {
    if (ballot.kind === 'withdraw') withdrawn.add(ballot.by.id);
    if (ballot.kind === 'approve' && !withdrawn.has(ballot.by.id)) {
      names.unshift(ballot.by.name);
      withdrawn.add(ballot.by.id);
    }
  }
  if (names.length === 0) return ask.approversNeeded > 1 ? md`*It needs ${ask.approversNeeded} approvers.*` : md``;
  return md`*Approved so far:* ${names.length} of ${ask.approversNeeded} (${names.join(', ')})`;
};

const howToDecide = (attempt: Attempt, ask: Ask, options: ViewOptions): readonly Mrkdwn[] => {
  const whom = options.approvers.slice(0, shown.mentionsMax).map(mention);
  const who = whom.length === 0 ? md`Approvers` : joined(whom);
  const approve =
    attempt.plan.risk === 'high'
      ? md`Approve with the button, which asks again: high risk needs ${ask.approversNeeded} approvers`
      : md`:white_check_mark: approve`;
  return [
    approvalsLine(attempt, ask),
    md`*How to decide:* ${who}: react to this message or use the buttons. ${approve} · :no_entry: reject · :raised_hand: hold`,
    deadlineLine(ask, attempt),
  ];
};

const decisionLine = (decision: Decision): Mrkdwn => {
  const by = decision.by.length === 0 ? 'nobody' : decision.by.map(({ name }) => name).join(', ');
  const how = md`${viaWords(decision.via)} at ${slackDate(decision.at)}`;
  const reason = clipped(decision.reason, 240);
  switch (decision.kind) {
    case 'approved':
      return md`:white_check_mark: *Approved* by ${by}, ${how}.`;
    case 'auto':
      return md`:white_check_mark: *Approved automatically* at ${slackDate(decision.at)}: ${reason}.`;
    case 'rejected':
      return md`:no_entry: *Rejected* by ${by}, ${how}.`;
    case 'expired':
      return md`:hourglass: *Expired*: nobody decided, ${how}. ${reason}`;
    case 'not_allowed':
      return md`:no_entry_sign: *Not allowed*, ${how}: ${reason}`;
    case 'obsolete':
      return md`:fast_forward: *Obsolete*, ${how}: ${reason}`;
  }
};

const decisionLines = (attempt: Attempt, options: ViewOptions): readonly Mrkdwn[] => {
  if (attempt.decision !== undefined) return [decisionLine(attempt.decision)];
  if (attempt.ask === undefined) return [];
  if (options.watchtower === undefined) return howToDecide(attempt, attempt.ask, options);
  return [
    md`:telescope: *Watchtower mode: nothing is written now* (${clipped(options.watchtower, 200)}). An approval counts again when the mode has ended; reject and hold count now.`,
    md`The proposal expires at ${slackDate(attempt.ask.expiresAt)}.`,
  ];
};

/** One remedy as it is put to people; after the decision without buttons, with who decided. Null while nobody need see it yet. */
export const renderProposal = (file: CaseFile, index: number, options: ViewOptions): Message | null => {
  const attempt = file.attempts[index];
  const review = attempt?.review;
  if (attempt === undefined || (attempt.ask === undefined && attempt.decision === undefined)) return null;
  const open = attempt.decision === undefined && file.closure === undefined;
  return message({
    key: `proposal:${index + 1}`,
    priority: open ? 'approval' : 'status',
    blocks: [
      ...sections(remedyLines(attempt, index + 1)),
      ...sections(review === undefined ? [md`*Gates:* not asked.`] : gateLines(review)),
      ...sections(diffLines(review?.diff ?? '')),
      ...sections(kubectlLines(attempt.plan.kubectl)),
      ...sections(decisionLines(attempt, options)),
      ...(open ? [buttons(decisionButtons(file, attempt))] : []),
      smallPrint(
        md`Plan ${code(shortHash(attempt.plan.hash))}: a decision counts for this plan only · Incident-UID ${file.incident.uid}`,
      ),
    ],
  });
};

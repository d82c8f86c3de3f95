import { percent } from '../src/analysis/confidence.ts';
import type { Attempt } from '../src/domain/attempt.ts';
import { type CaseFile, phaseOf } from '../src/domain/case-file.ts';
import { faults } from '../src/domain/fault.ts';
import type { Cause } from '../src/domain/finding.ts';
import { shortName } from '../src/domain/workload.ts';
import type { Command, CommandInput, Reply, ReplyPart } from '../src/ports/command.ts';
import type { Desk } from '../src/ports/desk.ts';

const causeWords = (cause: Cause): string =>
  cause.fault === 'none' ? 'no fault' : `${faults[cause.fault].title} in ${cause.workload}`;

const verdictWords = ({ verdict }: CaseFile): string => {
  if (verdict === undefined) return 'not yet';
  if (verdict.cause === undefined)
    return verdict.kind === 'split' ? 'the specialists contradict each other' : 'not found';
  return `${causeWords(verdict.cause)} (${verdict.kind}, ${percent(verdict.confidence)})`;
};

const voteItems = ({ verdict }: CaseFile) =>
  (verdict?.votes ?? []).map(({ specialist, stance, cause, confidence }) => ({
    text: `${specialist} ${stance}${cause === undefined ? '' : `: ${causeWords(cause)} (${percent(confidence)})`}`,
  }));

const attemptState = ({ ask, decision, execution, heldBy, undo, verification }: Attempt): string => {
  if (undo !== undefined) return 'undone';
  if (verification?.verdict !== undefined) return `carried out: ${verification.verdict}`;
  if (execution !== undefined)
    return execution.finishedAt === undefined ? 'being carried out' : 'carried out, being verified';
  if (decision !== undefined) return `${decision.kind.replace('_', ' ')}: ${decision.reason}`;
  if (heldBy !== undefined) return `held by ${heldBy.by.name}`;
  if (ask === undefined) return 'being checked';
  const auto = ask.autoApproveAt === undefined ? ask.autoReason : `auto-approve at ${ask.autoApproveAt}`;
  return `waits for ${ask.approversNeeded === 1 ? 'an approver' : `${ask.approversNeeded} approvers`} (${auto})`;
};

const attemptItems = ({ attempts }: CaseFile) =>
  attempts.map((attempt, index) => ({
    text: `Proposal ${index + 1}, ${attempt.plan.action} ${shortName(attempt.plan.workload)}, risk ${attempt.plan.risk}: ${attemptState(attempt)}`,
  }));

const listPart = (heading: string, items: readonly { readonly text: string }[]): readonly ReplyPart[] =>
  items.length === 0
    ? []
    : [
        { kind: 'heading', text: heading },
        { kind: 'list', items },
      ];

const replyOn = (file: CaseFile): Reply => {
  const { incident, closure } = file;
  const end =
    closure === undefined ? [] : [['End', `${closure.outcome.replace('_', ' ')}: ${closure.reason}`] as const];
  const next = closure?.nextStep === undefined ? [] : [['Next step', closure.nextStep] as const];
  const head = `INC-${incident.number} · ${incident.title}`;
  return {
    visibility: 'ephemeral',
    parts: [
      { kind: 'list', items: [{ text: head, incident: incident.uid }] },
      {
        kind: 'fields',
        pairs: [
          ['Phase', phaseOf(file).replace('_', ' ')],
          ['Severity', incident.severity],
          [
            'Workload',
            incident.suspect === undefined
              ? incident.namespace
              : `${incident.namespace} ${shortName(incident.suspect)}`,
          ],
          ['Opened', incident.openedAt],
          ['Alerts', String(file.alerts.length)],
          ['Cause', verdictWords(file)],
          ...end,
          ...next,
          ['Incident-UID', incident.uid],
        ],
      },
      ...listPart('Votes', voteItems(file)),
      ...listPart('Proposals', attemptItems(file)),
      ...(file.noPlan === undefined ? [] : [{ kind: 'note', text: `No further proposal: ${file.noPlan}` } as const]),
    ],
  };
};

/** Answers about the incident that the first word names; without a known one, says what to type. */
export const aboutIncident = async (
  command: string,
  { words }: Pick<CommandInput, 'words'>,
  on: { readonly desk: Desk; readonly reply: (file: CaseFile) => Reply | Promise<Reply> },
): Promise<Reply> => {
  const [handle] = words;
  const file = handle === undefined ? null : await on.desk.find(handle);
  if (file !== null) return on.reply(file);
  const trouble = handle === undefined ? 'Which incident?' : `There is no incident “${handle.slice(0, 60)}”.`;
  const text = `${trouble} Type /sre ${command} INC-7, for example; /sre incidents all lists them.`;
  return { visibility: 'ephemeral', parts: [{ kind: 'text', text }] };
};

/** One incident: where it is, what is believed, who voted how, and what is proposed. */
export const show: Command = {
  name: 'show',
  usage: 'show <incident>',
  summary: 'shows one incident: phase, cause, votes and proposals',
  run: (input, { desk }) => aboutIncident('show', input, { desk, reply: replyOn }),
};

import type { Attempt } from '../../domain/attempt.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { Execution } from '../../domain/execution.ts';
import type { Check, Verification } from '../../domain/verification.ts';
import { type Message, message, sections, smallPrint } from './message.ts';
import { clipped, code, type Mrkdwn, md, slackDate } from './mrkdwn.ts';
import { numberOf, planWords } from './words.ts';

const writtenLines = ({ written }: Execution): readonly Mrkdwn[] =>
  (written ?? [])
    .slice(0, 10)
    .map(
      (write) =>
        md`• ${clipped(write.target, 120)} is now at resourceVersion ${clipped(write.resourceVersion, 40)}, Audit-ID ${code(write.auditId, 120)}`,
    );

const executionLine = (execution: Execution): Mrkdwn => {
  if (execution.finishedAt === undefined)
    return md`:wrench: *Being carried out* since ${slackDate(execution.intentAt)}; if the answer is lost, the bot reads back before anything else.`;
  const reason = clipped(execution.reason ?? '', 240);
  switch (execution.outcome) {
    case 'applied':
      return reason === ''
        ? md`:white_check_mark: *Carried out* at ${slackDate(execution.finishedAt)}.`
        : md`:white_check_mark: *Carried out* at ${slackDate(execution.finishedAt)}. ${reason}`;
    case 'refused':
      return md`:no_entry: *Refused at the last check* at ${slackDate(execution.finishedAt)}, nothing was written: ${reason}`;
    default:
      return md`:x: *Carried out only in part* at ${slackDate(execution.finishedAt)}, so that part is undone: ${reason}`;
  }
};

/** One check in words: passed or not yet, and what was seen. */
export const checkLine = (check: Check): Mrkdwn =>
  check.passed
    ? md`:white_check_mark: ${clipped(check.name, 80)}: ${clipped(check.observation, 200)}`
    : md`:x: ${clipped(check.name, 80)} is *not well yet*: ${clipped(check.observation, 200)}`;

const verdictLine = (verification: Verification): Mrkdwn => {
  const at = slackDate(verification.at ?? verification.deadline);
  switch (verification.verdict) {
    case 'recovered':
      return md`:white_check_mark: *Recovered* at ${at}: every check is well.`;
    case 'unchanged':
      return md`:x: *Not recovered in time*, decided at ${at}.`;
    case 'worse':
      return md`:x: *It got worse*, decided at ${at}.`;
    case 'unknown':
      return md`:grey_question: *Nobody can say whether it helped*: at ${at} the sources below had given no answer for too long. It was not undone.`;
    default:
      return md`:stopwatch: *Being verified* until ${slackDate(verification.deadline)} at the latest.`;
  }
};

const undoLines = (undo: Execution | undefined): readonly Mrkdwn[] => {
  if (undo === undefined) return [];
  if (undo.finishedAt === undefined)
    return [md`:leftwards_arrow_with_hook: *Being undone* since ${slackDate(undo.intentAt)}.`];
  const how =
    undo.outcome === 'applied'
      ? md`:leftwards_arrow_with_hook: *Undone* at ${slackDate(undo.finishedAt)}: things are as they were before the remedy.`
      : md`:x: *The undo did not succeed*: ${clipped(undo.reason ?? 'no reason was given', 240)} A person must look now.`;
  return [how, ...writtenLines(undo)];
};

const verificationLines = ({ verification }: Attempt): readonly Mrkdwn[] =>
  verification === undefined ? [] : [verdictLine(verification), ...verification.checks.slice(0, 12).map(checkLine)];

/** What became of a remedy: the write, the checks as they come in, and the undo. Null before the write is intended. */
export const renderResult = (file: CaseFile, index: number): Message | null => {
  const attempt = file.attempts[index];
  if (attempt?.execution === undefined) return null;
  return message({
    key: `result:${index + 1}`,
    priority: 'status',
    blocks: [
      ...sections([
        md`*Result of proposal ${index + 1}: ${planWords(attempt.plan)}*`,
        executionLine(attempt.execution),
        ...writtenLines(attempt.execution),
        ...verificationLines(attempt),
        ...undoLines(attempt.undo),
      ]),
      smallPrint(md`Action ${attempt.execution.actionId} · \`/sre trace ${numberOf(file)}\` shows the audit trail`),
    ],
  });
};

import type { Attempt } from '../../domain/attempt.ts';
import { type CaseFile, phaseOf } from '../../domain/case-file.ts';
import { shortName } from '../../domain/workload.ts';
import { button, buttons, type Message, message, sections, smallPrint } from './message.ts';
import { clipped, type Mrkdwn, md, slackDate } from './mrkdwn.ts';
import type { ViewOptions } from './view-options.ts';
import { causeWords, confidenceWords, numberOf, planWords, severityWords, statusOf } from './words.ts';

const waitingLine = (attempt: Attempt): Mrkdwn => {
  const what = planWords(attempt.plan);
  if (attempt.heldBy !== undefined)
    return md`*Next:* held by ${attempt.heldBy.by.name}: ${what} waits for an approval or a rejection.`;
  const { ask } = attempt;
  if (ask?.autoApproveAt !== undefined)
    return md`*Next:* ${what} starts by itself at ${slackDate(ask.autoApproveAt)} unless somebody rejects or holds it.`;
  const deadline = ask === undefined ? md`` : md` The proposal expires at ${slackDate(ask.expiresAt)}.`;
  return md`*Next:* an approver decides in the thread: ${what}.${deadline}`;
};

const investigatingLine = (file: CaseFile): Mrkdwn => {
  const done = Object.keys(file.findings).length;
  return md`*Next:* ${done} of 3 specialists have reported.`;
};

const nextLine = (file: CaseFile): Mrkdwn => {
  const attempt = file.attempts.at(-1);
  switch (phaseOf(file)) {
    case 'collecting':
      return md`*Next:* metrics, logs, events and recent changes are being gathered.`;
    case 'investigating':
      return investigatingLine(file);
    case 'deliberating':
      return md`*Next:* a verdict, then a remedy.`;
    case 'proposing':
      return md`*Next:* a remedy is tried in a dry run before anybody is asked.`;
    case 'awaiting_approval':
      return attempt === undefined ? md`` : waitingLine(attempt);
    case 'executing':
      return attempt === undefined ? md`` : md`*Next:* ${planWords(attempt.plan)} is being carried out.`;
    case 'verifying':
      return md`*Next:* the signals that raised this are being read again${verifyDeadline(attempt)}.`;
    case 'watching':
      return md`*Next:* closes when the signals stay well.`;
    case 'concluding':
    case 'closed':
      return closingLine(file);
  }
};

const verifyDeadline = (attempt: Attempt | undefined): Mrkdwn =>
  attempt?.verification === undefined ? md`` : md`, until ${slackDate(attempt.verification.deadline)} at the latest`;

const closingLine = (file: CaseFile): Mrkdwn => {
  if (file.closure === undefined) return md``;
  const next = file.closure.nextStep === undefined ? md`` : md` *Next:* ${clipped(file.closure.nextStep, 200)}`;
  return md`*End:* ${file.closure.reason}${next}`;
};

const causeLine = ({ verdict }: CaseFile): Mrkdwn => {
  if (verdict === undefined) return md``;
  if (verdict.cause === undefined)
    return verdict.kind === 'split' ? md`*Cause:* the specialists contradict each other.` : md`*Cause:* not found.`;
  return md`*Cause:* ${causeWords(verdict.cause)}, ${confidenceWords(verdict.confidence)}.`;
};

const whereOf = ({ incident }: CaseFile): string =>
  incident.suspect === undefined
    ? `namespace ${incident.namespace}`
    : `${shortName(incident.suspect)} in ${incident.namespace}`;

const foldedPrint = (file: CaseFile) =>
  smallPrint(
    md`:hourglass: Many incidents at once: proposals come first, evidence is left out here. Details on demand: the button below, or \`/sre show ${numberOf(file)}\``,
  );

/** A clock that was set is told of: else nobody understands the times that are shown. */
const clockPrint = ({ clockJumps = [] }: CaseFile) =>
  clockJumps.map(({ at, byMs }) => {
    const minutes =
      Math.abs(byMs) < 90_000
        ? `${Math.round(Math.abs(byMs) / 1_000)} seconds`
        : `${Math.round(Math.abs(byMs) / 60_000)} minutes`;
    return smallPrint(
      md`:mantelpiece_clock: At ${slackDate(at)} the clock jumped ${minutes} ${byMs > 0 ? 'ahead' : 'back'}. The deadlines moved with it: no window closed early.`,
    );
  });

/** The incident's one message in the channel: at most eight lines that always tell where the case is and what comes next. */
export const renderRoot = (file: CaseFile, options: Pick<ViewOptions, 'folded'>): Message => {
  const { incident, alerts } = file;
  const status = statusOf(file);
  const repeats = alerts.reduce((sum, alert) => sum + alert.repeats, 0);
  const again = repeats > 0 ? md` (repeated ${repeats} times)` : md``;
  return message({
    key: 'root',
    priority: 'status',
    blocks: [
      ...sections([
        md`${status.emoji} *${numberOf(file)} · ${clipped(incident.title, 150)}*`,
        md`*${status.words}* · severity ${severityWords(incident.severity)} · ${whereOf(file)}`,
        causeLine(file),
        nextLine(file),
      ]),
      ...(options.folded === true ? [foldedPrint(file)] : []),
      ...clockPrint(file),
      smallPrint(
        md`Incident-UID ${incident.uid} · opened ${slackDate(incident.openedAt, '{date_short_pretty} {time_secs}')} · alerts: ${new Set(alerts.map(({ fingerprint }) => fingerprint)).size}${again}`,
      ),
      buttons([
        button({
          action: 'details',
          label: 'Details',
          value: JSON.stringify({ uid: incident.uid }),
          say: `Evidence and queries of ${numberOf(file)}`,
        }),
      ]),
    ],
  });
};

import type { KnownBlock, ModalView } from '@slack/types';
import { percent } from '../../analysis/confidence.ts';
import type { CaseFile } from '../../domain/case-file.ts';
import type { Evidence } from '../../domain/evidence.ts';
import { sections, smallPrint } from './message.ts';
import { clipped, code, link, type Mrkdwn, md, slackDate } from './mrkdwn.ts';
import { causeWords, numberOf, statusOf } from './words.ts';

const shown = { evidenceMax: 60, charsMax: 60_000 } as const;

const modal = (title: string, blocks: readonly KnownBlock[]): ModalView => ({
  type: 'modal',
  callback_id: 'details',
  title: { type: 'plain_text', text: clipped(title, 24) },
  close: { type: 'plain_text', text: 'Close' },
  blocks: [...blocks],
});

/** What is shown at once while the details are being read: a trigger lives for three seconds only. */
export const renderDetailsLoading = (): ModalView => modal('Details', sections([md`Reading the case file …`]));

/** What is shown when there are no details. */
export const renderDetailsMissing = (): ModalView =>
  modal('Details', sections([md`This incident is not in the case store any more.`]));

const outcomes: Readonly<Record<Evidence['outcome'], Mrkdwn>> = {
  found: md``,
  empty: md` (the source answered: nothing)`,
  unreachable: md` (the source could not be reached)`,
};

const evidenceEntry = (evidence: Evidence): readonly Mrkdwn[] => [
  md`*[${evidence.id}]* ${clipped(evidence.subject, 100)}${outcomes[evidence.outcome]}: ${evidence.observation}`,
  md`${slackDate(evidence.window.from)} to ${slackDate(evidence.window.to)} · ${code(evidence.query, 400)}${
    evidence.link === undefined ? md`` : md` · ${link(evidence.link, 'open')}`
  }`,
];

const hypothesisLines = (file: CaseFile): readonly Mrkdwn[] =>
  Object.values(file.findings).flatMap((finding) =>
    finding.hypotheses
      .slice(0, 5)
      .map(
        (one) =>
          md`• ${finding.specialist}: ${causeWords(one.cause)} (${percent(one.confidence)}, by ${clipped(one.from, 40)}) [${clipped(one.evidence.join(', '), 100)}]`,
      ),
  );

const whole = (blocks: readonly KnownBlock[]): readonly KnownBlock[] => {
  let chars = 0;
  return blocks.slice(0, 95).filter((block) => {
    chars += JSON.stringify(block).length;
    return chars <= shown.charsMax;
  });
};

/** All evidence of an incident with the queries that can be asked again, and every hypothesis. */
export const renderDetails = (file: CaseFile): ModalView => {
  const evidence = file.context?.evidence ?? [];
  const hypotheses = hypothesisLines(file);
  const rest = evidence.length - shown.evidenceMax;
  return modal(`${numberOf(file)} details`, [
    ...whole([
      ...sections([
        md`*${numberOf(file)} · ${clipped(file.incident.title, 150)}*`,
        md`${statusOf(file).words} · Incident-UID ${code(file.incident.uid)}`,
      ]),
      ...(hypotheses.length === 0 ? [] : sections([md`*Hypotheses*`, ...hypotheses])),
      ...sections([evidence.length === 0 ? md`*Evidence:* not gathered yet.` : md`*Evidence (${evidence.length})*`]),
      ...evidence.slice(0, shown.evidenceMax).flatMap((one) => sections(evidenceEntry(one))),
    ]),
    ...(rest > 0 ? [smallPrint(md`and ${rest} more pieces of evidence in the case file`)] : []),
    smallPrint(md`\`/sre trace ${numberOf(file)}\` shows the audit trail.`),
  ]);
};

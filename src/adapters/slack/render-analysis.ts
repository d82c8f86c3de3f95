import type { CaseFile } from '../../domain/case-file.ts';
import type { Discipline } from '../../domain/fault.ts';
import type { Finding, Hypothesis } from '../../domain/finding.ts';
import { type Message, message, sections, smallPrint } from './message.ts';
import { clipped, foreign, joined, type Mrkdwn, md } from './mrkdwn.ts';
import { causeWords, confidenceWords, durationWords, evidenceLines, specialistNames } from './words.ts';

const shown = { hypothesesMax: 3, evidenceMax: 6, againstMax: 3, narrativeCharsMax: 1_200 } as const;

const emojis: Readonly<Record<Discipline, Mrkdwn>> = {
  network: md`:globe_with_meridians:`,
  database: md`:card_file_box:`,
  compute: md`:gear:`,
};

const citations = (ids: readonly string[]): Mrkdwn => joined(ids.slice(0, 8).map((id) => md`[${clipped(id, 20)}]`));

const mainLines = (file: CaseFile, best: Hypothesis): readonly Mrkdwn[] => {
  const against = evidenceLines(file, best.against, shown.againstMax);
  return [
    md`*Hypothesis:* ${causeWords(best.cause)}, ${confidenceWords(best.confidence)} ${citations(best.evidence)}`,
    foreign(best.reasoning, 600),
    md`*Evidence*`,
    ...evidenceLines(file, best.evidence, shown.evidenceMax),
    ...(against.length === 0 ? [md`*Speaks against it:* nothing was found.`] : [md`*Speaks against it*`, ...against]),
  ];
};

const otherLines = (others: readonly Hypothesis[]): readonly Mrkdwn[] =>
  others.map(
    (other) =>
      md`• also considered: ${causeWords(other.cause)}, ${confidenceWords(other.confidence)} ${citations(other.evidence)}`,
  );

const abstention = (finding: Finding): Mrkdwn =>
  md`*Abstains:* ${finding.abstains ?? 'nothing in this field explains the trouble.'}`;

const inferenceWords = (finding: Finding): string =>
  ({
    none: 'detectors only, no language model',
    ollama: 'detectors, then the local model over the same evidence',
    failed: 'detectors only: the local model did not answer in time',
  })[finding.inference];

const remarks = (finding: Finding): readonly Mrkdwn[] => [
  ...(finding.narrative === undefined
    ? []
    : [md`*The model adds:* ${foreign(finding.narrative, shown.narrativeCharsMax)}`]),
  ...finding.dropped
    .slice(0, 3)
    .map((claim) => md`:wastebasket: Dropped, it cited no evidence: ${clipped(claim, 200)}`),
  ...finding.degraded.slice(0, 5).map((note) => md`:warning: Degraded: ${clipped(note, 200)}`),
];

/** One specialist's message: its hypothesis with evidence for and against, or why it abstains. Null before its finding exists. */
export const renderAnalysis = (file: CaseFile, discipline: Discipline): Message | null => {
  const finding = file.findings[discipline];
  if (finding === undefined) return null;
  const [best, ...others] = finding.hypotheses;
  return message({
    key: `analysis:${discipline}`,
    priority: 'evidence',
    blocks: [
      ...sections([
        md`${emojis[discipline]} *${specialistNames[discipline]}*`,
        ...(best === undefined ? [abstention(finding)] : mainLines(file, best)),
      ]),
      ...sections([...otherLines(others.slice(0, shown.hypothesesMax - 1)), ...remarks(finding)]),
      smallPrint(md`${inferenceWords(finding)} · took ${durationWords(finding.tookMs)}`),
    ],
  });
};

import type { CaseFile } from '../../domain/case-file.ts';
import { doubtsOf } from '../../domain/doubts.ts';
import type { CaseAlert } from '../../domain/incident.ts';
import { changeLines } from './change-lines.ts';
import { type Message, message, picture, sections, smallPrint } from './message.ts';
import { clipped, joined, type Mrkdwn, md, slackDate } from './mrkdwn.ts';
import { recollectionLines } from './recollection-lines.ts';
import { signalChart } from './signal-chart.ts';
import { sourceLines } from './source-lines.ts';
import { strongestEvidence } from './strongest-evidence.ts';
import type { ViewOptions } from './view-options.ts';
import { evidenceLine, severityWords } from './words.ts';

const shown = { alertsMax: 5, doubtsMax: 6, evidenceMax: 8 } as const;

const alertLine = (alert: CaseAlert): Mrkdwn => {
  const summary = alert.annotations.summary ?? alert.annotations.description ?? '';
  const says = summary === '' ? md`` : md`: ${clipped(summary, 200)}`;
  const repeats = alert.repeats > 0 ? `, repeated ${alert.repeats} times` : '';
  return md`• *${clipped(alert.name, 100)}* (${severityWords(alert.severity)}, ${alert.status}, from ${alert.sender.name}${repeats})${says}`;
};

/** The last word on each alert: a resolved notice follows the firing one under the same fingerprint. */
const lastOfEach = (alerts: readonly CaseAlert[]): readonly CaseAlert[] => [
  ...new Map(alerts.map((alert) => [alert.fingerprint, alert])).values(),
];

const alertLines = (all: readonly CaseAlert[]): readonly Mrkdwn[] => {
  const alerts = lastOfEach(all);
  const more = alerts.length - shown.alertsMax;
  const rest = more > 0 ? [md`• and ${more} more`] : [];
  return [md`*Alerts (${alerts.length})*`, ...alerts.slice(0, shown.alertsMax).map(alertLine), ...rest];
};

const doubtsLine = (doubts: readonly string[]): Mrkdwn => {
  if (doubts.length === 0) return md``;
  const told = joined(doubts.slice(0, shown.doubtsMax).map((doubt) => md`${clipped(doubt, 200)}`));
  const more = doubts.length - shown.doubtsMax;
  return more > 0 ? md`:grey_question: *Doubtful:* ${told} And ${more} more.` : md`:grey_question: *Doubtful:* ${told}`;
};

const inferenceLine = (modelLabel: string): Mrkdwn =>
  modelLabel === 'none'
    ? md`Inference: none. The detectors vote alone; no language model reads this incident.`
    : md`Inference: ${modelLabel}, local. Every claim of the model must cite evidence, else it is dropped.`;

/** The thread's first reply: what was gathered, numbered, with the picture of the signal that raised the case. Null before the context exists. */
export const renderContext = (file: CaseFile, options: ViewOptions): Message | null => {
  const { context } = file;
  if (context === undefined) return null;
  const strongest = strongestEvidence(file, shown.evidenceMax);
  const chart = signalChart(file);
  const fileId = options.files.context;
  return message({
    key: 'context',
    priority: 'evidence',
    ...(chart === undefined ? {} : { attachment: chart }),
    blocks: [
      ...sections([
        md`:mag: *What was gathered* (${context.evidence.length} pieces of evidence, ${slackDate(context.window.from)} to ${slackDate(context.window.to)})`,
        ...alertLines(file.alerts),
        doubtsLine(doubtsOf(file)),
      ]),
      ...sections(
        strongest.length === 0
          ? [md`*Strongest evidence:* none of the sources shows anything unusual.`]
          : [md`*Strongest evidence*`, ...strongest.map(evidenceLine)],
      ),
      ...(chart === undefined || fileId === undefined
        ? []
        : [picture({ id: fileId, title: chart.title, alt: chart.alt })]),
      ...sections(changeLines(file)),
      ...sections([...recollectionLines(file.recollections), ...sourceLines(context)]),
      smallPrint(inferenceLine(options.modelLabel)),
    ],
  });
};

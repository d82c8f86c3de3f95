import { percent } from '../analysis/confidence.ts';
import type { Attempt } from '../domain/attempt.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { doubtsOf } from '../domain/doubts.ts';
import type { TimelineEntry } from '../domain/post-mortem.ts';
import { meaningOfSilence } from '../domain/source-words.ts';
import { accountMarkdown } from './account-markdown.ts';
import { causeText, plain } from './markdown-words.ts';

const fence = (text: string, language: string): string => {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map((run) => run[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${ticks}${language}\n${text}\n${ticks}`;
};

const impact = (file: CaseFile): readonly string[] =>
  file.alerts
    .filter((alert) => alert.status === 'firing')
    .map(
      (alert) =>
        `- ${alert.startsAt} **${plain(alert.name)}** (${alert.severity}, from ${plain(alert.source)}): ${plain(alert.annotations.summary ?? '')}`,
    );

const rootCause = (file: CaseFile): readonly string[] => {
  const { verdict, context } = file;
  if (verdict === undefined) return ['The case ended before the specialists had a verdict.'];
  const { account } = verdict;
  const told = account?.strongest ?? [];
  const cited = verdict.evidence
    .filter((id) => !told.includes(id))
    .flatMap((id) => context?.evidence.find((evidence) => evidence.id === id) ?? []);
  return [
    verdict.cause === undefined
      ? 'No cause was found.'
      : `**${causeText(verdict.cause)}** (${verdict.kind}, confidence ${percent(verdict.confidence)}).`,
    '',
    plain(verdict.reasoning),
    '',
    ...(account === undefined ? [] : accountMarkdown(account, context?.evidence ?? [])),
    ...cited.map((evidence) => `- [${evidence.id}] ${plain(evidence.observation)}`),
    ...verdict.dissent.map((dissent) => `- Dissent: ${plain(dissent)}`),
  ];
};

const unknowns = (file: CaseFile): readonly string[] => {
  const unreachable =
    file.context?.unreachable.map(
      (source) => `- ${plain(source)} could not be reached: ${meaningOfSilence(source)}.`,
    ) ?? [];
  const degraded = Object.values(file.findings).flatMap((finding) =>
    finding.degraded.map((text) => `- ${finding.specialist}: ${plain(text)}`),
  );
  const doubts = doubtsOf(file).map((doubt) => `- ${plain(doubt)}`);
  const all = [...new Set([...doubts, ...unreachable, ...degraded])];
  return all.length === 0 ? ['- Nothing that was asked stayed unanswered.'] : all;
};

const withReason = (word: string, reason: string | undefined): string =>
  reason === undefined ? word : `${word}, ${plain(reason)}`;

const undoLines = ({ undo }: Attempt): readonly string[] =>
  undo === undefined ? [] : [`- Undo: ${withReason(undo.outcome ?? 'unfinished', undo.reason)}.`];

const writeLines = ({ execution }: Attempt): readonly string[] => [
  `- Execution: ${withReason(execution?.outcome ?? 'none', execution?.reason)}.`,
  ...(execution?.written ?? []).map(({ target, auditId }) => `- Written: ${plain(target)}, Audit-ID \`${auditId}\`.`),
];

const attemptLines = (attempt: Attempt, index: number): readonly string[] => [
  `### ${index + 1}. ${attempt.plan.action} of ${plain(attempt.plan.workload.name)}`,
  '',
  plain(attempt.plan.reason),
  '',
  `- Risk ${attempt.plan.risk}; ${plain(attempt.plan.blastRadius.description)}.`,
  `- Decision: ${plain(attempt.decision?.reason ?? 'none')} (plan ${attempt.plan.hash.slice(0, 12)}).`,
  ...writeLines(attempt),
  `- Verification: ${attempt.verification?.verdict ?? 'none'}.`,
  ...undoLines(attempt),
  '',
  ...(attempt.review?.diff ? [fence(attempt.review.diff, 'diff'), ''] : []),
];

const remedies = (file: CaseFile): readonly string[] =>
  file.attempts.length === 0
    ? [file.noPlan === undefined ? 'Nothing: no remedy was needed.' : plain(file.noPlan), '']
    : file.attempts.flatMap(attemptLines);

/** The whole post-mortem as Markdown, from the pages and the journal only; what is not known is said to be unknown. */
export const postMortemMarkdown = (
  file: CaseFile,
  parts: { readonly summary: string; readonly timeline: readonly TimelineEntry[]; readonly lessons: readonly string[] },
): string => {
  const { incident, closure } = file;
  return [
    `# INC-${incident.number}: ${plain(incident.title)}`,
    '',
    `- Incident-UID: \`${incident.uid}\``,
    `- Severity: ${incident.severity}`,
    `- Namespace: ${plain(incident.namespace)}`,
    `- Opened: ${incident.openedAt}`,
    `- Closed: ${closure?.at ?? 'open'} (${closure?.outcome ?? 'open'})`,
    '',
    '## Summary',
    '',
    plain(parts.summary),
    '',
    '## What was noticed',
    '',
    ...impact(file),
    '',
    '## Root cause',
    '',
    ...rootCause(file),
    '',
    '## What was done',
    '',
    ...remedies(file),
    '## Timeline',
    '',
    ...parts.timeline.map((entry) => `- ${entry.at} ${plain(entry.actor)}: ${plain(entry.text)}`),
    '',
    '## What is not known',
    '',
    ...unknowns(file),
    '',
    '## Lessons',
    '',
    ...(parts.lessons.length === 0 ? ['- None that the evidence shows.'] : []),
    ...parts.lessons.map((lesson) => `- ${plain(lesson)}`),
    '',
  ].join('\n');
};

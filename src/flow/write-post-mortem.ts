import type { AuditRecord } from '../domain/audit.ts';
import type { CaseFile } from '../domain/case-file.ts';
import { counted } from '../domain/counted.ts';
import { faults } from '../domain/fault.ts';
import type { PostMortem, TimelineEntry } from '../domain/post-mortem.ts';
import type { Archive } from '../ports/archive.ts';
import { postMortemMarkdown } from './post-mortem-markdown.ts';
import { type RoadTools, type Step, turnPage } from './road.ts';
import { timelineWords } from './timeline-words.ts';

/** Looks while verifying are many and alike; the timeline keeps their verdict. */
const leftOut = new Set(['look', 'remembered']);

/** One line a journal record, in the order in which they happened. */
export const timelineOf = (records: readonly AuditRecord[]): readonly TimelineEntry[] =>
  records
    .filter((record) => !leftOut.has(record.verb))
    .map((record) => ({
      at: record.at,
      actor: record.actor,
      text: timelineWords(record),
    }));

const minutesText = (fromIso: string, toIso: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(toIso) - Date.parse(fromIso)) / 1000));
  return seconds < 90 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
};

/** The case in two or three sentences. */
export const summaryOf = (file: CaseFile): string => {
  const { incident, verdict, closure } = file;
  const cause = verdict?.cause;
  const named =
    cause === undefined || cause.fault === 'none'
      ? ''
      : ` The cause: ${faults[cause.fault].title} in ${cause.workload}.`;
  const lasted =
    closure === undefined
      ? ''
      : ` It was closed as ${closure.outcome.replace('_', ' ')} after ${minutesText(incident.openedAt, closure.at)}.`;
  return `${incident.title}.${named}${lasted} ${closure?.reason ?? ''}`.trim();
};

const lessonsOf = (file: CaseFile): readonly string[] => {
  const culprit = file.context?.evidence.find(
    (evidence) => evidence.data?.kind === 'change' && file.verdict?.evidence.includes(evidence.id),
  );
  const seenBefore = file.recollections?.filter((recollection) => recollection.exact) ?? [];
  return [
    ...(culprit === undefined ? [] : [`A change preceded the trouble: ${culprit.observation}`]),
    ...(seenBefore.length === 0
      ? []
      : [`This trouble was seen ${counted(seenBefore.length, 'time')} before: a lasting fix is due.`]),
    ...(file.closure?.outcome === 'no_action'
      ? ['The alert fired although nothing was wrong: its rule deserves a look.']
      : []),
    ...(file.closure?.outcome === 'escalated'
      ? ['The bot could not end this by itself: add what the person did to the runbook.']
      : []),
  ];
};

/** Writes the post-mortem from the pages and the journal, and keeps it as a file. */
export const createWritePostMortemStep = (deps: RoadTools & { readonly archive: Archive }): Step => {
  return async (file) => {
    const { incident } = file;
    const timeline = timelineOf(await deps.journal.of(incident.uid));
    const summary = summaryOf(file);
    const lessons = lessonsOf(file);
    const markdown = postMortemMarkdown(file, { summary, timeline, lessons });
    const location = await deps.archive.keep(incident.uid, `INC-${incident.number}`, markdown);
    const title = `INC-${incident.number}: ${incident.title}`;
    const postMortem: PostMortem = { at: deps.clock.now(), title, summary, timeline, lessons, markdown, location };
    await turnPage(deps, incident.uid, {
      write: (current) => (current.postMortem === undefined ? { ...current, postMortem } : null),
      note: { verb: 'post-mortem', subject: location },
    });
  };
};

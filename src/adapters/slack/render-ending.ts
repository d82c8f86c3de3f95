import type { CaseFile } from '../../domain/case-file.ts';
import type { TimelineEntry } from '../../domain/post-mortem.ts';
import { type Message, message, sections, smallPrint } from './message.ts';
import { clipped, fence, foreign, joined, type Mrkdwn, md, mention, slackDate } from './mrkdwn.ts';
import type { ViewOptions } from './view-options.ts';
import { numberOf, outcomeWords, planWords } from './words.ts';

const shown = { timelineMax: 12, lessonsMax: 5, markdownCharsMax: 200_000 } as const;

// Only names that Kubernetes itself would accept are ever put into a command that a person may copy.
const isName = (name: string): boolean => /^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/.test(name);

const lookCommands = ({ incident, verdict }: CaseFile): readonly string[] => {
  const workload = verdict?.cause?.workload ?? incident.suspect?.name;
  if (!isName(incident.namespace)) return [];
  const inspect = `kubectl -n ${incident.namespace}`;
  const events = `${inspect} get events --sort-by=.lastTimestamp`;
  if (workload === undefined || !isName(workload)) return [`${inspect} get pods`, events];
  const kind = incident.suspect?.name === workload ? incident.suspect.kind.toLowerCase() : 'deployment';
  return [
    `${inspect} describe ${kind}/${workload}`,
    events,
    `${inspect} logs ${kind}/${workload} --tail=100`,
    `${inspect} rollout history ${kind}/${workload}`,
  ];
};

const unusedPlanLines = (file: CaseFile): readonly Mrkdwn[] => {
  const attempt = file.attempts.at(-1);
  if (attempt === undefined || attempt.execution?.outcome === 'applied' || attempt.plan.kubectl.length === 0) return [];
  return [
    md`*The last proposal was not carried out.* To do it by hand (${planWords(attempt.plan)}):`,
    fence(attempt.plan.kubectl.join('\n'), 1_200),
  ];
};

/** What a person should do when the bot hands the incident over. Null for every other ending. */
export const renderHandover = (file: CaseFile, options: ViewOptions): Message | null => {
  const { closure } = file;
  if (closure?.outcome !== 'escalated') return null;
  const whom = options.approvers.slice(0, 10).map(mention);
  const commands = lookCommands(file);
  return message({
    key: 'handover',
    priority: 'status',
    blocks: [
      ...sections([
        md`:warning: *A person must take over* ${joined(whom)}`,
        md`*Why:* ${foreign(closure.reason, 600)}`,
        md`*Next step:* ${foreign(closure.nextStep ?? 'look at the workload with the commands below and decide.', 600)}`,
        ...unusedPlanLines(file),
        ...(commands.length === 0 ? [] : [md`*To look at it*`, fence(commands.join('\n'), 1_200)]),
      ]),
      smallPrint(md`The bot writes nothing more for ${numberOf(file)} · Incident-UID ${file.incident.uid}`),
    ],
  });
};

const timelineLine = (entry: TimelineEntry): Mrkdwn =>
  md`• ${slackDate(entry.at)} ${clipped(entry.actor, 60)}: ${clipped(entry.text, 200)}`;

const timelineLines = (timeline: readonly TimelineEntry[]): readonly Mrkdwn[] => {
  const more = timeline.length - shown.timelineMax;
  if (timeline.length === 0) return [];
  const rest = more > 0 ? [md`• and ${more} more in the file`] : [];
  return [md`*Timeline*`, ...timeline.slice(0, shown.timelineMax).map(timelineLine), ...rest];
};

/** The post-mortem's summary; the whole document follows as a file in the thread. Null before it is written. */
export const renderPostMortem = (file: CaseFile): Message | null => {
  const { postMortem, closure } = file;
  if (postMortem === undefined) return null;
  const outcome = closure === undefined ? md`` : md` · ${outcomeWords(closure.outcome)}`;
  const lessons = postMortem.lessons.slice(0, shown.lessonsMax);
  const location = postMortem.location === undefined ? md`` : md` · kept at ${clipped(postMortem.location, 200)}`;
  return message({
    key: 'postmortem',
    priority: 'evidence',
    attachment: {
      place: 'thread',
      name: `${numberOf(file)}-post-mortem.md`,
      title: clipped(postMortem.title, 150),
      alt: `Post-mortem of ${numberOf(file)}`,
      format: 'markdown',
      content: postMortem.markdown.slice(0, shown.markdownCharsMax),
    },
    blocks: [
      ...sections([
        md`:memo: *Post-mortem: ${clipped(postMortem.title, 150)}*${outcome}`,
        foreign(postMortem.summary, 1_200),
        ...timelineLines(postMortem.timeline),
        ...(lessons.length === 0 ? [] : [md`*Lessons*`, ...lessons.map((lesson) => md`• ${clipped(lesson, 240)}`)]),
      ]),
      smallPrint(md`The whole document is the next file in this thread${location} · Incident-UID ${file.incident.uid}`),
    ],
  });
};

import type { CaseFile } from '../src/domain/case-file.ts';
import type { Command, Reply } from '../src/ports/command.ts';
import { aboutIncident } from './show.ts';

const entriesMax = 15;

const words = (text: string): Reply => ({ visibility: 'ephemeral', parts: [{ kind: 'text', text }] });

const replyOn = (file: CaseFile): Reply => {
  const { postMortem, incident } = file;
  if (postMortem === undefined)
    return words(
      file.closure === undefined
        ? `INC-${incident.number} is still open: its post-mortem is written when it closes.`
        : `The post-mortem of INC-${incident.number} is being written; try again in a moment.`,
    );
  const { title, summary, timeline, lessons, location } = postMortem;
  const rest = timeline.length - entriesMax;
  return {
    visibility: 'ephemeral',
    parts: [
      { kind: 'heading', text: title },
      { kind: 'text', text: summary },
      {
        kind: 'list',
        items: timeline.slice(0, entriesMax).map(({ at, actor, text }) => ({ text: `${at} ${actor}: ${text}` })),
      },
      ...(rest > 0 ? [{ kind: 'note', text: `and ${rest} more in the file` } as const] : []),
      ...(lessons.length === 0
        ? []
        : [{ kind: 'list', items: lessons.slice(0, 10).map((text) => ({ text: `Lesson: ${text}` })) } as const]),
      ...(location === undefined
        ? []
        : [{ kind: 'note', text: `The whole document is kept at ${location}.` } as const]),
      { kind: 'list', items: [{ text: `INC-${incident.number} has it as a file`, incident: incident.uid }] },
    ],
  };
};

/** The post-mortem of a closed incident. */
export const postmortem: Command = {
  name: 'postmortem',
  usage: 'postmortem <incident>',
  summary: 'shows the post-mortem of a closed incident',
  run: (input, { desk }) => aboutIncident('postmortem', input, { desk, reply: replyOn }),
};

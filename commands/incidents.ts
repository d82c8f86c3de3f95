import { type CaseSummary, phaseOf } from '../src/domain/case-file.ts';
import type { Command, ReplyPart } from '../src/ports/command.ts';

const listedMax = 20;
const recentMax = 10;

const itemOf = (file: CaseSummary) => {
  const { incident, closure } = file;
  const where = incident.suspect === undefined ? incident.namespace : `${incident.namespace}/${incident.suspect.name}`;
  const state = closure === undefined ? phaseOf(file).replace('_', ' ') : closure.outcome.replace('_', ' ');
  return {
    text: `INC-${incident.number} ${state} · ${incident.severity} · ${incident.title.slice(0, 120)} (${where})`,
    incident: incident.uid,
  };
};

const listOf = (heading: string, files: readonly CaseSummary[], none: string): readonly ReplyPart[] => {
  if (files.length === 0) return [{ kind: 'text', text: none }];
  const rest = files.length - listedMax;
  return [
    { kind: 'heading', text: heading },
    { kind: 'list', items: files.slice(0, listedMax).map(itemOf) },
    ...(rest > 0 ? [{ kind: 'note', text: `and ${rest} more` } as const] : []),
  ];
};

/** What is open, and what was closed last. */
export const incidents: Command = {
  name: 'incidents',
  usage: 'incidents [all]',
  summary: 'lists the open incidents; with “all” the last closed ones too',
  run: async ({ words }, { desk }) => {
    const [scope] = words;
    if (scope !== undefined && scope.toLowerCase() !== 'all')
      return {
        visibility: 'ephemeral',
        parts: [
          {
            kind: 'text',
            text: `“${scope.slice(0, 60)}” is not known here. Type /sre incidents or /sre incidents all.`,
          },
        ],
      };
    const open = await desk.open();
    const parts = listOf(`Open incidents (${open.length})`, open, 'No incident is open.');
    if (scope === undefined) return { visibility: 'ephemeral', parts };
    const closed = (await desk.recent(listedMax)).filter((file) => file.closure !== undefined).slice(0, recentMax);
    return { visibility: 'ephemeral', parts: [...parts, ...listOf('Last closed', closed, 'Nothing was closed yet.')] };
  },
};

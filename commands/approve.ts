import type { CaseFile } from '../src/domain/case-file.ts';
import type { Ballot } from '../src/domain/decision.ts';
import type { Command, CommandInput, Reply } from '../src/ports/command.ts';
import type { Desk } from '../src/ports/desk.ts';
import { aboutIncident } from './show.ts';

type Kind = Exclude<Ballot['kind'], 'withdraw'>;

const vote = async (desk: Desk, by: CommandInput['by'], on: { kind: Kind; file: CaseFile }): Promise<Reply> => {
  const { kind, file } = on;
  const { uid, number } = file.incident;
  // Bound to the plan that is in the case now: a plan that changes meanwhile needs a new word.
  const planHash = file.attempts.at(-1)?.plan.hash;
  const bound = planHash === undefined ? {} : { planHash };
  const { text } = await desk.vote({ uid, kind, by, via: 'command', ...bound });
  return {
    visibility: 'ephemeral',
    parts: [{ kind: 'list', items: [{ text: `INC-${number}: ${text}`, incident: uid }] }],
  };
};

/** A command that gives a person's word on the proposal that waits: the desk decides whether it counts. */
export const ballotCommand = (kind: Kind, summary: string): Command => ({
  name: kind,
  usage: `${kind} <incident>`,
  summary,
  run: (input, { desk }) => aboutIncident(kind, input, { desk, reply: (file) => vote(desk, input.by, { kind, file }) }),
});

/** Says yes to the proposal that waits. */
export const approve = ballotCommand('approve', 'approves the proposal that waits, for approvers');

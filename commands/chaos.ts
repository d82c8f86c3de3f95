import { BotError } from '../src/domain/bot-error.ts';
import type { Chaos } from '../src/ports/chaos.ts';
import type { Command, CommandInput, Reply } from '../src/ports/command.ts';
import type { Desk } from '../src/ports/desk.ts';

const words = (text: string): Reply => ({ visibility: 'ephemeral', parts: [{ kind: 'text', text }] });

const adviceFrom = (error: unknown): string =>
  error instanceof BotError ? error.message : 'the chaos tool gave no answer';

const list = async (chaos: Chaos, lead: string): Promise<Reply> => {
  const faults = await chaos.faults();
  const items = faults
    .slice(0, 30)
    .map(({ name, workload, description }) => ({ text: `${name} (${workload}): ${description}` }));
  if (items.length === 0) return words(`${lead} ${chaos.label} knows no fault.`);
  return {
    visibility: 'ephemeral',
    parts: [
      { kind: 'text', text: lead },
      { kind: 'list', items },
      { kind: 'note', text: 'Type /sre chaos inject <fault> to start one.' },
    ],
  };
};

const inject = async (chaos: Chaos, desk: Desk, input: CommandInput): Promise<Reply> => {
  const name = input.words[1]?.toLowerCase();
  if (name === undefined) return list(chaos, 'Which fault?');
  const known = (await chaos.faults()).some((fault) => fault.name === name);
  if (!known) return list(chaos, `There is no fault “${name.slice(0, 60)}”. These can be injected:`);
  // Breaking things is a write like any other: whoever may not mend may not break either.
  const permission = await desk.permit(input.by, `chaos inject ${name}`);
  if (!permission.ok) return words(permission.text);
  const done = await chaos.inject(name, `asked for by ${input.by.name}`);
  return {
    visibility: 'in_channel',
    parts: [
      { kind: 'text', text: `${input.by.name} injected ${name}. ${done}` },
      { kind: 'note', text: 'The alert follows when the signals move.' },
    ],
  };
};

/** Faults on purpose: which there are, and starting one. */
export const chaos: Command = {
  name: 'chaos',
  usage: 'chaos [inject <fault>]',
  summary: 'lists the faults that can be injected, or injects one (approvers)',
  run: async (input, tools) => {
    if (tools.chaos === undefined)
      return words('This bot has no chaos: it was not given a way to inject faults, as it should be in production.');
    const verb = input.words[0]?.toLowerCase();
    try {
      if (verb === 'inject') return await inject(tools.chaos, tools.desk, input);
      const lead =
        verb === undefined || verb === 'list'
          ? `Faults of ${tools.chaos.label}:`
          : `“${verb.slice(0, 60)}” is not known here. Faults of ${tools.chaos.label}:`;
      return await list(tools.chaos, lead);
    } catch (error) {
      return words(`Nothing was injected: ${adviceFrom(error)}`);
    }
  },
};

import type { Command, Reply } from '../src/ports/command.ts';

const overview = (commands: readonly Command[]): Reply => ({
  visibility: 'ephemeral',
  parts: [
    { kind: 'heading', text: 'AI4ALL-SRE' },
    {
      kind: 'text',
      text: 'Each incident has one thread in the incident channel. When a proposal waits there, an approver decides with an emoji on it, with its buttons, or with a command.',
    },
    { kind: 'list', items: commands.map(({ usage, summary }) => ({ text: `/sre ${usage}: ${summary}` })) },
    { kind: 'note', text: 'An incident is named by its number (INC-7 or 7) or by the beginning of its Incident-UID.' },
  ],
});

const onOne = ({ usage, summary }: Command): Reply => ({
  visibility: 'ephemeral',
  parts: [
    { kind: 'code', text: `/sre ${usage}` },
    { kind: 'text', text: summary },
  ],
});

/** The command that explains the others; it needs to know them. */
export const helpWith = (others: readonly Command[]): Command => {
  const help: Command = {
    name: 'help',
    usage: 'help [command]',
    summary: 'shows what can be typed',
    run: async ({ words }) => {
      const all = [help, ...others];
      const [name] = words;
      if (name === undefined) return overview(all);
      const command = all.find((one) => one.name === name.toLowerCase());
      if (command !== undefined) return onOne(command);
      const { parts } = overview(all);
      return {
        visibility: 'ephemeral',
        parts: [
          { kind: 'text', text: `There is no command “${name.slice(0, 60)}”. This can be typed:` },
          ...parts.slice(2),
        ],
      };
    },
  };
  return help;
};

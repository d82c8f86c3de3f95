import type { Mode } from '../src/domain/mode.ts';
import type { Command } from '../src/ports/command.ts';

const modes: Readonly<Record<Mode, string>> = {
  autonomous: 'low-risk remedies may be approved by a closed window, all others ask',
  supervised: 'every remedy asks a person',
  watchtower: 'the bot watches and analyses, and writes nothing',
};

const modeOf = (word: string): Mode | undefined =>
  (Object.keys(modes) as readonly Mode[]).find((mode) => mode === word.toLowerCase());

/** Which mode is in force and why, or another one. */
export const mode: Command = {
  name: 'mode',
  usage: 'mode [autonomous|supervised|watchtower]',
  summary: 'shows what the bot may do, or changes it, for approvers',
  run: async ({ words, by }, { desk }) => {
    const [word] = words;
    if (word === undefined) {
      const { effective, chosen, reason, since } = desk.mode();
      return {
        visibility: 'ephemeral',
        parts: [
          { kind: 'text', text: `The mode is ${effective}: ${modes[effective]}.` },
          { kind: 'text', text: `Because: ${reason} (since ${since}).` },
          ...(chosen === effective
            ? []
            : [{ kind: 'note', text: `People chose ${chosen}; it comes back by itself.` } as const]),
        ],
      };
    }
    const next = modeOf(word);
    if (next === undefined) {
      const items = Object.entries(modes).map(([name, meaning]) => ({ text: `/sre mode ${name}: ${meaning}` }));
      return {
        visibility: 'ephemeral',
        parts: [
          { kind: 'text', text: `There is no mode “${word.slice(0, 60)}”. This can be typed:` },
          { kind: 'list', items },
        ],
      };
    }
    const answer = await desk.setMode(next, by);
    // Everybody should know what the bot may do now; a refusal concerns the caller alone.
    return { visibility: answer.ok ? 'in_channel' : 'ephemeral', parts: [{ kind: 'text', text: answer.text }] };
  },
};

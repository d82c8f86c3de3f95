import type { Mode } from '../src/domain/mode.ts';
import type { Command } from '../src/ports/command.ts';

const meanings: Readonly<Record<Mode, string>> = {
  autonomous: 'low-risk remedies may be approved by a closed window',
  supervised: 'every remedy asks a person',
  watchtower: 'the bot watches and writes nothing',
};

/** How the bot is: its mode and why, what is open, which model, whether it can inject faults. */
export const status: Command = {
  name: 'status',
  usage: 'status',
  summary: 'shows the mode and why, how many incidents are open, the model and chaos',
  run: async (_input, { desk, chaos, modelLabel }) => {
    const mode = desk.mode();
    const open = await desk.open();
    const waiting = open.filter((file) => {
      const attempt = file.attempts.at(-1);
      return file.closure === undefined && attempt?.ask !== undefined && attempt.decision === undefined;
    });
    const chosen = mode.chosen === mode.effective ? '' : `; people chose ${mode.chosen}`;
    return {
      visibility: 'ephemeral',
      parts: [
        { kind: 'heading', text: 'Status' },
        {
          kind: 'fields',
          pairs: [
            ['Mode', `${mode.effective} (${meanings[mode.effective]})${chosen}`],
            ['Because', mode.reason],
            ['Since', mode.since],
            ['Open incidents', String(open.length)],
            ['Waiting for a decision', String(waiting.length)],
            ['Inference', modelLabel === 'none' ? 'none: the detectors vote alone' : modelLabel],
            ['Chaos', chaos === undefined ? 'none: this bot cannot inject faults' : chaos.label],
          ],
        },
      ],
    };
  },
};

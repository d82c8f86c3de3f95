import type { Snapshot } from '../page-protocol.ts';
import { emojiData, emojiOf } from './emoji.ts';

/** One line of the list above the composer; taking it replaces the text from `from` on with `insert`. */
export interface Hint {
  readonly title: string;
  readonly detail: string;
  readonly from: number;
  readonly insert: string;
  /** Whether what was typed is whole already, so that Enter sends it instead of taking the hint. */
  readonly isOptional: boolean;
}

const hintsMax = 8;

/** The subcommands that a usage hint such as `[help | status | approve <id>]` lists. */
export const subcommandsOf = (usageHint: string): readonly string[] =>
  usageHint
    .replace(/^\s*\[/, '')
    .replace(/\]\s*$/, '')
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const commandHints = (text: string, world: Snapshot): readonly Hint[] => {
  const [typed = ''] = text.split(' ');
  const command = world.commands.find((known) => known.command === typed);
  if (command !== undefined && text.includes(' ')) {
    const rest = text.slice(typed.length + 1);
    return subcommandsOf(command.usageHint)
      .filter((usage) => usage.startsWith(rest) && usage !== rest)
      .map((usage) => {
        const words = usage.split(' ');
        const fixed = words.filter((word) => !/^[<[]/.test(word)).join(' ');
        return {
          title: `${command.command} ${usage}`,
          detail: '',
          from: 0,
          insert: `${command.command} ${fixed}${fixed === usage ? '' : ' '}`,
          isOptional: rest === '' || usage.split(' ')[0] === rest.trim(),
        };
      });
  }
  return world.commands
    .filter((known) => known.command.startsWith(typed) && !text.includes(' '))
    .map((known) => ({
      title: `${known.command} ${known.usageHint}`,
      detail: known.description,
      from: 0,
      insert: `${known.command} `,
      isOptional: known.command === typed,
    }));
};

const mentionHints = (word: string, from: number, world: Snapshot): readonly Hint[] =>
  world.users
    .filter((user) => user.name.startsWith(word.slice(1).toLowerCase()) && user.id !== world.me)
    .map((user) => ({
      title: `@${user.name}`,
      detail: `${user.realName} · ${user.role}`,
      from,
      insert: `@${user.name} `,
      isOptional: false,
    }));

const emojiHints = (word: string, from: number): readonly Hint[] =>
  Object.keys(emojiData.emojis)
    .filter((name) => name.startsWith(word.slice(1)))
    .map((name) => ({
      title: `${emojiOf(name) ?? ''} :${name}:`,
      detail: '',
      from,
      insert: `:${name}: `,
      isOptional: false,
    }));

/** What could be meant by the text before the cursor: a command, a subcommand, a name or an emoji. */
export const hintsFor = (text: string, world: Snapshot): readonly Hint[] => {
  if (text.startsWith('/')) return commandHints(text, world).slice(0, hintsMax);
  const word = /(?:^|\s)([@:][\w+-]*)$/.exec(text)?.[1];
  if (word === undefined) return [];
  const from = text.length - word.length;
  if (word.startsWith('@')) return mentionHints(word, from, world).slice(0, hintsMax);
  return word.length < 3 ? [] : emojiHints(word, from).slice(0, hintsMax);
};

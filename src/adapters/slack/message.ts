import { createHash } from 'node:crypto';
import type { ActionsBlock, Button, ConfirmationDialog, KnownBlock } from '@slack/types';
import { limits } from '../../limits.ts';
import { bounded, clipped, inWords, joined, type Mrkdwn, md } from './mrkdwn.ts';

/** How urgent a message is when Slack makes the bot wait: what asks people for a decision goes first. */
export type Priority = 'approval' | 'status' | 'evidence';

/** A file that belongs to a message: shown inside it (a picture) or posted after it in the thread. */
export interface Attachment {
  readonly place: 'block' | 'thread';
  readonly name: string;
  readonly title: string;
  /** In words what the file shows. */
  readonly alt: string;
  readonly format: 'svg' | 'markdown';
  readonly content: string;
}

/** One message of a thread as it should be. `key` is its stable name within the incident. */
export interface Message {
  readonly key: string;
  readonly priority: Priority;
  /** The whole meaning in words. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly attachment?: Attachment;
}

/** Slack's own bounds on blocks, in characters or pieces. */
export const slackLimits = {
  blocksMax: 50,
  sectionCharsMax: 3_000,
  textCharsMax: 3_500,
  buttonCharsMax: 75,
  valueCharsMax: 2_000,
  confirmTitleCharsMax: 100,
  confirmTextCharsMax: 300,
  confirmButtonCharsMax: 30,
  altCharsMax: 2_000,
  titleCharsMax: 150,
} as const;

/** Lines as sections: packed together as long as they fit, each section within Slack's bound. `verbatim` keeps Slack from making links of foreign words. */
export const sections = (lines: readonly Mrkdwn[]): readonly KnownBlock[] => {
  const packed: Mrkdwn[] = [];
  for (const line of lines.filter(({ mrkdwn }) => mrkdwn !== '')) {
    const last = packed.at(-1);
    const together = last === undefined ? line : joined([last, line], '\n');
    if (last !== undefined && together.mrkdwn.length <= slackLimits.sectionCharsMax) packed.pop();
    packed.push(
      together.mrkdwn.length <= slackLimits.sectionCharsMax ? together : bounded(line, slackLimits.sectionCharsMax),
    );
  }
  return packed.map(({ mrkdwn }) => ({ type: 'section', text: { type: 'mrkdwn', text: mrkdwn, verbatim: true } }));
};

/** One small grey line. */
export const smallPrint = (line: Mrkdwn): KnownBlock => ({
  type: 'context',
  elements: [{ type: 'mrkdwn', text: bounded(line, 2_000).mrkdwn, verbatim: true }],
});

/** A button. `value` comes back with the click; `say` is the name for screen readers. */
export const button = (options: {
  readonly action: string;
  readonly label: string;
  readonly value: string;
  readonly say?: string;
  readonly style?: 'primary' | 'danger';
  readonly confirm?: ConfirmationDialog;
}): Button => ({
  type: 'button',
  action_id: options.action,
  text: { type: 'plain_text', text: clipped(options.label, slackLimits.buttonCharsMax), emoji: true },
  value: options.value,
  ...(options.say === undefined ? {} : { accessibility_label: clipped(options.say, slackLimits.buttonCharsMax) }),
  ...(options.style === undefined ? {} : { style: options.style }),
  ...(options.confirm === undefined ? {} : { confirm: options.confirm }),
});

/** A question that stands between a click and its effect. */
export const confirmation = (options: {
  readonly title: string;
  readonly text: string;
  readonly confirm: string;
  readonly deny: string;
}): ConfirmationDialog => ({
  title: { type: 'plain_text', text: clipped(options.title, slackLimits.confirmTitleCharsMax) },
  text: { type: 'plain_text', text: clipped(options.text, slackLimits.confirmTextCharsMax) },
  confirm: { type: 'plain_text', text: clipped(options.confirm, slackLimits.confirmButtonCharsMax) },
  deny: { type: 'plain_text', text: clipped(options.deny, slackLimits.confirmButtonCharsMax) },
});

/** A row of buttons. */
export const buttons = (elements: readonly Button[]): ActionsBlock => ({ type: 'actions', elements: [...elements] });

/** A picture that Slack already holds. */
export const picture = (file: { readonly id: string; readonly title: string; readonly alt: string }): KnownBlock => ({
  type: 'image',
  slack_file: { id: file.id },
  title: { type: 'plain_text', text: clipped(file.title, slackLimits.titleCharsMax) },
  alt_text: clipped(file.alt, slackLimits.altCharsMax),
});

const textOf = (block: KnownBlock): Mrkdwn[] => {
  if (block.type === 'section' && block.text?.type === 'mrkdwn') return [{ mrkdwn: block.text.text }];
  if (block.type === 'context')
    return block.elements.flatMap((piece) => (piece.type === 'mrkdwn' ? [{ mrkdwn: piece.text }] : []));
  return [];
};

const sizeOf = (block: KnownBlock): number => textOf(block).reduce((sum, { mrkdwn }) => sum + mrkdwn.length, 0);

const shortened = md`_… shortened: the Details button on the incident's first message has the rest._`;

/** What the blocks show, in words, within the bound of a message's text. */
export const wordsOf = (blocks: readonly KnownBlock[]): string =>
  bounded(inWords(joined(blocks.flatMap(textOf), '\n')), slackLimits.textCharsMax).mrkdwn;

/** The blocks that fit into one message: sections past the budget are cut and a note says so; buttons, pictures and small print stay. */
export const fitted = (
  blocks: readonly KnownBlock[],
  budget: { readonly charsMax: number; readonly note: Mrkdwn },
): readonly KnownBlock[] => {
  const fixed = blocks.filter((block) => block.type !== 'section').reduce((sum, block) => sum + sizeOf(block), 0);
  let room = budget.charsMax - fixed - budget.note.mrkdwn.length;
  let cut = false;
  const kept = blocks.flatMap((block): KnownBlock[] => {
    if (block.type !== 'section' || block.text === undefined) return [block];
    const size = sizeOf(block);
    if (size <= room) {
      room -= size;
      return [block];
    }
    cut = true;
    if (room < 200) return [];
    const text = bounded({ mrkdwn: block.text.text }, room).mrkdwn;
    room = 0;
    return [{ ...block, text: { type: 'mrkdwn', text, verbatim: true } }];
  });
  return cut ? [...kept, smallPrint(budget.note)] : kept;
};

/** A finished message: within all bounds, with the text that says in words what its blocks show. */
export const message = (draft: {
  readonly key: string;
  readonly priority: Priority;
  readonly blocks: readonly KnownBlock[];
  readonly attachment?: Attachment;
}): Message => {
  const budget = { charsMax: limits.messageCharsMax, note: shortened };
  const blocks = fitted(draft.blocks, budget).slice(0, slackLimits.blocksMax);
  return { ...draft, blocks, text: wordsOf(blocks) };
};

/** The fingerprint of what a message shows: two messages that look the same have the same. */
export const contentHash = (shown: Pick<Message, 'text' | 'blocks'>): string =>
  createHash('sha256')
    .update(JSON.stringify([shown.text, shown.blocks]))
    .digest('hex');

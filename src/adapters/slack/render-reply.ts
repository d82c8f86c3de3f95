import type { KnownBlock } from '@slack/types';
import { limits } from '../../limits.ts';
import type { Reply, ReplyPart } from '../../ports/command.ts';
import { fitted, sections, slackLimits, smallPrint, wordsOf } from './message.ts';
import { clipped, fence, foreign, link, type Mrkdwn, md } from './mrkdwn.ts';

const shown = { itemsMax: 40, pairsMax: 40, codeCharsMax: 2_800, textCharsMax: 1_500 } as const;

/** Addresses of incidents' threads, by incident, for those that have one. */
export type ThreadLinks = ReadonlyMap<string, string>;

const more = (count: number): readonly Mrkdwn[] => (count > 0 ? [md`… and ${count} more`] : []);

const itemLine = (item: { readonly text: string; readonly incident?: string }, links: ThreadLinks): Mrkdwn => {
  const address = item.incident === undefined ? undefined : links.get(item.incident);
  return address === undefined ? md`• ${item.text}` : md`• ${item.text} · ${link(address, 'thread')}`;
};

const partBlocks = (part: ReplyPart, links: ThreadLinks): readonly KnownBlock[] => {
  switch (part.kind) {
    case 'heading':
      return sections([md`*${clipped(part.text, 150)}*`]);
    case 'text':
      return sections([foreign(part.text, shown.textCharsMax)]);
    case 'fields':
      return sections([
        ...part.pairs.slice(0, shown.pairsMax).map(([name, value]) => md`*${clipped(name, 60)}:* ${value}`),
        ...more(part.pairs.length - shown.pairsMax),
      ]);
    case 'list':
      return sections([
        ...part.items.slice(0, shown.itemsMax).map((item) => itemLine(item, links)),
        ...more(part.items.length - shown.itemsMax),
      ]);
    case 'code':
      return sections([fence(part.text, shown.codeCharsMax)]);
    case 'note': {
      // Of control characters alone nothing is left.
      const text = foreign(part.text, 1_000);
      return text.mrkdwn.trim() === '' ? [] : [smallPrint(text)];
    }
  }
};

/** A command's answer as Slack shows it: everything escaped, within Slack's bounds, with a text that says the same in words. */
export const renderReply = (
  reply: Reply,
  links: ThreadLinks,
): { readonly text: string; readonly blocks: readonly KnownBlock[] } => {
  const blocks = fitted(reply.parts.flatMap((part) => partBlocks(part, links)).slice(0, slackLimits.blocksMax - 1), {
    charsMax: limits.messageCharsMax,
    note: md`_… shortened._`,
  });
  const text = wordsOf(blocks);
  return text === '' ? { text: 'Done.', blocks: [] } : { text, blocks };
};

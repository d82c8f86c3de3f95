import { refuse, refuseWith } from '../refusal.ts';
import type { Site } from '../site.ts';
import { isObject, type JsonObject } from '../slack-objects.ts';
import { messageBlocksSchema } from './block-shapes.ts';
import { charactersIn } from './block-walk.ts';
import { crossCheck } from './cross-checks.ts';
import { createSchemaJudge } from './schema-judge.ts';

/** Documentation allows more, but edits are refused near here, so posts are too. */
const textCharsMax = 4_000;
/** Undocumented: Slack refuses messages whose blocks hold more than about this, all together. */
const allBlocksCharsMax = 12_000;

const judge = createSchemaJudge(messageBlocksSchema, '/blocks');

interface Content {
  readonly text?: string | undefined;
  readonly blocks?: readonly JsonObject[] | undefined;
  readonly attachments?: readonly JsonObject[] | undefined;
}

const checkBlocks = (blocks: readonly JsonObject[], site: Site): void => {
  const complaints = judge(blocks);
  // The shapes come first: the other checks may then trust them.
  const all = complaints.length > 0 ? complaints : crossCheck(blocks, site, '/blocks');
  if (all.length > 0) refuseWith('invalid_blocks', all);
};

/** Throws Slack's refusal for text or blocks that Slack would not take. `anyLength` is for response urls, which have no total. */
export const checkMessage = (content: Content, site: Site, options: { readonly anyLength?: boolean } = {}): void => {
  if ((content.text?.length ?? 0) > textCharsMax) refuse('msg_too_long');
  const inside = (content.attachments ?? []).map((attachment) =>
    Array.isArray(attachment.blocks) ? attachment.blocks.filter(isObject) : [],
  );
  for (const blocks of [content.blocks ?? [], ...inside]) checkBlocks(blocks, site);
  const total = charactersIn([content.blocks ?? [], ...inside].flat());
  if (options.anyLength !== true && total > allBlocksCharsMax) refuse('msg_blocks_too_long');
};

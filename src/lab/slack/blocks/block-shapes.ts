import type { JsonObject } from '../slack-objects.ts';
import { elementPlaces, elementShapes, imageMembers } from './element-shapes.ts';
import { richTextMembers } from './rich-text-shape.ts';
import { anyText, pick, plainText, shape, textShapes, typed, words } from './schema-words.ts';

const { text, flag, list, oneOf, url } = words;

/** What every block may have. */
const common = { block_id: text(255) };
const block = (required: JsonObject, optional: JsonObject = {}, more: JsonObject = {}): JsonObject =>
  shape(required, { ...common, ...optional }, more);

const elements = (place: keyof typeof elementPlaces): JsonObject => typed(pick(elementShapes, elementPlaces[place]));

const cell = typed({
  raw_text: shape({ text: text(3000, 0) }),
  rich_text: shape(richTextMembers, common),
});

/** Every block with Slack's limits, by type. */
export const blockShapes: Readonly<Record<string, JsonObject>> = {
  section: block(
    {},
    {
      text: anyText(3000),
      fields: list(anyText(2000), { max: 10 }),
      accessory: elements('accessory'),
      expand: flag,
    },
    { anyOf: [{ required: ['text'] }, { required: ['fields'] }] },
  ),
  header: block({ text: plainText(150) }, { level: { type: 'integer', minimum: 1, maximum: 4 } }),
  divider: block({}),
  image: block(imageMembers.required, { ...imageMembers.optional, title: plainText(2000) }, imageMembers.either),
  context: block({
    elements: list(typed({ ...textShapes(2000), ...pick(elementShapes, ['image']) }), { max: 10 }),
  }),
  actions: block({ elements: list(elements('actions'), { max: 25 }) }),
  input: block(
    { label: plainText(2000), element: elements('input') },
    { hint: plainText(2000), optional: flag, dispatch_action: flag },
  ),
  rich_text: block(richTextMembers),
  markdown: block({ text: text(12_000) }),
  table: block(
    { rows: list(list(cell, { max: 20 }), { max: 100 }) },
    {
      column_settings: list(shape({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag }), {
        max: 20,
        min: 0,
      }),
    },
  ),
  video: block(
    { title: plainText(200), video_url: url, thumbnail_url: url, alt_text: text(2000) },
    {
      title_url: url,
      description: plainText(200),
      author_name: text(50),
      provider_name: text(255),
      provider_icon_url: url,
    },
  ),
};

const everywhere = ['section', 'header', 'divider', 'image', 'context', 'actions', 'input', 'rich_text', 'video'];

/** The blocks of a message: at most 50. */
export const messageBlocksSchema: JsonObject = list(typed(pick(blockShapes, [...everywhere, 'markdown', 'table'])), {
  max: 50,
  min: 0,
});

const viewBlocks = list(typed(pick(blockShapes, everywhere)), { max: 100, min: 0 });

const viewCommon = { private_metadata: text(3000, 0), callback_id: text(255, 0), external_id: text(255, 0) };

/** Modals and App Home tabs, told apart by `type`. */
export const viewSchema: JsonObject = typed({
  modal: shape(
    { title: plainText(24), blocks: viewBlocks },
    {
      ...viewCommon,
      submit: plainText(24),
      close: plainText(24),
      clear_on_close: flag,
      notify_on_close: flag,
      submit_disabled: flag,
    },
  ),
  home: shape({ blocks: viewBlocks }, viewCommon),
});

import type { JsonObject } from '../slack-objects.ts';
import { shape, typed, words } from './schema-words.ts';

const { text, flag, list, number, oneOf, url } = words;

const style = shape({}, { bold: flag, italic: flag, strike: flag, code: flag, underline: flag });

const inline = typed({
  text: shape({ text: text(12_000) }, { style }),
  link: shape({ url }, { text: text(12_000), unsafe: flag, style }),
  emoji: shape({ name: text(255) }, { unicode: text(255), style }),
  user: shape({ user_id: text(255) }, { style }),
  channel: shape({ channel_id: text(255) }, { style }),
  usergroup: shape({ usergroup_id: text(255) }, { style }),
  broadcast: shape({ range: oneOf('here', 'channel', 'everyone') }, { style }),
  date: shape({ timestamp: number, format: text(255) }, { url, fallback: text(255), style }),
  color: shape({ value: text(255) }, { style }),
});

const inlines = list(inline, { max: 1000, min: 0 });
const section = shape({ elements: inlines });

/** A `rich_text` block without its common members. */
export const richTextMembers: JsonObject = {
  elements: list(
    typed({
      rich_text_section: section,
      rich_text_quote: shape({ elements: inlines }, { border: number }),
      rich_text_preformatted: shape({ elements: inlines }, { border: number, language: text(255) }),
      rich_text_list: shape(
        {
          style: oneOf('bullet', 'ordered'),
          elements: list(typed({ rich_text_section: section }), { max: 1000, min: 0 }),
        },
        { indent: number, offset: number, border: number },
      ),
    }),
    { max: 1000, min: 0 },
  ),
};

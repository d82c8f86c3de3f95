import type { ReactNode } from 'react';
import { isObject, type JsonObject } from '../slack-objects.ts';
import { ChannelMention, Emoji, Preformatted, SafeLink, UserMention } from './mrkdwn.tsx';
import { formatSlackDate } from './slack-date.ts';

const objects = (value: unknown): readonly JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const styled = (node: ReactNode, style: unknown): ReactNode => {
  if (!isObject(style)) return node;
  let shown = node;
  if (style.code === true) shown = <code>{shown}</code>;
  if (style.strike === true) shown = <s>{shown}</s>;
  if (style.italic === true) shown = <em>{shown}</em>;
  if (style.bold === true) shown = <strong>{shown}</strong>;
  return shown;
};

const inlineOf = (element: JsonObject): ReactNode => {
  switch (element.type) {
    case 'text':
      return text(element.text);
    case 'link':
      return <SafeLink url={text(element.url)}>{text(element.text) || text(element.url)}</SafeLink>;
    case 'emoji':
      return <Emoji name={text(element.name)} />;
    case 'user':
      return <UserMention id={text(element.user_id)} label="" />;
    case 'channel':
      return <ChannelMention id={text(element.channel_id)} label="" />;
    case 'broadcast':
      return <span className="mention mention-me">@{text(element.range)}</span>;
    case 'date':
      return formatSlackDate(text(element.format), Number(element.timestamp), Date.now());
    default:
      return text(element.fallback);
  }
};

const Inlines = ({ elements }: { readonly elements: unknown }) => (
  <>
    {objects(elements).map((element, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: elements have no other identity.
      <span key={index}>{styled(inlineOf(element), element.style)}</span>
    ))}
  </>
);

const plainOf = (elements: unknown): string =>
  objects(elements)
    .map((element) => text(element.text))
    .join('');

const List = ({ element }: { readonly element: JsonObject }) => {
  const items = objects(element.elements).map((item, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items have no other identity.
    <li key={index}>
      <Inlines elements={item.elements} />
    </li>
  ));
  const style = { marginInlineStart: `${Number(element.indent ?? 0) * 1.5}em` };
  return element.style === 'ordered' ? (
    <ol start={Number(element.offset ?? 0) + 1} style={style}>
      {items}
    </ol>
  ) : (
    <ul style={style}>{items}</ul>
  );
};

const Part = ({ element }: { readonly element: JsonObject }) => {
  switch (element.type) {
    case 'rich_text_list':
      return <List element={element} />;
    case 'rich_text_preformatted':
      return <Preformatted text={plainOf(element.elements)} />;
    case 'rich_text_quote':
      return (
        <blockquote className="line">
          <Inlines elements={element.elements} />
        </blockquote>
      );
    default:
      return (
        <div className="line">
          <Inlines elements={element.elements} />
        </div>
      );
  }
};

/** A `rich_text` block. */
export const RichText = ({ block }: { readonly block: JsonObject }) => (
  <div className="mrkdwn">
    {objects(block.elements).map((element, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity.
      <Part key={index} element={element} />
    ))}
  </div>
);

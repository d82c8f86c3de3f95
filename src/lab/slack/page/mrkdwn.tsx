import { Fragment, memo, type ReactNode } from 'react';
import { useNowMs } from './clock.ts';
import { emojiOf } from './emoji.ts';
import { type Inline, isSafeUrl, type Paragraph, parseMrkdwn } from './mrkdwn-parser.ts';
import { directChannelOf, usePage, userOf } from './page-context.ts';
import { formatSlackDate, fullInstant } from './slack-date.ts';

/** An emoji by its short name; an unknown one stays as it was typed. */
export const Emoji = ({ name }: { readonly name: string }) => {
  const native = emojiOf(name);
  if (native === undefined) return <>:{name}:</>;
  return (
    <span className="emoji" role="img" aria-label={name.replaceAll('_', ' ')} title={`:${name}:`}>
      {native}
    </span>
  );
};

/** A link that opens elsewhere and tells the other side nothing; one that is not safe is only its label. */
export const SafeLink = ({ url, children }: { readonly url: string; readonly children: ReactNode }) => {
  if (!isSafeUrl(url)) return <>{children}</>;
  const isHere = url.startsWith(`${window.location.origin}/archives/`);
  return (
    <a href={url} {...(isHere ? {} : { target: '_blank', rel: 'noreferrer noopener' })}>
      {children}
    </a>
  );
};

const hasClock = (format: string): boolean => format.includes('{ago}') || format.includes('pretty}');

const LiveDate = ({ date }: { readonly date: Extract<Inline, { kind: 'date' }> }) => {
  const nowMs = useNowMs();
  return <>{formatSlackDate(date.format, date.epoch, nowMs)}</>;
};

const SlackDate = ({ date }: { readonly date: Extract<Inline, { kind: 'date' }> }) => {
  const instant = new Date(date.epoch * 1000);
  if (Number.isNaN(instant.getTime())) return <>{date.fallback}</>;
  const text = hasClock(date.format) ? <LiveDate date={date} /> : formatSlackDate(date.format, date.epoch, 0);
  const shown = (
    <time dateTime={instant.toISOString()} title={fullInstant(instant)}>
      {text}
    </time>
  );
  return date.url === '' ? shown : <SafeLink url={date.url}>{shown}</SafeLink>;
};

/** A mention of a person, as a calm pill; louder when it means the reader. */
export const UserMention = ({ id, label }: { readonly id: string; readonly label: string }) => {
  const { world } = usePage();
  const user = userOf(world, id);
  return (
    <span className={`mention${id === world.me ? ' mention-me' : ''}`}>@{user.id === id ? user.name : label}</span>
  );
};

/** A mention of a channel, which leads there. */
export const ChannelMention = ({ id, label }: { readonly id: string; readonly label: string }) => {
  const { world, go } = usePage();
  const channel = world.channels.find((known) => known.id === id);
  if (channel === undefined || id === directChannelOf(world)) return <span className="mention">#{label || id}</span>;
  return (
    <button type="button" className="mention link" onClick={() => go({ kind: 'channel', channel: id, thread: null })}>
      #{channel.name}
    </button>
  );
};

const GroupMention = ({ id, label }: { readonly id: string; readonly label: string }) => {
  const { world } = usePage();
  const group = world.groups.find((known) => known.id === id);
  return <span className="mention">@{group?.handle ?? (label.replace(/^@/, '') || id)}</span>;
};

const renderInline = (node: Inline, key: number): ReactNode => {
  switch (node.kind) {
    case 'text':
      return <Fragment key={key}>{node.text}</Fragment>;
    case 'bold':
      return <strong key={key}>{node.children.map(renderInline)}</strong>;
    case 'italic':
      return <em key={key}>{node.children.map(renderInline)}</em>;
    case 'strike':
      return <s key={key}>{node.children.map(renderInline)}</s>;
    case 'code':
      return <code key={key}>{node.text}</code>;
    case 'emoji':
      return <Emoji key={key} name={node.name} />;
    case 'link':
      return (
        <SafeLink key={key} url={node.url}>
          {node.label}
        </SafeLink>
      );
    case 'user':
      return <UserMention key={key} id={node.id} label={node.label} />;
    case 'channel':
      return <ChannelMention key={key} id={node.id} label={node.label} />;
    case 'group':
      return <GroupMention key={key} id={node.id} label={node.label} />;
    case 'broadcast':
      return (
        <span key={key} className="mention mention-me">
          @{node.label.replace(/^@/, '') || node.id}
        </span>
      );
    case 'date':
      return <SlackDate key={key} date={node} />;
  }
};

const isDiff = (lines: readonly string[]): boolean =>
  lines.some((line) => line.startsWith('@@')) ||
  (lines.some((line) => /^\+(?!\+)/.test(line)) && lines.some((line) => /^-(?!-)/.test(line)));

const diffClass = (line: string): string => {
  if (/^(@@|--- |\+\+\+ |Index: )/.test(line)) return 'diff-place';
  if (line.startsWith('+')) return 'diff-added';
  return line.startsWith('-') ? 'diff-removed' : '';
};

/** Preformatted text; one that reads like a diff gets a tint for each changed line. */
export const Preformatted = ({ text }: { readonly text: string }) => {
  const lines = text.split('\n');
  return (
    // A long line scrolls, and what scrolls must be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: scrolling by keyboard needs focus.
    <pre tabIndex={0}>
      {isDiff(lines)
        ? lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity.
            <span key={index} className={`diff-line ${diffClass(line)}`}>
              {`${line}\n`}
            </span>
          ))
        : text}
    </pre>
  );
};

const renderParagraph = (paragraph: Paragraph, key: number): ReactNode => {
  switch (paragraph.kind) {
    case 'pre':
      return <Preformatted key={key} text={paragraph.text} />;
    case 'quote':
      return (
        <blockquote key={key}>
          {paragraph.lines.map((line, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other identity.
            <div key={index} className="line">
              {line.map(renderInline)}
            </div>
          ))}
        </blockquote>
      );
    case 'item':
      return (
        <div key={key} className="line hang" style={{ marginInlineStart: `${paragraph.depth * 1.25}em` }}>
          <span className="hang-mark">{paragraph.mark}</span>
          <span>{paragraph.children.map(renderInline)}</span>
        </div>
      );
    case 'line':
      return (
        <div key={key} className="line">
          {paragraph.children.map(renderInline)}
        </div>
      );
  }
};

/** A text in Slack's mrkdwn. Nothing in it can become markup of the page. */
export const Mrkdwn = memo(({ text }: { readonly text: string }) => (
  <div className="mrkdwn">{parseMrkdwn(text).map(renderParagraph)}</div>
));

/** A `plain_text` text: only emoji mean something in it. */
export const Plain = ({ text, emoji = true }: { readonly text: string; readonly emoji?: boolean }) => {
  if (!emoji) return <>{text}</>;
  const parts = text.split(/:([a-z0-9_+'-]+):/);
  return (
    <>
      {parts.map((part, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: parts have no other identity.
        index % 2 === 1 ? <Emoji key={index} name={part} /> : <Fragment key={index}>{part}</Fragment>,
      )}
    </>
  );
};

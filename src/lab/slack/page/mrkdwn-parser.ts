/** A piece of a line of Slack's mrkdwn. All text is already unescaped and must be shown as text, never as markup. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bold' | 'italic' | 'strike'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'emoji'; readonly name: string }
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | { readonly kind: 'user' | 'channel' | 'group' | 'broadcast'; readonly id: string; readonly label: string }
  | {
      readonly kind: 'date';
      readonly epoch: number;
      readonly format: string;
      readonly url: string;
      readonly fallback: string;
    };

/** A block of mrkdwn: a line (empty for a blank one), a listed line with its hanging mark, a quote, or preformatted text. */
export type Paragraph =
  | { readonly kind: 'line'; readonly children: readonly Inline[] }
  | { readonly kind: 'item'; readonly mark: string; readonly depth: number; readonly children: readonly Inline[] }
  | { readonly kind: 'quote'; readonly lines: readonly (readonly Inline[])[] }
  | { readonly kind: 'pre'; readonly text: string };

/** Turns Slack's three entities back into their characters. */
export const unescapeEntities = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const safeUrl = /^(https?:\/\/|mailto:|tel:|slack:)/i;

/** Whether a link may be followed: message text must not be able to run scripts. */
export const isSafeUrl = (url: string): boolean => safeUrl.test(url.trim());

const parseDate = (body: string, fallback: string): Inline => {
  const [, epoch = '', format = '', url = ''] = body.split('^');
  const seconds = Number(epoch.replace('!date', ''));
  if (!Number.isFinite(seconds) || epoch === '') return { kind: 'text', text: fallback };
  return { kind: 'date', epoch: seconds, format, url: isSafeUrl(url) ? url : '', fallback };
};

const parseSpecial = (body: string, label: string): Inline => {
  if (body.startsWith('!date^')) return parseDate(body, label);
  if (body.startsWith('!subteam^')) return { kind: 'group', id: body.slice('!subteam^'.length), label };
  return { kind: 'broadcast', id: body.slice(1), label };
};

/** What stands between angle brackets: a mention, a date or a link. */
const parseAngle = (inside: string): Inline => {
  const bar = inside.indexOf('|');
  const body = unescapeEntities(bar < 0 ? inside : inside.slice(0, bar));
  const label = unescapeEntities(bar < 0 ? '' : inside.slice(bar + 1));
  if (body.startsWith('@')) return { kind: 'user', id: body.slice(1), label };
  if (body.startsWith('#')) return { kind: 'channel', id: body.slice(1), label };
  if (body.startsWith('!')) return parseSpecial(body, label);
  if (isSafeUrl(body)) return { kind: 'link', url: body, label: label || body.replace(/^mailto:/, '') };
  return { kind: 'text', text: label || body };
};

const styles = { '*': 'bold', _: 'italic', '~': 'strike' } as const;
const isStyle = (character: string): character is keyof typeof styles => character in styles;
const isWord = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}]/u.test(character);
const isSpace = (character: string | undefined): boolean => character === undefined || /\s/.test(character);

interface Match {
  readonly node: Inline;
  readonly end: number;
}

/** Where a style that opens at `start` closes, or -1: both marks must hug their text and stand at a word's edge. */
const closingMark = (text: string, start: number): number => {
  const mark = text[start] ?? '';
  if (isWord(text[start - 1]) || isSpace(text[start + 1]) || text[start + 1] === mark) return -1;
  for (let at = start + 2; at < text.length; at += 1) {
    if (text[at] === mark && !isSpace(text[at - 1]) && !isWord(text[at + 1])) return at;
  }
  return -1;
};

const matchStyle = (text: string, start: number): Match | undefined => {
  const mark = text[start] ?? '';
  if (!isStyle(mark)) return undefined;
  const end = closingMark(text, start);
  if (end < 0) return undefined;
  return { node: { kind: styles[mark], children: parseInline(text.slice(start + 1, end)) }, end: end + 1 };
};

const matchCode = (text: string, start: number): Match | undefined => {
  const end = text[start] === '`' ? text.indexOf('`', start + 1) : -1;
  if (end <= start + 1) return undefined;
  return { node: { kind: 'code', text: plainOf(text.slice(start + 1, end)) }, end: end + 1 };
};

const matchAngle = (text: string, start: number): Match | undefined => {
  const end = text[start] === '<' ? text.indexOf('>', start + 1) : -1;
  if (end <= start + 1) return undefined;
  return { node: parseAngle(text.slice(start + 1, end)), end: end + 1 };
};

const emojiPattern = /:([a-z0-9_+'-]+)(?:::skin-tone-[2-6])?:/y;

const matchEmoji = (text: string, start: number): Match | undefined => {
  if (text[start] !== ':') return undefined;
  emojiPattern.lastIndex = start;
  const name = emojiPattern.exec(text)?.[1];
  return name === undefined ? undefined : { node: { kind: 'emoji', name }, end: emojiPattern.lastIndex };
};

const matchers = [matchCode, matchAngle, matchEmoji, matchStyle];

/** Parses one line. Never throws: what is no markup is text. */
export const parseInline = (text: string): readonly Inline[] => {
  const nodes: Inline[] = [];
  let plainFrom = 0;
  let at = 0;
  const flush = (to: number): void => {
    if (to > plainFrom) nodes.push({ kind: 'text', text: unescapeEntities(text.slice(plainFrom, to)) });
  };
  while (at < text.length) {
    const match = matchers.map((matcher) => matcher(text, at)).find((found) => found !== undefined);
    if (match === undefined) {
      at += 1;
      continue;
    }
    flush(at);
    nodes.push(match.node);
    at = match.end;
    plainFrom = at;
  }
  flush(text.length);
  return nodes;
};

/** Text as it reads inside code, where only links and entities mean something. */
const plainOf = (text: string): string =>
  unescapeEntities(
    text.replaceAll(/<([^<>|]*)(?:\|([^<>]*))?>/g, (_whole, body: string, label?: string) => label ?? body),
  );

const quoteMark = /^(?:&gt;|>) ?/;
const itemMark = /^(\s*)(•|◦|▪|–|-|\d{1,3}\.) +/;

const parseLine = (line: string): Paragraph => {
  const item = itemMark.exec(line);
  if (item === null) return { kind: 'line', children: parseInline(line) };
  const [whole = '', indent = '', mark = ''] = item;
  return {
    kind: 'item',
    mark,
    depth: Math.min(Math.floor(indent.length / 2), 4),
    children: parseInline(line.slice(whole.length)),
  };
};

const parseLines = (text: string): readonly Paragraph[] => {
  const paragraphs: Paragraph[] = [];
  for (const line of text.split('\n')) {
    const last = paragraphs.at(-1);
    if (!quoteMark.test(line)) {
      paragraphs.push(parseLine(line));
      continue;
    }
    const quoted = parseInline(line.replace(quoteMark, ''));
    if (last?.kind === 'quote') paragraphs[paragraphs.length - 1] = { kind: 'quote', lines: [...last.lines, quoted] };
    else paragraphs.push({ kind: 'quote', lines: [quoted] });
  }
  return paragraphs;
};

/** Parses a text in Slack's mrkdwn. Never throws: what is no markup is text. */
export const parseMrkdwn = (text: string): readonly Paragraph[] => {
  const parts = text.split('```');
  // An odd fence has no partner and stays text.
  const closed = parts.length % 2 === 1 ? parts : [...parts.slice(0, -2), parts.slice(-2).join('```')];
  return closed.flatMap((part, index): readonly Paragraph[] => {
    if (index % 2 === 1) return [{ kind: 'pre', text: plainOf(part.replace(/^\n/, '').replace(/\n$/, '')) }];
    const trimmed = (index > 0 ? part.replace(/^\n/, '') : part).replace(index < closed.length - 1 ? /\n$/ : /$^/, '');
    return trimmed === '' ? [] : parseLines(trimmed);
  });
};

import type { Instant } from '../../domain/json.ts';
import { limits } from '../../limits.ts';

/** Text in Slack's markup that is safe to send. Foreign text becomes one only through this file, which escapes it. */
export interface Mrkdwn {
  readonly mrkdwn: string;
}

const trusted = (mrkdwn: string): Mrkdwn => ({ mrkdwn });

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

// Look-alikes instead of Slack's formatting characters: the text stays readable but cannot format anything.
const lookAlikes: Readonly<Record<string, string>> = { '*': '\u2217', '~': '\u223c', '`': '\u02cb', _: '\u02cd' };

/** Without control characters, bidirectional overrides, zero-width characters and lone surrogates; line ends and tabs stay. */
export const cleaned = (text: string): string => text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');

/** On one line, and at most `charsMax` characters long; what was cut is marked with an ellipsis. */
export const clipped = (text: string, charsMax: number): string => {
  const line = cleaned(text).replace(/\s+/g, ' ').trim();
  if (line.length <= charsMax) return line;
  let end = charsMax - 1;
  // Never half of a surrogate pair.
  if (/[\ud800-\udbff]/.test(line.charAt(end - 1))) end -= 1;
  return `${line.slice(0, end)}…`;
};

const escaped = (text: string): string => text.replace(/[&<>]/g, (found) => entities[found] ?? found);

const disarmed = (text: string): string =>
  text
    .replace(/[*~`]/g, (found) => lookAlikes[found] ?? found)
    // Inside a word an underscore formats nothing, and metric names are full of them.
    .replace(/(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu, '\u02cd')
    // `:name:` would become an emoji, and an emoji here is a vote.
    .replace(/:(?=[a-z0-9_+'-]*[a-z+][a-z0-9_+'-]*:)/gi, '\u2236');

/** Foreign text as one harmless line: escaped, with no formatting, no mention and no emoji of its own. */
export const foreign = (text: string, charsMax: number = limits.observationCharsMax): Mrkdwn =>
  trusted(escaped(disarmed(clipped(text, charsMax))));

type Value = string | number | Mrkdwn;

const markupFor = (value: Value): string => (typeof value === 'object' ? value.mrkdwn : foreign(String(value)).mrkdwn);

/** Template for the bot's own words: what stands in the template is markup, what is put in is foreign unless it is {@link Mrkdwn}. */
export const md = (words: TemplateStringsArray, ...values: readonly Value[]): Mrkdwn =>
  trusted(words.reduce((text, word, index) => text + markupFor(values[index - 1] ?? '') + word));

/** The pieces in one, with `separator` (markup of the bot's own) between them. */
export const joined = (pieces: readonly Mrkdwn[], separator = ' '): Mrkdwn =>
  trusted(pieces.map((piece) => piece.mrkdwn).join(separator));

/** Foreign text as inline code; a backtick in it becomes a look-alike. */
export const code = (text: string, charsMax: number = limits.observationCharsMax): Mrkdwn => {
  const line = escaped(clipped(text, charsMax).replaceAll('`', '\u02cb'));
  return trusted(line === '' ? '' : `\`${line}\``);
};

const cutEscaped = (text: string, charsMax: number): string => {
  if (text.length <= charsMax) return text;
  const head = text.slice(0, charsMax);
  // Back to the last whole entity, and to the last whole line when one is near.
  const whole = head.replace(/&[a-z]{0,3}$/, '').replace(/[\ud800-\udbff]$/, '');
  const lineEnd = whole.lastIndexOf('\n');
  return lineEnd > charsMax * 0.8 ? whole.slice(0, lineEnd) : whole;
};

/** Foreign text as a code block of at most `charsMax` characters after escaping. Nothing in the text can close the block. */
export const fence = (text: string, charsMax: number): Mrkdwn => {
  const body = escaped(cleaned(text).replaceAll('`', '\u02cb').trimEnd());
  const note = '\n… (shortened)';
  const cut = body.length <= charsMax ? body : cutEscaped(body, charsMax - note.length) + note;
  return trusted(`\`\`\`\n${cut === '' ? '(nothing)' : cut}\n\`\`\``);
};

const utcTime = (instant: Instant): string => `${new Date(instant).toISOString().slice(11, 19)} UTC`;

/** An instant that each reader sees in their own time zone; in words where Slack cannot do that. */
export const slackDate = (instant: Instant, format = '{time_secs}'): Mrkdwn => {
  const atMs = Date.parse(instant);
  if (Number.isNaN(atMs)) return foreign(instant, 40);
  return trusted(`<!date^${Math.floor(atMs / 1000)}^${format}|${utcTime(instant)}>`);
};

/** A link, when the address is http(s); else only its label. */
export const link = (url: string, label: string): Mrkdwn => {
  const href = URL.canParse(url) ? new URL(url) : null;
  if (href === null || !/^https?:$/.test(href.protocol)) return foreign(label);
  const text = foreign(label).mrkdwn.replaceAll('|', '\u00a6');
  return trusted(`<${escaped(href.href).replaceAll('|', '%7C')}|${text}>`);
};

/** A mention that notifies a person or a user group; an id of any other form is shown as text. */
export const mention = (id: string): Mrkdwn => {
  if (/^[UW][A-Z0-9]{2,20}$/.test(id)) return trusted(`<@${id}>`);
  if (/^S[A-Z0-9]{2,20}$/.test(id)) return trusted(`<!subteam^${id}>`);
  return foreign(id, 40);
};

/** At most `charsMax` characters, cut at a line or a character, never inside an entity, a link or an open code block. */
export const bounded = (text: Mrkdwn, charsMax: number): Mrkdwn => {
  if (text.mrkdwn.length <= charsMax) return text;
  const head = cutEscaped(text.mrkdwn, charsMax - 6)
    .replace(/<[^>]*$/, '')
    .replace(/`{1,2}$/, '');
  const insideCode = head.split('```').length % 2 === 0;
  return trusted(insideCode ? `${head}\n\`\`\`…` : `${head}…`);
};

/** The same in words, for notifications and screen readers: no bold marks, dates as UTC times. Still escaped. */
export const inWords = (text: Mrkdwn): Mrkdwn =>
  trusted(
    text.mrkdwn
      .split(/(```[^`]*```|`[^`]*`)/)
      .map((piece) =>
        piece.startsWith('`') ? piece : piece.replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1').replaceAll('*', ''),
      )
      .join(''),
  );

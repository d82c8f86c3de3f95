import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Inline,
  isSafeUrl,
  type Paragraph,
  parseInline,
  parseMrkdwn,
} from '../../src/lab/slack/page/mrkdwn-parser.ts';
import { ago, formatSlackDate } from '../../src/lab/slack/page/slack-date.ts';

const text = (words: string): Inline => ({ kind: 'text', text: words });
const bold = (...children: Inline[]): Inline => ({ kind: 'bold', children });

const inlines: readonly (readonly [string, readonly Inline[]])[] = [
  ['*bold* plain', [bold(text('bold')), text(' plain')]],
  ['*bold _and italic_*', [bold(text('bold '), { kind: 'italic', children: [text('and italic')] })]],
  ['~gone~', [{ kind: 'strike', children: [text('gone')] }]],
  ['2*3*4 and snake_case_name', [text('2*3*4 and snake_case_name')]],
  ['* not bold *', [text('* not bold *')]],
  ['`a *b* &lt;c&gt;`', [{ kind: 'code', text: 'a *b* <c>' }]],
  ['&lt;b&gt; &amp;amp;', [text('<b> &amp;')]],
  ['<https://a.example|the *docs*>', [{ kind: 'link', url: 'https://a.example', label: 'the *docs*' }]],
  [
    '<https://a.example?x=1&amp;y=2>',
    [{ kind: 'link', url: 'https://a.example?x=1&y=2', label: 'https://a.example?x=1&y=2' }],
  ],
  ['<javascript:alert(1)|click>', [text('click')]],
  [
    '<@U0ALICE01> <#C0INCIDNT|incidents>',
    [{ kind: 'user', id: 'U0ALICE01', label: '' }, text(' '), { kind: 'channel', id: 'C0INCIDNT', label: 'incidents' }],
  ],
  [
    '<!here> <!subteam^S1|@team>',
    [{ kind: 'broadcast', id: 'here', label: '' }, text(' '), { kind: 'group', id: 'S1', label: '@team' }],
  ],
  ['<!date^100^{time}|noon>', [{ kind: 'date', epoch: 100, format: '{time}', url: '', fallback: 'noon' }]],
  ['<!date^x^{time}|noon>', [text('noon')]],
  [':mag: 12:30:45', [{ kind: 'emoji', name: 'mag' }, text(' 12'), { kind: 'emoji', name: '30' }, text('45')]],
];

/** All the words of a parsed text, without its markup. */
const wordsOf = (nodes: readonly Inline[]): string =>
  nodes
    .map((node) => {
      if ('children' in node) return wordsOf(node.children);
      return 'text' in node ? node.text : '';
    })
    .join('');

const linksOf = (paragraphs: readonly Paragraph[]): readonly string[] => {
  const inside = (nodes: readonly Inline[]): readonly string[] =>
    nodes.flatMap((node) =>
      'children' in node ? inside(node.children) : 'url' in node && node.url !== '' ? [node.url] : [],
    );
  return paragraphs.flatMap((paragraph) => {
    if (paragraph.kind === 'pre') return [];
    return paragraph.kind === 'quote' ? paragraph.lines.flatMap(inside) : inside(paragraph.children);
  });
};

const markup = fc.array(
  fc.oneof(
    fc.constantFrom(
      '*',
      '_',
      '~',
      '`',
      '```',
      '<',
      '>',
      '|',
      ':',
      '\n',
      '&lt;',
      '!date^',
      '@U1',
      'https://x',
      'javascript:',
      ' ',
      '• ',
    ),
    fc.string(),
  ),
  { maxLength: 40 },
);

describe('mrkdwn', () => {
  it.each(inlines)('reads %s', (source, expected) => {
    expect(parseInline(source)).toEqual(expected);
  });

  it('reads fences, quotes and lists', () => {
    expect(parseMrkdwn('before\n```- a\n+ b &lt;c&gt;```\n> one\n&gt; two\n• item')).toEqual([
      { kind: 'line', children: [text('before')] },
      { kind: 'pre', text: '- a\n+ b <c>' },
      { kind: 'quote', lines: [[text('one')], [text('two')]] },
      { kind: 'item', mark: '•', depth: 0, children: [text('item')] },
    ]);
  });

  it('leaves a fence without its partner as text', () => {
    expect(parseMrkdwn('a ```b').map((paragraph) => paragraph.kind)).toEqual(['line']);
  });

  it('keeps every word of a text without markup', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9 .,;()=/-]*$/), (words) => {
        expect(wordsOf(parseInline(words))).toBe(words);
      }),
    );
  });

  it('never throws, and never makes a link that could run a script', () => {
    fc.assert(
      fc.property(markup, (parts) => {
        for (const url of linksOf(parseMrkdwn(parts.join('')))) expect(isSafeUrl(url)).toBe(true);
      }),
    );
  });
});

describe('dates', () => {
  const nowMs = Date.UTC(2026, 10, 22, 12, 0, 0);
  it.each([
    [nowMs - 1_000, 'just now'],
    [nowMs - 12_000, '12 seconds ago'],
    [nowMs - 60_000, '1 minute ago'],
    [nowMs - 2 * 3_600_000, '2 hours ago'],
    [nowMs + 90_000, 'in 1 minute'],
  ])('says how far %i is away: %s', (thenMs, words) => {
    expect(ago(thenMs, nowMs)).toBe(words);
  });

  it('fills tokens, names near days, and leaves unknown tokens alone', () => {
    const epoch = nowMs / 1000;
    expect(formatSlackDate('{date_short_pretty}', epoch, nowMs)).toBe('today');
    expect(formatSlackDate('from {date_pretty}', epoch - 86_400, nowMs)).toBe('from yesterday');
    expect(formatSlackDate('{date_num} {moon}', epoch, nowMs)).toMatch(/^2026-11-2\d \{moon\}$/);
  });
});

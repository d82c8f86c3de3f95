import fc from 'fast-check';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { describe, expect, it } from 'vitest';
import type { Account } from '../../src/domain/account.ts';
import { plain } from '../../src/flow/markdown-words.ts';
import { postMortemMarkdown } from '../../src/flow/post-mortem-markdown.ts';
import { aCase, anAlert, aVerdict } from '../fakes/cases.ts';

/** As a reader of GitHub's dialect shows it. */
const rendered = (markdown: string): string =>
  renderToStaticMarkup(createElement(Markdown, { remarkPlugins: [remarkGfm] }, markdown));

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        '[here](https://evil.example)',
        '![x](https://evil.example/x.png)',
        '<https://evil.example>',
        'https://evil.example',
        'HTTP://evil.example',
        'ftp://evil.example',
        'www.evil.example',
        '_www.evil.example',
        'mailto:eve@evil.example',
        'eve@evil.example',
        '@everyone',
        '[^1]',
        '[a]: https://evil.example',
        '|a|b|\n|-|-|\n|c|d|',
        '```\n',
        '~~~\n',
        '&lt;b&gt;',
        '\u202e',
        '\u0000',
        '\n\n# heading\n\n',
        '\\',
        '../../etc/passwd',
      ),
      fc.string({ unit: 'binary', maxLength: 20 }),
    ),
    { maxLength: 8 },
  )
  .map((pieces) => pieces.join(''));

describe('foreign text in a post-mortem', () => {
  it('stays text: no element, no link and no mention comes of it', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const html = rendered(`x ${plain(text)} x`);
        expect(html.replace(/^<p>/, '').replace(/<\/p>$/, '')).not.toMatch(/<[a-z/!]/i);
        expect(html).not.toMatch(/@[\w-]/);
      }),
      { numRuns: 500 },
    );
  });

  it('is readable as it was, signs and all', () => {
    expect(rendered(plain('a_b *c* <d> `e` & 5! [f]'))).toBe('<p>a_b *c* &lt;d&gt; `e` &amp; 5! [f]</p>');
  });

  it('cannot add an element to the document of a case, whatever its alert says', { timeout: 120_000 }, () => {
    const parts = { summary: 's', timeline: [], lessons: [] };
    const shape = (text: string): readonly string[] => {
      const file = aCase({
        alerts: [{ ...anAlert({ name: text, annotations: { summary: text } }), inboxId: 'i', repeats: 0 }],
      });
      const named = { ...file, incident: { ...file.incident, title: text } };
      const html = rendered(postMortemMarkdown(named, { ...parts, timeline: [{ at: 'now', actor: text, text }] }));
      return html.match(/<[a-z0-9]+/g) ?? [];
    };
    fc.assert(
      fc.property(hostile, (text) => {
        expect(shape(`x${text}x`)).toEqual(shape('x'));
      }),
      { numRuns: 200 },
    );
  });

  it('says in what is not known what was doubtful about the alerts', () => {
    const doubts = ['The start "never" cannot be read, so its arrival counts as its start.'];
    const file = aCase({ alerts: [{ ...anAlert({ doubts }), inboxId: 'i', repeats: 0 }] });
    const text = postMortemMarkdown(file, { summary: 's', timeline: [], lessons: [] });
    expect(text.slice(text.indexOf('## What is not known'))).toContain('The start "never" cannot be read');
  });

  it('tells why the verdict is what it is, in the words that the thread had', () => {
    const account: Account = {
      strongest: [],
      beside: [{ cause: { workload: 'adservice', fault: 'bad-image' }, evidence: ['E4'] }],
      counter: { evidence: ['E2'], because: 'already counted' },
      ruledOut: [{ workload: 'cart*service', fault: 'memory-limit', evidence: ['E1'], because: 'there is room' }],
      ruledOutMore: 3,
      unanswered: ['logs'],
    };
    const text = postMortemMarkdown(aCase({ verdict: aVerdict({ account }) }), {
      summary: 's',
      timeline: [],
      lessons: [],
    });
    const why = text.slice(text.indexOf('## Root cause'), text.indexOf('## What was done'));
    expect(why).toContain('- Speaks against it: [E2]: already counted.');
    expect(why).toContain('- Beside it: Bad image of adservice [E4].');
    expect(why).toContain('- Ruled out: Memory limit too low of cart\\*service [E1]: there is room.');
    expect(why).toContain('- Ruled out: 3 more.');
    expect(why).toContain('- No answer from: logs.');
  });
});

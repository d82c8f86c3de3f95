import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandWords, nearestName } from '../../src/adapters/slack/command-line.ts';
import { emojiBallot } from '../../src/adapters/slack/emoji-ballot.ts';
import {
  bounded,
  code,
  fence,
  foreign,
  inWords,
  link,
  md,
  mention,
  slackDate,
} from '../../src/adapters/slack/mrkdwn.ts';
import { renderDetails } from '../../src/adapters/slack/render-details.ts';
import { renderHome } from '../../src/adapters/slack/render-home.ts';
import { renderReply } from '../../src/adapters/slack/render-reply.ts';
import { chartSvg } from '../../src/adapters/slack/signal-chart.ts';
import { summaryOf } from '../../src/domain/case-file.ts';
import type { ReplyPart } from '../../src/ports/command.ts';
import { markupOf, slackTroubles, tagsOf } from './slack-block-rules.ts';
import { closedCase, openCase, waitingCase } from './slack-cases.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.string({
    unit: fc.constantFrom('`', '<', '>', '&', '*', '_', '~', ':', '|', '\n', 'a', '!', '@', ' '),
    maxLength: 500,
  }),
);

describe('foreign text', () => {
  it('keeps nothing that Slack would act upon', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const { mrkdwn } = foreign(text);
        expect(mrkdwn).not.toMatch(/[<>`*~\n\p{Cc}\p{Cf}]/u);
        expect(mrkdwn.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
        expect(mrkdwn).not.toMatch(/:[a-z0-9_+'-]*[a-z+][a-z0-9_+'-]*:/i);
      }),
    );
  });

  it('stays readable', () => {
    expect(foreign('response_total of a & b < 5').mrkdwn).toBe('response_total of a &amp; b &lt; 5');
    expect(foreign('at 12:05:30 UTC').mrkdwn).toBe('at 12:05:30 UTC');
    expect(foreign('  two\n lines ').mrkdwn).toBe('two lines');
    expect(foreign('\u{1f600}'.repeat(10), 6).mrkdwn).toBe('\u{1f600}\u{1f600}…');
  });

  it('is escaped wherever the template puts it, and markup is not', () => {
    expect(md`*${'<b>'}* ${md`_${1}_`}`.mrkdwn).toBe('*&lt;b&gt;* _1_');
  });
});

describe('code', () => {
  it('cannot be left from inside, and stays within its bound', () => {
    fc.assert(
      fc.property(anyText, fc.integer({ min: 60, max: 600 }), (text, most) => {
        const { mrkdwn } = fence(text, most);
        expect(mrkdwn.split('```').length).toBe(3);
        expect(mrkdwn.slice(3, -3)).not.toContain('`');
        expect(mrkdwn.length).toBeLessThanOrEqual(most + 8);
        expect(mrkdwn).not.toMatch(/[<>]/);
        expect(code(text).mrkdwn.slice(1, -1)).not.toContain('`');
      }),
    );
  });

  it('says when it was shortened', () => {
    expect(fence('line\n'.repeat(100), 100).mrkdwn).toContain('(shortened)');
  });
});

describe('a bound', () => {
  it('never leaves half an entity, half a tag or an open code block behind', () => {
    const pieces = fc.array(
      fc.oneof(
        anyText.map((text) => foreign(text)),
        anyText.map((text) => fence(text, 300)),
        fc.constant(slackDate('2026-11-22T18:30:00.000Z')),
      ),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(pieces, fc.integer({ min: 20, max: 900 }), (all, most) => {
        const { mrkdwn } = bounded({ mrkdwn: all.map((one) => one.mrkdwn).join('\n') }, most);
        expect(mrkdwn.length).toBeLessThanOrEqual(most);
        expect(mrkdwn.split('```').length % 2).toBe(1);
        expect(mrkdwn.replace(/<[^<>]*>/g, '')).not.toMatch(/[<>]/);
        expect(mrkdwn.replace(/&(amp|lt|gt);/g, '')).not.toContain('&');
      }),
    );
  });
});

describe('dates, links and mentions', () => {
  it('show a date in each reader’s zone, and in UTC in words', () => {
    const date = slackDate('2026-11-22T18:30:00.000Z');
    expect(date.mrkdwn).toBe('<!date^1795372200^{time_secs}|18:30:00 UTC>');
    expect(inWords(md`*until* ${date}`).mrkdwn).toBe('until 18:30:00 UTC');
    expect(slackDate('<!channel>').mrkdwn).toBe('&lt;!channel&gt;');
  });

  it('link to http only, and mention ids only', () => {
    expect(link('javascript:alert(1)', 'x').mrkdwn).toBe('x');
    expect(link('https://a.example/?q=a|b>', 'a|b').mrkdwn).toBe('<https://a.example/?q=a%7Cb%3E|a¦b>');
    expect(mention('U0BOB0001').mrkdwn).toBe('<@U0BOB0001>');
    expect(mention('!channel').mrkdwn).toBe('!channel');
    fc.assert(fc.property(anyText, anyText, (url, label) => tagsOf(link(url, label).mrkdwn).length <= 1));
  });
});

describe('what is typed', () => {
  it('is split at spaces, and quotes keep words together', () => {
    expect(commandWords('reject INC-7 "wrong target" now')).toEqual(['reject', 'INC-7', 'wrong target', 'now']);
    expect(commandWords('show \u201cINC 7\u201d')).toEqual(['show', 'INC 7']);
    expect(commandWords('a &lt;b&gt; &amp;')).toEqual(['a', '<b>', '&']);
    expect(commandWords('   ')).toEqual([]);
  });

  it('is bounded, whatever it is', () => {
    fc.assert(fc.property(anyText, (text) => commandWords(text).length <= 50));
  });

  it('finds the nearest name, and none when nothing is near', () => {
    const names = ['help', 'status', 'incidents', 'approve', 'postmortem'];
    expect(nearestName('statsu', names)).toBe('status');
    expect(nearestName('aprove', names)).toBe('approve');
    expect(nearestName('post', names)).toBe('postmortem');
    expect(nearestName('xyzzy', names)).toBeNull();
  });
});

describe('an emoji', () => {
  it('is a ballot only when it is on the list', () => {
    fc.assert(
      fc.property(
        anyText,
        (name) => emojiBallot(name, true) === null || /^[a-z0-9_+-]+(::skin-tone-[2-6])?$/.test(name),
      ),
    );
    expect(emojiBallot('constructor', true)).toBeNull();
    expect(emojiBallot('white_check_mark', false)).toBe('withdraw');
    expect(emojiBallot('no_entry', false)).toBeNull();
  });
});

describe('views and replies', () => {
  it('keep within Slack’s limits, however much there is to show', () => {
    const file = waitingCase();
    const evidence = Array.from({ length: 400 }, (_, index) => ({
      ...(file.context?.evidence[0] as never as { observation: string }),
      id: `E${index}`,
      observation: '<&>'.repeat(100),
      query: '`'.repeat(2_000),
    }));
    const large = { ...file, context: { ...file.context, evidence } } as never as typeof file;
    expect(slackTroubles(renderDetails(large), 100)).toEqual([]);
    expect(slackTroubles(renderDetails(openCase()), 100)).toEqual([]);
    const many = Array.from({ length: 60 }, () => waitingCase());
    const home = renderHome({
      mode: {
        chosen: 'autonomous',
        effective: 'watchtower',
        since: file.incident.openedAt,
        reason: '<!channel>'.repeat(200),
      },
      open: many.map(summaryOf),
      recent: Array.from({ length: 60 }, () => summaryOf(closedCase())),
      links: new Map(),
      modelLabel: 'ollama (llama3.2)',
      commands: [],
      notice: 'x'.repeat(5_000),
    });
    expect(slackTroubles(home, 100)).toEqual([]);
    expect(JSON.stringify(home)).not.toContain('<!channel>');
  });

  it('of commands are safe and bounded, whatever the parts hold', () => {
    const part: fc.Arbitrary<ReplyPart> = fc.oneof(
      fc.record({ kind: fc.constantFrom('heading', 'text', 'code', 'note'), text: anyText }),
      fc.record({
        kind: fc.constant('fields' as const),
        pairs: fc.array(fc.tuple(anyText, anyText), { maxLength: 60 }),
      }),
      fc.record({
        kind: fc.constant('list' as const),
        items: fc.array(fc.record({ text: anyText, incident: fc.constantFrom('u1', 'u2') }), { maxLength: 60 }),
      }),
    ) as fc.Arbitrary<ReplyPart>;
    const links = new Map([['u1', 'https://team.example/archives/C1/p1']]);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const reply = renderReply({ visibility: 'ephemeral', parts }, links);
        expect(slackTroubles(reply)).toEqual([]);
        const tags = markupOf(reply).flatMap(tagsOf);
        expect(tags.filter((tag) => tag !== 'https://team.example/archives/C1/p1|thread')).toEqual([]);
      }),
      { numRuns: 60, examples: [[[{ kind: 'note', text: '\u0000' }]]] },
    );
  });
});

describe('a chart', () => {
  it('is well-formed for any series, and names cannot break out of it', () => {
    const point = fc.tuple(
      fc.integer({ min: 1_700_000_000, max: 1_800_000_000 }),
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }),
    );
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 30 }), anyText, (points, workload) => {
        const data = {
          kind: 'metric',
          signal: 'memory_working_set',
          workload,
          unit: 'byte',
          points,
          limit: 5e8,
        } as const;
        const svg = chartSvg(data, {
          alertMs: 1_750_000_000_000,
          changes: [{ atMs: 1_750_000_000_000, label: workload }],
        });
        expect(svg).not.toMatch(/NaN|Infinity/);
        const texts = [...svg.matchAll(/<text[^>]*>([\s\S]*?)<\/text>/g)].map((match) => match[1] ?? '');
        expect(texts.join('')).not.toMatch(/[<>"]/);
        expect(svg.replace(/<\/?(svg|rect|path|text)\b[^<>]*>/g, '').match(/[<>]/)).toBeNull();
      }),
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalSlack, startLocalSlack } from '../../src/lab/slack/local-slack.ts';

type Json = Record<string, unknown>;

let slack: LocalSlack;
beforeAll(async () => {
  slack = await startLocalSlack({ rateLimits: false });
});
afterAll(() => slack.close());

const call = async (method: string, body: Json): Promise<Json> => {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${slack.botToken}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Json;
};
const post = (blocks: readonly Json[]): Promise<Json> =>
  call('chat.postMessage', { channel: slack.channels.incidents, text: 'x', blocks });
const messagesOf = (answer: Json): string => ((answer.response_metadata as Json)?.messages as string[])?.join('\n');

const a = (length: number): string => 'a'.repeat(length);
const plain = (length: number): Json => ({ type: 'plain_text', text: a(length) });
const mrkdwn = (length: number): Json => ({ type: 'mrkdwn', text: a(length) });
const times = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const button = (more: Json = {}): Json => ({ type: 'button', text: plain(4), ...more });
const actions = (...elements: Json[]): Json => ({ type: 'actions', elements });
const options = (count: number): Json[] => times(count, (index) => ({ text: plain(5), value: `v${index}` }));
const confirm = (more: Json = {}): Json => ({
  title: plain(100),
  text: mrkdwn(300),
  confirm: plain(30),
  deny: plain(30),
  ...more,
});
const image = (more: Json = {}): Json => ({
  type: 'image',
  image_url: 'https://example.org/a.png',
  alt_text: 'a',
  ...more,
});
const select = (more: Json = {}): Json => ({ type: 'static_select', options: options(2), ...more });
const input = (more: Json = {}): Json => ({
  type: 'input',
  label: plain(5),
  element: { type: 'plain_text_input', action_id: 'v' },
  ...more,
});
const cell = (length: number): Json => ({ type: 'raw_text', text: a(length) });

/** What is measured; a block at the limit; the same block just past it; where Slack points. */
type Limit = readonly [name: string, at: Json, past: Json, pointer: string];

const limits: readonly Limit[] = [
  ['section text', { type: 'section', text: mrkdwn(3000) }, { type: 'section', text: mrkdwn(3001) }, '/text/text'],
  ['an empty section text', { type: 'section', text: mrkdwn(1) }, { type: 'section', text: mrkdwn(0) }, '/text/text'],
  [
    'section fields',
    { type: 'section', fields: times(10, () => mrkdwn(9)) },
    { type: 'section', fields: times(11, () => mrkdwn(9)) },
    '/fields',
  ],
  [
    'a field',
    { type: 'section', fields: [mrkdwn(2000)] },
    { type: 'section', fields: [mrkdwn(2001)] },
    '/fields/0/text',
  ],
  ['a section of nothing', { type: 'section', text: mrkdwn(1) }, { type: 'section' }, ''],
  ['a header', { type: 'header', text: plain(150) }, { type: 'header', text: plain(151) }, '/text/text'],
  ['a header in mrkdwn', { type: 'header', text: plain(1) }, { type: 'header', text: mrkdwn(1) }, '/text/type'],
  [
    'context elements',
    { type: 'context', elements: times(10, () => mrkdwn(1)) },
    { type: 'context', elements: times(11, () => mrkdwn(1)) },
    '/elements',
  ],
  ['an empty context', { type: 'context', elements: [image()] }, { type: 'context', elements: [] }, '/elements'],
  ['actions', actions(...times(25, () => button())), actions(...times(26, () => button())), '/elements'],
  ['an input among actions', actions(button()), actions({ type: 'plain_text_input' }), '/elements/0/type'],
  ['button text', actions(button({ text: plain(75) })), actions(button({ text: plain(76) })), '/elements/0/text/text'],
  ['button text in mrkdwn', actions(button()), actions(button({ text: mrkdwn(1) })), '/elements/0/text/type'],
  ['button value', actions(button({ value: a(2000) })), actions(button({ value: a(2001) })), '/elements/0/value'],
  [
    'button url',
    actions(button({ url: `https:${a(2994)}` })),
    actions(button({ url: `https:${a(2995)}` })),
    '/elements/0/url',
  ],
  [
    'a button url that is none',
    actions(button({ url: 'https://x' })),
    actions(button({ url: 'x' })),
    '/elements/0/url',
  ],
  ['button style', actions(button({ style: 'danger' })), actions(button({ style: 'warning' })), '/elements/0/style'],
  [
    'accessibility label',
    actions(button({ accessibility_label: a(75) })),
    actions(button({ accessibility_label: a(76) })),
    '/elements/0/accessibility_label',
  ],
  [
    'action id',
    actions(button({ action_id: a(255) })),
    actions(button({ action_id: a(256) })),
    '/elements/0/action_id',
  ],
  ['block id', { type: 'divider', block_id: a(255) }, { type: 'divider', block_id: a(256) }, '/block_id'],
  [
    'confirm title',
    actions(button({ confirm: confirm() })),
    actions(button({ confirm: confirm({ title: plain(101) }) })),
    '/elements/0/confirm/title/text',
  ],
  [
    'confirm text',
    actions(button({ confirm: confirm() })),
    actions(button({ confirm: confirm({ text: mrkdwn(301) }) })),
    '/elements/0/confirm/text/text',
  ],
  [
    'confirm button',
    actions(button({ confirm: confirm() })),
    actions(button({ confirm: confirm({ confirm: plain(31) }) })),
    '/elements/0/confirm/confirm/text',
  ],
  [
    'deny button',
    actions(button({ confirm: confirm() })),
    actions(button({ confirm: confirm({ deny: plain(31) }) })),
    '/elements/0/confirm/deny/text',
  ],
  [
    'a confirm without its words',
    actions(button({ confirm: confirm() })),
    actions(button({ confirm: { title: plain(1) } })),
    '/elements/0/confirm',
  ],
  [
    'select options',
    actions(select({ options: options(100) })),
    actions(select({ options: options(101) })),
    '/elements/0/options',
  ],
  ['a select of nothing', actions(select()), actions({ type: 'static_select' }), '/elements/0'],
  [
    'option text',
    actions(select({ options: [{ text: plain(75), value: 'v' }] })),
    actions(select({ options: [{ text: plain(76), value: 'v' }] })),
    '/elements/0/options/0/text/text',
  ],
  [
    'option value',
    actions(select({ options: [{ text: plain(1), value: a(150) }] })),
    actions(select({ options: [{ text: plain(1), value: a(151) }] })),
    '/elements/0/options/0/value',
  ],
  [
    'placeholder',
    actions(select({ placeholder: plain(150) })),
    actions(select({ placeholder: plain(151) })),
    '/elements/0/placeholder/text',
  ],
  [
    'overflow options',
    actions({ type: 'overflow', options: options(5) }),
    actions({ type: 'overflow', options: options(6) }),
    '/elements/0/options',
  ],
  [
    'checkboxes',
    actions({ type: 'checkboxes', options: options(10) }),
    actions({ type: 'checkboxes', options: options(11) }),
    '/elements/0/options',
  ],
  [
    'radio buttons',
    actions({ type: 'radio_buttons', options: options(10) }),
    actions({ type: 'radio_buttons', options: options(11) }),
    '/elements/0/options',
  ],
  ['image alt text', image({ alt_text: a(2000) }), image({ alt_text: a(2001) }), '/alt_text'],
  ['an image without alt text', image(), { type: 'image', image_url: 'https://example.org/a.png' }, ''],
  ['an image without a source', image(), { type: 'image', alt_text: 'a' }, ''],
  ['image title', image({ title: plain(2000) }), image({ title: plain(2001) }), '/title/text'],
  ['input label', input({ label: plain(2000) }), input({ label: plain(2001) }), '/label/text'],
  ['input hint', input({ hint: plain(2000) }), input({ hint: plain(2001) }), '/hint/text'],
  ['a markdown block', { type: 'markdown', text: a(12_000) }, { type: 'markdown', text: a(12_001) }, '/text'],
  [
    'table rows',
    { type: 'table', rows: times(100, () => [cell(1)]) },
    { type: 'table', rows: times(101, () => [cell(1)]) },
    '/rows',
  ],
  [
    'table columns',
    { type: 'table', rows: [times(20, () => cell(1))] },
    { type: 'table', rows: [times(21, () => cell(1))] },
    '/rows/0',
  ],
  [
    'table characters',
    { type: 'table', rows: times(10, () => [cell(1000)]) },
    { type: 'table', rows: [...times(10, () => [cell(1000)]), [cell(1)]] },
    '/rows',
  ],
  ['an unknown block', { type: 'divider' }, { type: 'marquee' }, '/type'],
  ['an unknown member', { type: 'divider' }, { type: 'divider', colour: 'red' }, ''],
  [
    'a rich text link',
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: 'https://x' }] }] },
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'link' }] }] },
    '/elements/0/elements/0',
  ],
];

describe('blocks in messages', () => {
  it.each(limits)('takes %s at the limit and refuses it past the limit', async (_name, at, past, pointer) => {
    expect(await post([at])).toMatchObject({ ok: true });
    const refused = await post([past]);
    expect(refused).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(messagesOf(refused)).toContain(`[json-pointer:/blocks/0${pointer}]`);
  });

  it('says how long a text may be, in the words of Slack', async () => {
    const refused = await post([{ type: 'section', text: mrkdwn(3001) }]);
    expect(messagesOf(refused)).toBe('[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]');
  });

  it('takes 50 blocks and refuses 51', async () => {
    expect(await post(times(50, () => ({ type: 'divider' })))).toMatchObject({ ok: true });
    expect(messagesOf(await post(times(51, () => ({ type: 'divider' }))))).toContain('no more than 50 items');
  });

  it('takes 12,000 characters over all blocks and refuses one more', async () => {
    const four = times(4, () => ({ type: 'section', text: mrkdwn(3000) }));
    expect(await post(four)).toMatchObject({ ok: true });
    expect(await post([...four, { type: 'context', elements: [mrkdwn(1)] }])).toMatchObject({
      ok: false,
      error: 'msg_blocks_too_long',
    });
  });

  it('refuses the same block id twice, and the same action id twice in one block', async () => {
    const twice = await post([
      { type: 'divider', block_id: 'b' },
      { type: 'divider', block_id: 'b' },
    ]);
    expect(messagesOf(twice)).toContain('/blocks/1/block_id');
    const same = await post([actions(button({ action_id: 'go' }), button({ action_id: 'go' }))]);
    expect(messagesOf(same)).toContain('/blocks/0/elements/1/action_id');
    const apart = await post([actions(button({ action_id: 'go' })), actions(button({ action_id: 'go' }))]);
    expect(apart).toMatchObject({ ok: true });
  });

  it('refuses a second table, a file that is not there, and blocks that are no list', async () => {
    const table = { type: 'table', rows: [[cell(1)]] };
    expect(messagesOf(await post([table, table]))).toContain('only one table');
    const missing = await post([{ type: 'image', slack_file: { id: 'F0' }, alt_text: 'chart' }]);
    expect(messagesOf(missing)).toBe('[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]');
    expect(await post('not json' as never)).toMatchObject({ error: 'invalid_blocks_format' });
  });

  it('takes 4,000 characters of text and refuses one more, and refuses nothing at all', async () => {
    const say = (text: string) => call('chat.postMessage', { channel: slack.channels.incidents, text });
    expect(await say(a(4000))).toMatchObject({ ok: true });
    expect(await say(a(4001))).toMatchObject({ ok: false, error: 'msg_too_long' });
    expect(await say('')).toMatchObject({ ok: false, error: 'no_text' });
  });
});

const modal = (more: Json = {}): Json => ({ type: 'modal', title: plain(24), blocks: [], ...more });

const viewLimits: readonly Limit[] = [
  ['title', modal(), modal({ title: plain(25) }), '/title/text'],
  ['submit', modal({ submit: plain(24) }), modal({ submit: plain(25) }), '/submit/text'],
  ['close', modal({ close: plain(24) }), modal({ close: plain(25) }), '/close/text'],
  ['private metadata', modal({ private_metadata: a(3000) }), modal({ private_metadata: a(3001) }), '/private_metadata'],
  ['callback id', modal({ callback_id: a(255) }), modal({ callback_id: a(256) }), '/callback_id'],
  [
    'blocks',
    modal({ blocks: times(100, () => ({ type: 'divider' })) }),
    modal({ blocks: times(101, () => ({ type: 'divider' })) }),
    '/blocks',
  ],
  [
    'an input without a submit button',
    modal({ submit: plain(2), blocks: [input()] }),
    modal({ blocks: [input()] }),
    '/submit',
  ],
  ['a missing title', modal(), { type: 'modal', blocks: [] }, ''],
  ['a markdown block', modal(), modal({ blocks: [{ type: 'markdown', text: 'x' }] }), '/blocks/0/type'],
];

describe('views', () => {
  // A wrong trigger is found only after the view itself was judged.
  it.each(viewLimits)(
    'takes %s of a modal at the limit and refuses it past the limit',
    async (_name, at, past, pointer) => {
      expect(await call('views.open', { trigger_id: 't', view: at })).toMatchObject({ error: 'invalid_trigger_id' });
      const refused = await call('views.open', { trigger_id: 't', view: past });
      expect(refused).toMatchObject({ ok: false, error: 'invalid_arguments' });
      expect(messagesOf(refused)).toContain(`[json-pointer:/view${pointer}]`);
    },
  );

  it('publishes a home of 100 blocks, and neither one of 101 nor one with a title', async () => {
    const publish = (view: Json) => call('views.publish', { user_id: slack.users.alice, view });
    const blocks = times(100, () => ({ type: 'divider' }));
    expect(await publish({ type: 'home', blocks })).toMatchObject({ ok: true });
    expect(await publish({ type: 'home', blocks: [...blocks, { type: 'divider' }] })).toMatchObject({ ok: false });
    expect(await publish({ type: 'home', blocks, title: plain(1) })).toMatchObject({ ok: false });
    expect(await publish(modal())).toMatchObject({ ok: false });
  });
});

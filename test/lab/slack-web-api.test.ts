import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { webApi } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { call, openSlack } from './slack-bolt-app.ts';

const incidents = 'C0INCIDNT';
const general = 'C0GENERAL';
const alice = 'U0ALICE01';

describe('the Web API', () => {
  it('looks at the method, the token and the scope, in this order', async () => {
    const slack = await openSlack({ scopes: ['chat:write'] });
    expect(await call(slack, 'chat.shout')).toMatchObject({ ok: false, error: 'unknown_method' });
    expect(await call(slack, 'auth.test', {}, 'xoxb-wrong')).toMatchObject({ ok: false, error: 'invalid_auth' });
    expect(await call(slack, 'apps.connections.open')).toMatchObject({ ok: false, error: 'not_allowed_token_type' });
    expect(await call(slack, 'reactions.add', { channel: incidents, timestamp: '1', name: 'eyes' })).toMatchObject({
      ok: false,
      error: 'missing_scope',
      needed: 'reactions:write',
      provided: 'chat:write',
    });
  });

  it('takes forms and JSON alike', async () => {
    const slack = await openSlack();
    const blocks = [{ type: 'divider' }];
    await call(slack, 'chat.postMessage', { channel: incidents, text: 'json', blocks });
    await new webApi.WebClient(slack.botToken, { slackApiUrl: slack.apiUrl }).chat.postMessage({
      channel: incidents,
      text: 'form',
      blocks: [{ type: 'divider' }],
    });
    expect(slack.messages(incidents).map((message) => [message.text, message.blocks?.[0]?.type])).toEqual([
      ['json', 'divider'],
      ['form', 'divider'],
    ]);
  });

  it('lets the bot speak only where it is a member', async () => {
    const slack = await openSlack();
    const say = (channel: string) => call(slack, 'chat.postMessage', { channel, text: 'hi' });
    expect(await say('C0NOWHERE')).toMatchObject({ error: 'channel_not_found' });
    expect(await say(general)).toMatchObject({ error: 'not_in_channel' });
    await call(slack, 'conversations.join', { channel: general });
    expect(await say(general)).toMatchObject({ ok: true });
    expect(await say(alice)).toMatchObject({ ok: true, channel: 'D0ALICE01' });
  });

  it('keeps the old blocks when an edit sends none, and clears them when it sends an empty list', async () => {
    const slack = await openSlack();
    const { ts } = await call(slack, 'chat.postMessage', {
      channel: incidents,
      text: 'a',
      blocks: [{ type: 'divider' }],
    });
    const edit = (more: Record<string, unknown>) => call(slack, 'chat.update', { channel: incidents, ts, ...more });
    await edit({ text: 'b' });
    expect(slack.messages(incidents)[0]).toMatchObject({ text: 'b', blocks: [{ type: 'divider' }] });
    await edit({ text: 'c', blocks: [] });
    expect(slack.messages(incidents)[0]?.blocks).toEqual([]);
    const { ts: foreign } = await slack.people.say({ user: alice, channel: incidents, text: 'mine' });
    expect(await edit({ ts: foreign, text: 'x' })).toMatchObject({ error: 'cant_update_message' });
    expect(await edit({ ts: '1.000001', text: 'x' })).toMatchObject({ error: 'message_not_found' });
  });

  it('counts replies, leaves a tombstone for a deleted parent and nothing for a deleted reply', async () => {
    const slack = await openSlack();
    const { ts } = await call(slack, 'chat.postMessage', { channel: incidents, text: 'root' });
    const reply = await call(slack, 'chat.postMessage', { channel: incidents, text: 'reply', thread_ts: ts });
    const [root] = slack.messages(incidents);
    expect(root).toMatchObject({ reply_count: 1, latest_reply: reply.ts, thread_ts: ts });
    await call(slack, 'chat.delete', { channel: incidents, ts });
    expect(slack.thread(incidents, String(ts))[0]).toMatchObject({ subtype: 'tombstone', reply_count: 1 });
    await call(slack, 'chat.delete', { channel: incidents, ts: reply.ts });
    expect(slack.messages(incidents)).toHaveLength(1);
    expect(
      await call(slack, 'chat.postMessage', { channel: incidents, text: 'x', thread_ts: '1.000001' }),
    ).toMatchObject({
      error: 'thread_not_found',
    });
  });

  it('pages through a history, newest first, within the asked times', async () => {
    const slack = await openSlack();
    const stamps: string[] = [];
    for (const text of ['a', 'b', 'c', 'd'])
      stamps.push((await slack.people.say({ user: alice, channel: incidents, text })).ts);
    const first = await call(slack, 'conversations.history', { channel: incidents, limit: 3 });
    expect((first.messages as { text: string }[]).map((message) => message.text)).toEqual(['d', 'c', 'b']);
    const cursor = (first.response_metadata as { next_cursor: string }).next_cursor;
    const second = await call(slack, 'conversations.history', { channel: incidents, limit: 3, cursor });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: 'a' }] });
    const window = { channel: incidents, oldest: stamps[1], latest: stamps[3] };
    const inside = await call(slack, 'conversations.history', window);
    expect((inside.messages as { text: string }[]).map((message) => message.text)).toEqual(['c']);
  });

  it('refuses a second equal reaction, and to take away one that is not there', async () => {
    const slack = await openSlack();
    const { ts: timestamp } = await slack.people.say({ user: alice, channel: incidents, text: 'a' });
    const reaction = { channel: incidents, timestamp, name: 'eyes' };
    expect(await call(slack, 'reactions.add', reaction)).toMatchObject({ ok: true });
    expect(await call(slack, 'reactions.add', reaction)).toMatchObject({ error: 'already_reacted' });
    expect(await call(slack, 'reactions.remove', reaction)).toMatchObject({ ok: true });
    expect(await call(slack, 'reactions.remove', reaction)).toMatchObject({ error: 'no_reaction' });
  });

  it('publishes a Home only over the version that the app knows', async () => {
    const slack = await openSlack();
    const view = { type: 'home', blocks: [] };
    await call(slack, 'views.publish', { user_id: alice, view });
    const hash = slack.home(alice)?.hash;
    expect(await call(slack, 'views.publish', { user_id: alice, view, hash })).toMatchObject({ ok: true });
    expect(await call(slack, 'views.publish', { user_id: alice, view, hash })).toMatchObject({
      error: 'hash_conflict',
    });
  });

  it('whispers to members only, and knows the approvers', async () => {
    const slack = await openSlack();
    const whisper = { channel: incidents, user: alice, text: 'psst' };
    expect(await call(slack, 'chat.postEphemeral', whisper)).toMatchObject({ ok: true });
    expect(slack.messages(incidents)).toEqual([]);
    expect(await call(slack, 'chat.postEphemeral', { ...whisper, user: 'U0NOBODY0' })).toMatchObject({
      error: 'user_not_in_channel',
    });
    expect(await call(slack, 'usergroups.users.list', { usergroup: 'S0SREAPPR' })).toMatchObject({
      users: ['U0BOB0001', 'U0CAROL01'],
    });
  });
});

describe('limits and faults', () => {
  it('lets 25 messages through at once, then one a second and channel', async () => {
    let nowMs = 1_800_000_000_000;
    const slack = await openSlack({ nowMs: () => nowMs });
    const say = (channel: string) => call(slack, 'chat.postMessage', { channel, text: 'hi' });
    for (let count = 0; count < 25; count += 1) expect(await say(incidents)).toMatchObject({ ok: true });
    expect(await say(incidents)).toMatchObject({ ok: false, error: 'ratelimited' });
    expect(await say('D0ALICE01')).toMatchObject({ ok: true });
    nowMs += 1_000;
    expect(await say(incidents)).toMatchObject({ ok: true });
    expect(await say(incidents)).toMatchObject({ ok: false });
    expect(slack.calls().at(-1)).toMatchObject({ method: 'chat.postMessage', status: 429 });
  });

  it('does not count calls when told so', async () => {
    const slack = await openSlack({ rateLimits: false });
    for (let count = 0; count < 40; count += 1)
      expect(await call(slack, 'chat.postMessage', { channel: incidents, text: 'hi' })).toMatchObject({ ok: true });
  });

  it('fails as planned, and only as often as planned', async () => {
    const slack = await openSlack();
    slack.injectFault({ method: 'chat.postMessage', status: 429, retryAfter: 7 });
    slack.injectFault({ method: 'chat.postMessage', status: 503, times: 2 });
    const say = () =>
      fetch(`${slack.apiUrl}chat.postMessage`, {
        method: 'POST',
        headers: { authorization: `Bearer ${slack.botToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ channel: incidents, text: 'hi' }),
      });
    const answers = [await say(), await say(), await say(), await say()];
    expect(answers.map((answer) => answer.status)).toEqual([429, 503, 503, 200]);
    expect(answers[0]?.headers.get('retry-after')).toBe('7');
    expect(slack.messages(incidents)).toHaveLength(1);
  });

  it('can lose a reply after the effect', async () => {
    const slack = await openSlack();
    slack.injectFault({ method: 'chat.postMessage', lostReply: true });
    await expect(call(slack, 'chat.postMessage', { channel: incidents, text: 'hi' })).rejects.toThrow();
    expect(slack.messages(incidents).map((message) => message.text)).toEqual(['hi']);
  });
});

/** An app of a few lines that speaks signed HTTP, to see what exactly is sent. */
const openHttpApp = async (answer: (body: string) => string) => {
  const requests: { readonly body: string; readonly headers: Record<string, unknown> }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      requests.push({ body, headers: request.headers });
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`;
  return { url, requests, close: () => server.close() };
};

describe('deliveries over signed HTTP', () => {
  it('signs each request, and takes the answer as the acknowledgement', async () => {
    const app = await openHttpApp((body) => (body.includes('command=') ? '{"text":"done"}' : ''));
    const slack = await openSlack({ requestUrl: () => app.url });
    const ack = await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: 'status' });
    expect(ack).toMatchObject({ acked: true, payload: { text: 'done' } });
    const { body, headers } = app.requests[0] ?? { body: '', headers: {} };
    const base = `v0:${String(headers['x-slack-request-timestamp'])}:${body}`;
    const signature = createHmac('sha256', slack.signingSecret).update(base).digest('hex');
    expect(headers['x-slack-signature']).toBe(`v0=${signature}`);
    app.close();
  });
});

describe('short-lived keys', () => {
  it('take an answer five times and for 30 minutes, and open one modal within 3 seconds', async () => {
    let nowMs = 1_800_000_000_000;
    const app = await openHttpApp(() => '');
    const slack = await openSlack({ requestUrl: () => app.url, nowMs: () => nowMs });
    const type = async (): Promise<URLSearchParams> => {
      await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: '' });
      return new URLSearchParams(app.requests.at(-1)?.body);
    };
    const respond = async (url: string): Promise<number> =>
      (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"text":"x"}' }))
        .status;
    const open = (trigger: string) =>
      call(slack, 'views.open', {
        trigger_id: trigger,
        view: { type: 'modal', title: { type: 'plain_text', text: 'T' }, blocks: [] },
      });

    const first = await type();
    const url = first.get('response_url') ?? '';
    const statuses: number[] = [];
    for (let count = 0; count < 6; count += 1) statuses.push(await respond(url));
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    const trigger = first.get('trigger_id') ?? '';
    expect(await open(trigger)).toMatchObject({ ok: true });
    expect(await open(trigger)).toMatchObject({ error: 'exchanged_trigger_id' });

    const second = await type();
    nowMs += 3_001;
    expect(await open(second.get('trigger_id') ?? '')).toMatchObject({ error: 'expired_trigger_id' });
    nowMs += 30 * 60_000;
    expect(await respond(second.get('response_url') ?? '')).toBe(404);
    app.close();
  });
});

import type { App } from '@slack/bolt';
import { describe, expect, it, vi } from 'vitest';
import { connectApp, openSlack } from './slack-bolt-app.ts';

const incidents = 'C0INCIDNT';
const alice = 'U0ALICE01';
const bob = 'U0BOB0001';
const button = { type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' }, value: 'plan-1' };
const form = {
  type: 'modal' as const,
  callback_id: 'why',
  private_metadata: 'plan-1',
  title: { type: 'plain_text' as const, text: 'Why?' },
  submit: { type: 'plain_text' as const, text: 'Send' },
  blocks: [
    {
      type: 'input' as const,
      block_id: 'reason',
      label: { type: 'plain_text' as const, text: 'Reason' },
      element: { type: 'plain_text_input' as const, action_id: 'words' },
    },
  ],
};
const typed = (value: string) => ({ reason: { words: { type: 'plain_text_input', value } } });

/** Notes what reaches the app, in the order in which it comes. */
const recorder = (pick: (app: App, note: (entry: unknown) => void) => void) => {
  const notes: unknown[] = [];
  return { notes, listen: (app: App) => pick(app, (entry) => notes.push(entry)) };
};

describe('a Bolt app in Socket Mode', () => {
  it('hears a slash command and answers it for the caller alone', async () => {
    const slack = await openSlack();
    await connectApp(slack, (app) => {
      app.command('/sre', async ({ ack, respond, command }) => {
        await ack();
        await respond({ text: `You typed ${command.text}` });
      });
    });
    const ack = await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: 'status' });
    expect(ack).toMatchObject({ acked: true, attempts: 1 });
    await vi.waitFor(() =>
      expect(slack.ephemerals(alice).map((message) => message.text)).toEqual(['You typed status']),
    );
    expect(slack.ephemerals(bob)).toEqual([]);
    expect(slack.messages(incidents)).toEqual([]);
  });

  it('may answer a command at once, to everybody in the channel', async () => {
    const slack = await openSlack();
    await connectApp(slack, (app) => {
      app.command('/sre', ({ ack }) => ack({ response_type: 'in_channel', text: 'All is well' }));
    });
    await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: '' });
    expect(slack.messages(incidents).map((message) => message.text)).toEqual(['All is well']);
  });

  it('gets a click with the value and who clicked, and edits the message', async () => {
    const slack = await openSlack();
    const app = await connectApp(slack, (bolt) => {
      bolt.action('approve', async ({ ack, body, action, client }) => {
        await ack();
        if (body.type !== 'block_actions' || action.type !== 'button') return;
        const text = `${body.user.id} approved ${action.value}`;
        await client.chat.update({ channel: body.channel?.id ?? '', ts: body.message?.ts ?? '', text, blocks: [] });
      });
    });
    const blocks = [{ type: 'actions', elements: [button] }] as never;
    const { ts = '' } = await app.client.chat.postMessage({ channel: incidents, text: 'May I?', blocks });
    await slack.people.click({ user: bob, channel: incidents, ts, actionId: 'approve' });
    await vi.waitFor(() => expect(slack.messages(incidents)[0]?.text).toBe('U0BOB0001 approved plan-1'));
    expect(slack.messages(incidents)[0]).toMatchObject({ blocks: [], edited: { user: 'U0SREBOT1' } });
  });

  it('hears reactions come and go, but not on messages of channels where it is no member', async () => {
    const slack = await openSlack();
    const { notes, listen } = recorder((app, note) => {
      app.event('reaction_added', async ({ event }) => note(['added', event.reaction, event.user, event.item_user]));
      app.event('reaction_removed', async ({ event }) => note(['removed', event.reaction, event.user]));
    });
    await connectApp(slack, listen);
    const { ts } = await slack.people.say({ user: alice, channel: incidents, text: 'checkout is slow' });
    await slack.people.react({ user: bob, channel: incidents, ts, name: 'mag' });
    await slack.people.unreact({ user: bob, channel: incidents, ts, name: 'mag' });
    const elsewhere = await slack.people.say({ user: alice, channel: slack.channels.general, text: 'lunch?' });
    await slack.people.react({ user: bob, channel: slack.channels.general, ts: elsewhere.ts, name: 'mag' });
    await vi.waitFor(() => expect(notes).toHaveLength(2));
    expect(notes).toEqual([
      ['added', 'mag', bob, alice],
      ['removed', 'mag', bob],
    ]);
  });

  it('hears a mention twice, as a message and as a mention, and gets its own edits back', async () => {
    const slack = await openSlack();
    const { notes, listen } = recorder((app, note) => {
      app.event('app_mention', async ({ event }) => note(['mention', event.text]));
      app.message(async ({ message }) => note(['message', message.subtype ?? '']));
    });
    const app = await connectApp(slack, listen);
    await slack.people.say({ user: alice, channel: incidents, text: '<@U0SREBOT1> help' });
    const { ts = '' } = await app.client.chat.postMessage({ channel: incidents, text: 'one' });
    await app.client.chat.update({ channel: incidents, ts, text: 'two' });
    await vi.waitFor(() => expect(notes).toHaveLength(3));
    expect(notes).toEqual(
      expect.arrayContaining([
        ['message', ''],
        ['mention', '<@U0SREBOT1> help'],
        ['message', 'message_changed'],
      ]),
    );
  });

  it('opens a modal, refuses a bad form with errors, and closes it after a good one', async () => {
    const slack = await openSlack();
    const { notes, listen } = recorder((app, note) => {
      app.command('/sre', async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: form });
      });
      app.view('why', async ({ ack, view }) => {
        const words = view.state.values.reason?.words?.value ?? '';
        if (words.length < 3) return ack({ response_action: 'errors', errors: { reason: 'Say more.' } });
        note([words, view.private_metadata]);
        return ack();
      });
    });
    await connectApp(slack, listen);
    await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: '' });
    await vi.waitFor(() => expect(slack.views(alice)).toHaveLength(1));
    const viewId = slack.views(alice)[0]?.id ?? '';
    const refused = await slack.people.submit({ user: alice, viewId, values: typed('no') });
    expect(refused.payload).toEqual({ response_action: 'errors', errors: { reason: 'Say more.' } });
    expect(slack.views(alice)).toHaveLength(1);
    await slack.people.submit({ user: alice, viewId, values: typed('too risky') });
    expect(notes).toEqual([['too risky', 'plan-1']]);
    expect(slack.views(alice)).toEqual([]);
  });

  it('puts up a Home tab for each person who looks', async () => {
    const slack = await openSlack();
    await connectApp(slack, (app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        const text = { type: 'plain_text' as const, text: `Hello ${event.user}` };
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [{ type: 'header', text }] } });
      });
    });
    await slack.people.openHome({ user: bob });
    await vi.waitFor(() => expect(slack.home(bob)?.blocks[0]).toMatchObject({ text: { text: 'Hello U0BOB0001' } }));
    expect(slack.home(alice)).toBeUndefined();
  });

  it('uploads a picture, which is shared a moment later and may then stand in a block', async () => {
    const slack = await openSlack({ fileReadyMs: 30 });
    const app = await connectApp(slack, () => undefined);
    const bytes = Buffer.from('89504e470d0a1a0a', 'hex');
    const upload = { file: bytes, filename: 'chart.png', title: 'Errors', alt_text: 'Errors rise' };
    await app.client.filesUploadV2({ ...upload, channel_id: incidents, initial_comment: 'Look' });
    expect(slack.messages(incidents)).toEqual([]);
    await vi.waitFor(() => expect(slack.messages(incidents)[0]).toMatchObject({ subtype: 'file_share', text: 'Look' }));
    const file = slack.messages(incidents)[0]?.files?.[0];
    expect(file).toMatchObject({ title: 'Errors', mimetype: 'image/png', alt_txt: 'Errors rise', size: 8 });
    expect(Buffer.from(slack.fileBytes(file?.id ?? '') ?? [])).toEqual(bytes);
    const image = { type: 'image', slack_file: { id: file?.id }, alt_text: 'Errors rise' };
    const posted = app.client.chat.postMessage({ channel: incidents, text: 'chart', blocks: [image] as never });
    await expect(posted).resolves.toMatchObject({ ok: true });
    const info = await app.client.files.info({ file: file?.id ?? '' });
    expect(info.file?.shares?.public?.[incidents]?.[0]?.ts).toBe(slack.messages(incidents)[0]?.ts);
  });

  it('finds its own message again by metadata', async () => {
    const slack = await openSlack();
    const app = await connectApp(slack, () => undefined);
    const metadata = { event_type: 'sre_incident', event_payload: { key: 'root' } };
    const { ts = '' } = await app.client.chat.postMessage({ channel: incidents, text: 'root', metadata });
    await app.client.chat.postMessage({ channel: incidents, thread_ts: ts, text: 'reply', metadata });
    const history = await app.client.conversations.history({ channel: incidents, include_all_metadata: true });
    expect(history.messages?.map((message) => message.metadata)).toEqual([metadata]);
    const replies = await app.client.conversations.replies({ channel: incidents, ts, include_all_metadata: true });
    expect(replies.messages?.map((message) => message.metadata)).toEqual([metadata, metadata]);
    const silent = await app.client.conversations.history({ channel: incidents });
    expect(silent.messages?.[0]).not.toHaveProperty('metadata');
  });
});

describe('trouble on the way to the app', () => {
  it('tries an event again with the same id when the app does not acknowledge it', async () => {
    const slack = await openSlack({ socketAckMs: 60 });
    const { notes, listen } = recorder((app, note) => {
      app.use(async ({ body, context, next }) => {
        if ('event_id' in body) note([body.event_id, context.retryNum ?? 0]);
        await next();
      });
    });
    await connectApp(slack, listen);
    // Nothing but the acknowledgements is lost: the socket is cut while the first attempt is on its way.
    const said = slack.people.say({ user: alice, channel: incidents, text: 'hello' });
    slack.dropSockets();
    expect((await said).acks[0]).toMatchObject({ acked: true });
    expect(new Set(notes.map((note) => (note as [string])[0])).size).toBe(1);
  });

  it('keeps a command for the next socket when the app reconnects in time', async () => {
    const slack = await openSlack({ socketAckMs: 5_000 });
    const { notes, listen } = recorder((app, note) => {
      app.command('/sre', async ({ ack, command }) => {
        note(command.text);
        await ack();
      });
    });
    await connectApp(slack, listen);
    slack.refreshSocket();
    expect(slack.connected()).toBe(false);
    const ack = await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: 'status' });
    expect(ack.acked).toBe(true);
    expect(notes).toEqual(['status']);
    expect(slack.connected()).toBe(true);
  });

  it('gives each envelope to one of several sockets', async () => {
    const slack = await openSlack();
    const first = recorder((app, note) => app.message(async () => note('first')));
    const second = recorder((app, note) => app.message(async () => note('second')));
    await connectApp(slack, first.listen);
    await connectApp(slack, second.listen);
    for (let count = 0; count < 6; count += 1) await slack.people.say({ user: alice, channel: incidents, text: 'hi' });
    await vi.waitFor(() => expect([first.notes.length, second.notes.length]).toEqual([3, 3]));
  });

  it('says that nobody acknowledged: at once before any app came, and after all attempts when it went', async () => {
    const slack = await openSlack({ socketAckMs: 30 });
    const type = () => slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: '' });
    expect(await type()).toEqual({ acked: false, payload: {}, attempts: 0 });
    const app = await connectApp(slack, () => undefined);
    await app.stop();
    await vi.waitFor(() => expect(slack.connected()).toBe(false));
    expect(await type()).toEqual({ acked: false, payload: {}, attempts: 1 });
    const { acks } = await slack.people.say({ user: alice, channel: incidents, text: 'anybody?' });
    expect(acks).toEqual([{ acked: false, payload: {}, attempts: 4 }]);
  });

  it('closes a socket that sends more than 20 KiB, as Slack does', async () => {
    const slack = await openSlack({ socketAckMs: 2_000 });
    await connectApp(slack, (app) => {
      let calls = 0;
      app.command('/sre', async ({ ack }) => {
        calls += 1;
        await ack(calls === 1 ? { text: 'x'.repeat(21_000) } : { text: 'short' });
      });
    });
    const ack = await slack.people.slash({ user: alice, channel: incidents, command: '/sre', text: '' });
    expect(ack).toMatchObject({ acked: true, payload: { text: 'short' } });
  });

  it('gets a planned delivery late, several times with the same id, or never', async () => {
    const slack = await openSlack();
    const { notes, listen } = recorder((app, note) => {
      app.event('reaction_added', async ({ event, body }) => note(`${event.reaction} ${body.event_id}`));
    });
    await connectApp(slack, listen);
    const { ts } = await slack.people.say({ user: alice, channel: incidents, text: 'here' });
    slack.injectDelivery({ kind: 'events_api', copies: 2, lateMs: 10 });
    await slack.people.react({ user: bob, channel: incidents, ts, name: 'eyes' });
    expect(notes).toHaveLength(3);
    expect(new Set(notes).size).toBe(1);
    slack.injectDelivery({ swallowed: true });
    await slack.people.react({ user: bob, channel: incidents, ts, name: 'wave' });
    await slack.people.react({ user: bob, channel: incidents, ts, name: 'tada' });
    expect(notes.map((entry) => String(entry).split(' ')[0])).toEqual(['eyes', 'eyes', 'eyes', 'tada']);
  });
});

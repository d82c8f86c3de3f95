import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../src/lab/slack/local-slack.ts';

let slack: LocalSlack;
let app: App;

/** A real Bolt app on the local Slack; `listen` adds its listeners before it starts. */
const start = async (listen: (app: App) => void, options: LocalSlackOptions = {}): Promise<void> => {
  slack = await startLocalSlack(options);
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 300,
    logLevel: LogLevel.ERROR,
    installerOptions: { clientOptions: { slackApiUrl: slack.apiUrl } },
  });
  app = new App({
    token: slack.botToken,
    receiver,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  });
  listen(app);
  await app.init();
  await app.start();
};

afterEach(async () => {
  await app.stop();
  await slack.close();
});

const { incidents } = { incidents: 'C0INCIDNT' };
const button = { type: 'button', action_id: 'approve', text: { type: 'plain_text', text: 'Approve' }, value: 'plan-1' };

describe('a Bolt app in Socket Mode', () => {
  it('hears a slash command and answers it with a message for the caller alone', async () => {
    await start((bot) => {
      bot.command('/sre', async ({ ack, respond, command }) => {
        await ack();
        await respond({ text: `You typed ${command.text}`, response_type: 'ephemeral' });
      });
    });
    const ack = await slack.people.slash({
      user: slack.users.alice,
      channel: incidents,
      command: '/sre',
      text: 'status',
    });
    expect(ack).toMatchObject({ acked: true, attempts: 1 });
    await vi.waitFor(() =>
      expect(slack.ephemerals(slack.users.alice).map((m) => m.text)).toEqual(['You typed status']),
    );
    expect(slack.ephemerals(slack.users.bob)).toEqual([]);
  });

  it('gets a click with the message, the value and who clicked, and edits the message', async () => {
    await start((bot) => {
      bot.action('approve', async ({ ack, body, action, client }) => {
        await ack();
        if (body.type !== 'block_actions' || action.type !== 'button') return;
        await client.chat.update({
          channel: body.channel?.id ?? '',
          ts: body.message?.ts ?? '',
          text: `${body.user.id} approved ${action.value}`,
          blocks: [],
        });
      });
    });
    const { ts } = await app.client.chat.postMessage({
      channel: incidents,
      text: 'May I?',
      blocks: [{ type: 'actions', elements: [button] } as never],
    });
    await slack.people.click({ user: slack.users.bob, channel: incidents, ts: ts ?? '', actionId: 'approve' });
    await vi.waitFor(() => expect(slack.messages(incidents)[0]?.text).toBe('U0BOB0001 approved plan-1'));
    expect(slack.messages(incidents)[0]?.blocks).toEqual([]);
  });
});

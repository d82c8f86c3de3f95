import { App, LogLevel, SocketModeReceiver } from '@slack/bolt';
import { afterEach } from 'vitest';
import { type LocalSlack, type LocalSlackOptions, startLocalSlack } from '../../src/lab/slack/local-slack.ts';
import { scopeOfMethod } from '../../src/lab/slack/scopes.ts';

const running: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const stop of running.splice(0).reverse()) await stop();
});

/** More than the product's own manifest asks for: here Slack itself is tried out. */
const allScopes = [...new Set(Object.values(scopeOfMethod))];
const allEvents = [
  'app_home_opened',
  'app_mention',
  'member_joined_channel',
  'message.channels',
  'message.im',
  'reaction_added',
  'reaction_removed',
];

/** A local Slack that is closed after the test. */
export const openSlack = async (options: LocalSlackOptions = {}): Promise<LocalSlack> => {
  const slack = await startLocalSlack({ scopes: allScopes, subscriptions: allEvents, ...options });
  running.push(slack.close);
  return slack;
};

/** A real Bolt app in Socket Mode; `listen` adds its listeners before it starts. It is stopped after the test. */
export const connectApp = async (slack: LocalSlack, listen: (app: App) => void): Promise<App> => {
  const receiver = new SocketModeReceiver({
    appToken: slack.appToken,
    clientPingTimeout: 200,
    // The sockets are cut on purpose here, and the client would report each cut.
    logLevel: 'none' as LogLevel,
    installerOptions: {
      clientOptions: {
        slackApiUrl: slack.apiUrl,
        retryConfig: { forever: true, minTimeout: 50, maxTimeout: 100 },
      },
    },
  });
  const app = new App({
    token: slack.botToken,
    receiver,
    deferInitialization: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true },
  });
  listen(app);
  await app.init();
  await app.start();
  running.push(() => app.stop());
  return app;
};

/** Calls one Web API method with JSON, without any client in between. */
export const call = async (
  slack: LocalSlack,
  method: string,
  body: Record<string, unknown> = {},
  token = slack.botToken,
): Promise<Record<string, unknown>> => {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
};

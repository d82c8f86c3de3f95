import { describe, expect, it } from 'vitest';
import { readManifest } from '../../src/lab/slack/app-manifest.ts';
import { scopeOfMethod } from '../../src/lab/slack/scopes.ts';
import { call, openSlack } from './slack-bolt-app.ts';

const manifest = (lines: readonly string[]): string => lines.join('\n');

describe('the manifest of the app', () => {
  it('gives scopes, events, commands and tabs', () => {
    const read = readManifest(
      manifest([
        'features:',
        '  app_home: { messages_tab_enabled: true }',
        '  slash_commands:',
        '    - { command: /sre, description: Look, usage_hint: help | status, should_escape: true }',
        'oauth_config: { scopes: { bot: [chat:write] } }',
        'settings: { event_subscriptions: { bot_events: [app_mention] } }',
      ]),
    );
    expect(read).toEqual({
      scopes: ['chat:write'],
      subscriptions: ['app_mention'],
      commands: [{ command: '/sre', description: 'Look', usageHint: 'help | status', escapes: true }],
      messagesTab: true,
    });
  });

  it('is refused without scopes', () => {
    expect(() => readManifest('features: {}')).toThrow();
  });

  it("holds the product's own app to what it will be granted in a real workspace", async () => {
    const slack = await openSlack({ scopes: undefined, subscriptions: undefined } as never);
    const granted = await call(slack, 'chat.postMessage', { channel: slack.channels.incidents, text: 'hi' });
    expect(granted).toMatchObject({ ok: true });
    const refused = await call(slack, 'pins.add', { channel: slack.channels.incidents, timestamp: '1' });
    expect(refused).toMatchObject({ error: 'missing_scope', needed: scopeOfMethod['pins.add'] });
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../commands/index.ts';
import { type SlackMethod, slackMethods } from '../../src/adapters/slack/slack-web.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** Slack's manifest schema, as far as this manifest goes: nothing else may be in it. */
const manifestShape = z.strictObject({
  _metadata: z.strictObject({ major_version: z.literal(2), minor_version: z.literal(1) }),
  display_information: z.strictObject({
    name: z.string().min(1).max(35),
    description: z.string().max(140),
    background_color: z.string().regex(/^#[0-9a-f]{6}$/),
    long_description: z.string().min(175).max(4_000),
  }),
  features: z.strictObject({
    app_home: z.strictObject({
      home_tab_enabled: z.boolean(),
      messages_tab_enabled: z.boolean(),
      messages_tab_read_only_enabled: z.boolean(),
    }),
    bot_user: z.strictObject({
      display_name: z
        .string()
        .max(80)
        .regex(/^[a-z0-9._-]+$/),
      always_online: z.boolean(),
    }),
    slash_commands: z
      .array(
        z.strictObject({
          command: z.string().max(32).startsWith('/'),
          description: z.string().max(2_000),
          usage_hint: z.string().max(1_000),
          should_escape: z.boolean(),
        }),
      )
      .max(50),
  }),
  oauth_config: z.strictObject({ scopes: z.strictObject({ bot: z.array(z.string()).max(255) }) }),
  settings: z.strictObject({
    event_subscriptions: z.strictObject({ bot_events: z.array(z.string()).max(100) }),
    interactivity: z.strictObject({ is_enabled: z.literal(true) }),
    org_deploy_enabled: z.boolean(),
    socket_mode_enabled: z.boolean(),
    token_rotation_enabled: z.literal(false),
  }),
});

const manifest = manifestShape.parse(parse(read('slack-manifest.yml')));
const events = manifest.settings.event_subscriptions.bot_events;

/** What each method needs; both of two where the channel may be public or private. */
const scopesOfMethod: Readonly<Record<SlackMethod, readonly string[]>> = {
  'auth.test': [],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.info': ['channels:read', 'groups:read'],
  'conversations.list': ['channels:read', 'groups:read'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  'reactions.get': ['reactions:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.update': [],
};

const scopesOfEvent: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  subteam_members_changed: ['usergroups:read'],
};

describe('the manifest', () => {
  it('asks for exactly the scopes that the methods and events need', () => {
    const needed = new Set([
      'commands',
      ...slackMethods.flatMap((method) => scopesOfMethod[method]),
      ...events.flatMap((event) => scopesOfEvent[event] ?? ['an unknown event']),
    ]);
    expect(new Set(manifest.oauth_config.scopes.bot)).toEqual(needed);
  });

  it('subscribes to every event that the adapter listens to', () => {
    const listened = [...read('src/adapters/slack/listeners.ts').matchAll(/app\.event\('([a-z_]+)'/g)].map(
      (match) => match[1] ?? '',
    );
    const subscribed = new Set(events.map((event) => event.split('.')[0] ?? ''));
    expect(new Set(listened)).toEqual(subscribed);
  });

  it('names every command of the shelf as a hint, in the order of help', () => {
    const [slash] = manifest.features.slash_commands;
    expect(slash?.command).toBe('/sre');
    expect(slash?.usage_hint.split(' | ')).toEqual(commands.map(({ name }) => name));
  });

  it('knows every method that the adapter’s code calls', () => {
    const folder = new URL('src/adapters/slack/', root);
    const called = readdirSync(folder)
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .flatMap((text) => [...text.matchAll(/\.call\(\s*'([a-zA-Z.]+)'/g)].map((match) => match[1] ?? ''));
    expect(called.length).toBeGreaterThan(8);
    expect(called.filter((method) => !(slackMethods as readonly string[]).includes(method))).toEqual([]);
  });
});

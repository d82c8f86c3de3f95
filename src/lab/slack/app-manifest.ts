import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { z } from 'zod';
import type { CommandHint } from './slack-objects.ts';

/** What a workspace learns about an app from its manifest. */
export interface AppManifest {
  readonly scopes: readonly string[];
  readonly subscriptions: readonly string[];
  readonly commands: readonly CommandHint[];
  /** Whether people may write to the app directly. */
  readonly messagesTab: boolean;
}

const shape = z.object({
  features: z.object({
    app_home: z.object({ messages_tab_enabled: z.boolean().default(false) }).optional(),
    slash_commands: z
      .array(
        z.object({
          command: z.string(),
          description: z.string().default(''),
          usage_hint: z.string().default(''),
          should_escape: z.boolean().default(false),
        }),
      )
      .default([]),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }).optional() }),
});

/** Reads a manifest in YAML. Throws when it lacks what Slack needs. */
export const readManifest = (yaml: string): AppManifest => {
  const { features, oauth_config, settings } = shape.parse(parse(yaml));
  return {
    scopes: oauth_config.scopes.bot,
    subscriptions: settings.event_subscriptions?.bot_events ?? [],
    commands: features.slash_commands.map((entry) => ({
      command: entry.command,
      description: entry.description,
      usageHint: entry.usage_hint,
      escapes: entry.should_escape,
    })),
    messagesTab: features.app_home?.messages_tab_enabled ?? false,
  };
};

/** What a test wants to be otherwise than in the manifest. */
export type ManifestWishes = Partial<Pick<AppManifest, 'scopes' | 'subscriptions' | 'commands'>>;

const ownManifestPath = fileURLToPath(new URL('../../../slack-manifest.yml', import.meta.url));

/** The manifest that this product is installed with: an app in the laboratory may do no more than one in a real workspace. */
export const manifestWith = (wishes: ManifestWishes): AppManifest => {
  const own = readManifest(readFileSync(ownManifestPath, 'utf8'));
  return {
    messagesTab: own.messagesTab,
    scopes: wishes.scopes ?? own.scopes,
    subscriptions: wishes.subscriptions ?? own.subscriptions,
    commands: wishes.commands ?? own.commands,
  };
};

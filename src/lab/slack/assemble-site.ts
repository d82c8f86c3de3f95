import { createConversation } from './conversation.ts';
import { createEventFeed, defaultSubscriptions } from './event-feed.ts';
import { defaultScopes } from './scopes.ts';
import type { Site } from './site.ts';
import type { CommandHint, Link } from './slack-objects.ts';
import { createTickets } from './tickets.ts';
import { createWorkspace } from './workspace.ts';

/** What the parts of a site are made from. */
export interface SiteOptions {
  readonly nowMs: () => number;
  readonly newKey: () => string;
  readonly newId: (prefix: string) => string;
  readonly link: () => Link;
  readonly baseUrl: () => string;
  /** What the app was granted; the manifest's scopes unless given. */
  readonly scopes?: readonly string[] | undefined;
  /** What the app subscribed to; the manifest's events unless given. */
  readonly subscriptions?: readonly string[] | undefined;
  readonly commands: readonly CommandHint[];
  readonly fileReadyMs: number;
}

/** Puts the parts together. `close` forgets what was still to happen. */
export const assembleSite = (options: SiteOptions): { readonly site: Site; close(): void } => {
  const { link, baseUrl, commands, fileReadyMs, nowMs, newKey, newId } = options;
  const workspace = createWorkspace({ nowMs, newId });
  const feed = createEventFeed({ workspace, link, subscriptions: options.subscriptions ?? defaultSubscriptions });
  const timers = new Set<NodeJS.Timeout>();
  const later = (work: () => void, delayMs: number): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, delayMs);
    timers.add(timer);
  };
  const site: Site = {
    workspace,
    feed,
    conversation: createConversation({ workspace, feed }),
    tickets: createTickets({ nowMs, newKey }),
    link,
    baseUrl,
    scopes: options.scopes ?? defaultScopes,
    commands,
    fileReadyMs,
    later,
  };
  return {
    site,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
};

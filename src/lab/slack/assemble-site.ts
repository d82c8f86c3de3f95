import { randomBytes } from 'node:crypto';
import { type ManifestWishes, manifestWith } from './app-manifest.ts';
import { createConversation } from './conversation.ts';
import { createEventFeed } from './event-feed.ts';
import type { Site } from './site.ts';
import type { Link } from './slack-objects.ts';
import { createTickets } from './tickets.ts';
import { createWorkspace } from './workspace.ts';

const newId = (prefix: string): string => `${prefix}${randomBytes(8).toString('hex').toUpperCase().slice(0, 10)}`;

/** A key that nobody can guess. */
export const newKey = (): string => randomBytes(16).toString('hex');

/** What the parts of a site are made from. */
export interface SiteOptions {
  readonly nowMs: () => number;
  readonly link: () => Link;
  readonly baseUrl: () => string;
  readonly manifest: ManifestWishes;
  readonly fileReadyMs: number;
}

/** Puts the parts together. `close` forgets what was still to happen. */
export const assembleSite = (options: SiteOptions): { readonly site: Site; close(): void } => {
  const { link, baseUrl, fileReadyMs, nowMs } = options;
  const manifest = manifestWith(options.manifest);
  const workspace = createWorkspace({ nowMs, newId });
  const feed = createEventFeed({ workspace, link, subscriptions: manifest.subscriptions });
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
    scopes: manifest.scopes,
    commands: manifest.commands,
    messagesTab: manifest.messagesTab,
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

import type { Conversation } from './conversation.ts';
import type { EventFeed } from './event-feed.ts';
import type { CommandHint, Link } from './slack-objects.ts';
import type { Tickets } from './tickets.ts';
import type { Workspace } from './workspace.ts';

/** The parts of a running local Slack, as its methods, its people and its page use them. */
export interface Site {
  readonly workspace: Workspace;
  readonly conversation: Conversation;
  readonly feed: EventFeed;
  readonly tickets: Tickets;
  readonly link: () => Link;
  /** Where this server is reached, without a slash at the end. */
  readonly baseUrl: () => string;
  readonly scopes: readonly string[];
  readonly commands: readonly CommandHint[];
  readonly messagesTab: boolean;
  /** How long after an upload a file is shared and may be used in blocks. */
  readonly fileReadyMs: number;
  /** Runs something a little later, unless the server closes first. */
  readonly later: (work: () => void, delayMs: number) => void;
}

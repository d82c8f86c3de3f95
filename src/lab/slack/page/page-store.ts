import type { PageEvent, Snapshot } from '../page-protocol.ts';
import type { SlackMessage } from '../slack-objects.ts';

/** What the page knows: the server's snapshot kept up to date by its changes. */
export interface PageState {
  /** Null until the first snapshot. */
  readonly world: Snapshot | null;
  /** Whether the stream of changes is open. */
  readonly online: boolean;
  /** Timestamps of messages that came after the page was opened, for a short highlight. */
  readonly fresh: ReadonlySet<string>;
  /** What the app says that it is doing, by `channel/thread`. */
  readonly statuses: ReadonlyMap<string, string>;
  /** The newest message that was seen, by channel. */
  readonly seen: ReadonlyMap<string, string>;
}

/** Before anything was heard. */
export const emptyState: PageState = {
  world: null,
  online: false,
  fresh: new Set(),
  statuses: new Map(),
  seen: new Map(),
};

const freshMax = 200;

const byTime = (left: SlackMessage, right: SlackMessage): number => left.ts.localeCompare(right.ts);

const withMessage = (messages: readonly SlackMessage[], message: SlackMessage): readonly SlackMessage[] => {
  const index = messages.findIndex((known) => known.channel === message.channel && known.ts === message.ts);
  return index < 0 ? [...messages, message].sort(byTime) : messages.with(index, message);
};

const withoutMessage = (messages: readonly SlackMessage[], channel: string | null, ts: string) =>
  messages.filter((message) => message.ts !== ts || (channel !== null && message.channel !== channel));

/** Slack takes a thread's status line away as soon as the app posts there. */
const statusesAfter = (state: PageState, message: SlackMessage): ReadonlyMap<string, string> => {
  const key = `${message.channel}/${message.thread_ts ?? message.ts}`;
  if (message.bot_id === undefined || !state.statuses.has(key)) return state.statuses;
  const statuses = new Map(state.statuses);
  statuses.delete(key);
  return statuses;
};

const freshAfter = (state: PageState, message: SlackMessage, known: readonly SlackMessage[]): ReadonlySet<string> => {
  if (known.some((other) => other.ts === message.ts)) return state.fresh;
  return new Set([...state.fresh, message.ts].slice(-freshMax));
};

const applyToWorld = (world: Snapshot, event: PageEvent): Snapshot => {
  switch (event.kind) {
    case 'snapshot':
      return event;
    case 'message':
      return { ...world, messages: withMessage(world.messages, event.message) };
    case 'message-removed':
      return { ...world, messages: withoutMessage(world.messages, event.channel, event.ts) };
    case 'ephemeral':
      return { ...world, ephemerals: withMessage(world.ephemerals, event.message) };
    case 'ephemeral-removed':
      return { ...world, ephemerals: withoutMessage(world.ephemerals, null, event.ts) };
    case 'views':
      return { ...world, views: event.views };
    case 'home':
      return { ...world, home: event.view };
    case 'channel':
      return {
        ...world,
        channels: world.channels.map((channel) => (channel.id === event.channel.id ? event.channel : channel)),
      };
    case 'shelf':
      return {
        ...world,
        bookmarks: [...world.bookmarks.filter((shelf) => shelf.channel !== event.channel), event],
      };
    case 'link':
      return { ...world, connected: event.connected };
    case 'status':
      return world;
  }
};

const newestIn = (messages: readonly SlackMessage[], channel: string): string =>
  messages.filter((message) => message.channel === channel).at(-1)?.ts ?? '';

/** What can happen to the page's state. */
export type PageNews =
  | { readonly kind: 'event'; readonly event: PageEvent }
  | { readonly kind: 'online'; readonly online: boolean }
  | { readonly kind: 'seen'; readonly channel: string };

const onEvent = (state: PageState, event: PageEvent): PageState => {
  if (event.kind === 'snapshot') {
    // What was there at the first look counts as seen.
    const seen =
      state.seen.size > 0
        ? state.seen
        : new Map(event.channels.map((channel) => [channel.id, newestIn(event.messages, channel.id)]));
    return { ...state, world: event, online: true, seen };
  }
  if (state.world === null) return state;
  const world = applyToWorld(state.world, event);
  if (event.kind === 'message' || event.kind === 'ephemeral') {
    const known = event.kind === 'message' ? state.world.messages : state.world.ephemerals;
    return {
      ...state,
      world,
      fresh: freshAfter(state, event.message, known),
      statuses: statusesAfter(state, event.message),
    };
  }
  if (event.kind === 'status') {
    const statuses = new Map(state.statuses).set(`${event.channel}/${event.thread}`, event.status);
    return { ...state, statuses };
  }
  return { ...state, world };
};

/** The next state of the page. */
export const reducePage = (state: PageState, news: PageNews): PageState => {
  switch (news.kind) {
    case 'event':
      return onEvent(state, news.event);
    case 'online':
      return { ...state, online: news.online };
    case 'seen': {
      const newest = newestIn(state.world?.messages ?? [], news.channel);
      if (state.seen.get(news.channel) === newest) return state;
      return { ...state, seen: new Map(state.seen).set(news.channel, newest) };
    }
  }
};

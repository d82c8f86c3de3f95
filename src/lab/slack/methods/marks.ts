import type { Arguments } from '../arguments.ts';
import { channelOf, joinedChannelOf, type Methods, messageOf, wireMessage } from '../method.ts';
import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import { isObject, type SlackMessage } from '../slack-objects.ts';

const emojiOf = (args: Arguments): string => {
  const name = args.need('name').replaceAll(':', '');
  return /^[a-z0-9_+'-]+(::skin-tone-[2-6])?$/.test(name) ? name : refuse('invalid_name');
};

const setReaction = (args: Arguments, site: Site, on: boolean): void => {
  joinedChannelOf(args, site);
  const message = messageOf(args, site, 'timestamp');
  const change = { user: site.workspace.app.botUserId, message, name: emojiOf(args), on };
  if (site.conversation.react(change) === null) refuse(on ? 'already_reacted' : 'no_reaction');
};

const withPin = (message: SlackMessage, pinned: boolean): SlackMessage => {
  const { pinned_to: _before, ...rest } = message;
  return pinned ? { ...rest, pinned_to: [message.channel] } : rest;
};

/** What is stuck onto messages and channels: reactions, pins, bookmarks, and the status line of a thread. */
export const markMethods: Methods = {
  'reactions.add': (args, site) => {
    setReaction(args, site, true);
    return {};
  },
  'reactions.remove': (args, site) => {
    setReaction(args, site, false);
    return {};
  },
  'reactions.get': (args, site) => {
    const message = messageOf(args, site, 'timestamp');
    return { type: 'message', channel: message.channel, message: wireMessage(message, { metadata: false }) };
  },
  'pins.add': (args, site) => {
    const message = messageOf(args, site, 'timestamp');
    if (message.pinned_to !== undefined) refuse('already_pinned');
    site.workspace.messages.put(withPin(message, true));
    return {};
  },
  'pins.remove': (args, site) => {
    const message = messageOf(args, site, 'timestamp');
    if (message.pinned_to === undefined) refuse('no_pin');
    site.workspace.messages.put(withPin(message, false));
    return {};
  },
  'pins.list': (args, site) => {
    const channel = channelOf(args, site);
    const pinned = site.workspace.messages.all(channel.id).filter((message) => message.pinned_to !== undefined);
    const items = pinned.map((message) => ({
      type: 'message',
      channel: channel.id,
      message: wireMessage(message, { metadata: false }),
    }));
    return { items };
  },
  'bookmarks.add': (args, site) => {
    const channel = joinedChannelOf(args, site, 'channel_id');
    const bookmark = {
      id: site.workspace.newId('Bk'),
      channel_id: channel.id,
      title: args.need('title'),
      type: args.need('type'),
      link: args.text('link') ?? '',
      emoji: args.text('emoji') ?? '',
    };
    const bookmarks = [...(site.workspace.bookmarks.get(channel.id) ?? []), bookmark];
    site.workspace.bookmarks.set(channel.id, bookmarks);
    site.workspace.announce({ kind: 'shelf', channel: channel.id, bookmarks });
    return { bookmark };
  },
  'bookmarks.list': (args, site) => ({
    bookmarks: (site.workspace.bookmarks.get(channelOf(args, site, 'channel_id').id) ?? []).filter(isObject),
  }),
  'bookmarks.remove': (args, site) => {
    const channel = channelOf(args, site, 'channel_id');
    const before = site.workspace.bookmarks.get(channel.id) ?? [];
    const bookmarks = before.filter((bookmark) => bookmark.id !== args.need('bookmark_id'));
    if (bookmarks.length === before.length) refuse('not_found');
    site.workspace.bookmarks.set(channel.id, bookmarks);
    site.workspace.announce({ kind: 'shelf', channel: channel.id, bookmarks });
    return {};
  },
  'assistant.threads.setStatus': (args, site) => {
    const channel = joinedChannelOf(args, site, 'channel_id');
    const thread = args.need('thread_ts');
    site.workspace.announce({ kind: 'status', channel: channel.id, thread, status: args.text('status') ?? '' });
    return {};
  },
};

import type { Arguments } from '../arguments.ts';
import { channelOf, joinedChannelOf, type Methods, page, wireMessage } from '../method.ts';
import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import type { JsonObject, SlackChannel, SlackMessage } from '../slack-objects.ts';

const wireChannel = (channel: SlackChannel, site: Site): JsonObject => {
  const isMember = channel.members.includes(site.workspace.app.botUserId);
  if (channel.kind === 'im') {
    const user = channel.members.find((member) => member !== site.workspace.app.botUserId);
    return { id: channel.id, is_im: true, is_channel: false, user, created: 1_700_000_000 };
  }
  return {
    id: channel.id,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_im: false,
    is_group: false,
    is_private: false,
    is_archived: false,
    is_member: isMember,
    created: 1_700_000_000,
    topic: { value: channel.topic, creator: '', last_set: 0 },
    purpose: { value: '', creator: '', last_set: 0 },
    num_members: channel.members.length,
  };
};

const within = (args: Arguments) => {
  const oldest = args.text('oldest') ?? '0';
  const latest = args.text('latest') ?? '9999999999.999999';
  const inclusive = args.flag('inclusive');
  return (message: SlackMessage): boolean =>
    inclusive ? message.ts >= oldest && message.ts <= latest : message.ts > oldest && message.ts < latest;
};

/** Channels and what was said in them. Histories are newest first, threads oldest first, as in Slack. */
export const conversationMethods: Methods = {
  'conversations.list': (args, site) => {
    const types = (args.text('types') ?? 'public_channel').split(',').map((type) => type.trim());
    const wanted = [...site.workspace.channels.values()].filter((channel) =>
      types.includes(channel.kind === 'im' ? 'im' : 'public_channel'),
    );
    const { items, response_metadata } = page(wanted, args, 100);
    return { channels: items.map((channel) => wireChannel(channel, site)), response_metadata };
  },
  'conversations.info': (args, site) => ({ channel: wireChannel(channelOf(args, site), site) }),
  'conversations.members': (args, site) => {
    const { items, response_metadata } = page(channelOf(args, site).members, args, 100);
    return { members: items, response_metadata };
  },
  'conversations.join': (args, site) => {
    const channel = channelOf(args, site);
    const bot = site.workspace.app.botUserId;
    if (channel.kind === 'im') return refuse('method_not_supported_for_channel_type');
    if (!channel.members.includes(bot)) site.workspace.setMembers(channel.id, [...channel.members, bot]);
    return { channel: wireChannel(site.workspace.channels.get(channel.id) ?? channel, site) };
  },
  'conversations.open': (args, site) => {
    const users = args.need('users').split(',');
    const direct = site.workspace.channels.get(`D${(users[0] ?? '').slice(1)}`);
    if (direct === undefined || users.length !== 1) return refuse('user_not_found');
    return { channel: { id: direct.id }, already_open: true };
  },
  'conversations.history': (args, site) => {
    const channel = joinedChannelOf(args, site);
    const newestFirst = [...site.workspace.messages.history(channel.id)].filter(within(args)).reverse();
    const { items, ...rest } = page(newestFirst, args, 100);
    const metadata = args.flag('include_all_metadata');
    return { messages: items.map((message) => wireMessage(message, { metadata })), pin_count: 0, ...rest };
  },
  'conversations.replies': (args, site) => {
    const channel = joinedChannelOf(args, site);
    const asked = site.workspace.messages.get(channel.id, args.need('ts')) ?? refuse('thread_not_found');
    const [parent, ...replies] = site.workspace.messages.thread(channel.id, asked.thread_ts ?? asked.ts);
    const inside = replies.filter(within(args));
    const { items, ...rest } = page(parent === undefined ? inside : [parent, ...inside], args, 1000);
    const metadata = args.flag('include_all_metadata');
    return { messages: items.map((message) => wireMessage(message, { metadata })), ...rest };
  },
};

import type { Arguments } from './arguments.ts';
import { refuse } from './refusal.ts';
import type { Site } from './site.ts';
import type { JsonObject, SlackChannel, SlackMessage } from './slack-objects.ts';

/** One Web API method: returns what follows `ok: true`, or throws a Refusal. */
export type Method = (args: Arguments, site: Site) => JsonObject;

/** Methods by name, as in `chat.postMessage`. */
export type Methods = Readonly<Record<string, Method>>;

/** The channel of an argument, which the bot must know of. A person's id means the direct conversation. */
export const channelOf = (args: Arguments, site: Site, name = 'channel'): SlackChannel => {
  const id = args.need(name);
  const { channels } = site.workspace;
  const plain = id.startsWith('#') ? [...channels.values()].find((channel) => `#${channel.name}` === id) : undefined;
  return plain ?? channels.get(id.startsWith('U') ? `D${id.slice(1)}` : id) ?? refuse('channel_not_found');
};

/** As `channelOf`; refuses with `not_in_channel` when the bot is no member. */
export const joinedChannelOf = (args: Arguments, site: Site, name = 'channel'): SlackChannel => {
  const channel = channelOf(args, site, name);
  return channel.members.includes(site.workspace.app.botUserId) ? channel : refuse('not_in_channel');
};

/** The message of a channel and a timestamp argument. */
export const messageOf = (args: Arguments, site: Site, name: 'ts' | 'timestamp' | 'message_ts'): SlackMessage =>
  site.workspace.messages.get(channelOf(args, site).id, args.need(name)) ?? refuse('message_not_found');

/** A message as histories return it: without its channel, and with metadata only when asked for. */
export const wireMessage = (message: SlackMessage, options: { readonly metadata: boolean }): JsonObject => {
  const { channel: _channel, metadata, ...shown } = message;
  return options.metadata && metadata !== undefined ? { ...shown, metadata } : shown;
};

/** One page of a list, and the cursor to the next in Slack's place for it. */
export const page = <T>(
  items: readonly T[],
  args: Arguments,
  fallback: number,
): { readonly items: readonly T[]; readonly has_more: boolean; readonly response_metadata: JsonObject } => {
  const size = args.count('limit', { fallback, max: 1000 });
  const start = Number(Buffer.from(args.text('cursor') ?? '', 'base64').toString() || 0);
  if (!Number.isInteger(start) || start < 0) return refuse('invalid_cursor');
  const next = start + size;
  const hasMore = next < items.length;
  return {
    items: items.slice(start, next),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? Buffer.from(String(next)).toString('base64') : '' },
  };
};

import type { Arguments } from '../arguments.ts';
import { checkMessage } from '../blocks/check-message.ts';
import { channelOf, joinedChannelOf, type Methods, messageOf, wireMessage } from '../method.ts';
import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import { present, type SlackMessage } from '../slack-objects.ts';

const contentOf = (args: Arguments, site: Site) => {
  const blocks = args.objects('blocks');
  const markdown = args.text('markdown_text');
  const content = {
    text: args.text('text'),
    blocks: markdown === undefined ? blocks : [{ type: 'markdown', text: markdown }],
    attachments: args.objects('attachments'),
  };
  checkMessage(content, site);
  return content;
};

const needContent = (content: ReturnType<typeof contentOf>): void => {
  if (content.text === undefined && content.blocks === undefined && content.attachments === undefined)
    refuse('no_text');
};

const metadataOf = (args: Arguments) => {
  const metadata = args.object('metadata');
  if (metadata === undefined) return undefined;
  const valid = typeof metadata.event_type === 'string' && typeof metadata.event_payload === 'object';
  return valid || Object.keys(metadata).length === 0 ? metadata : refuse('invalid_metadata_format');
};

const threadOf = (args: Arguments, site: Site, channel: string): string | undefined => {
  const thread = args.text('thread_ts');
  if (thread === undefined) return undefined;
  const parent = site.workspace.messages.get(channel, thread);
  if (parent === undefined) return refuse('thread_not_found');
  // Slack files an answer to a reply under the reply's own parent.
  return parent.thread_ts ?? parent.ts;
};

const ownMessage = (args: Arguments, site: Site, code: string): SlackMessage => {
  const message = messageOf(args, site, 'ts');
  return message.user === site.workspace.app.botUserId ? message : refuse(code);
};

/** The app's own messages: posting, editing, deleting, whispering and linking. */
export const chatMethods: Methods = {
  'chat.postMessage': (args, site) => {
    const channel = joinedChannelOf(args, site);
    const content = contentOf(args, site);
    needContent(content);
    const { message } = site.conversation.post({
      ...content,
      text: content.text ?? args.text('markdown_text') ?? '',
      channel: channel.id,
      user: site.workspace.app.botUserId,
      thread: threadOf(args, site, channel.id),
      broadcast: args.flag('reply_broadcast'),
      metadata: metadataOf(args),
    });
    return { channel: channel.id, ts: message.ts, message: wireMessage(message, { metadata: true }) };
  },
  'chat.update': (args, site) => {
    const before = ownMessage(args, site, 'cant_update_message');
    const content = contentOf(args, site);
    needContent(content);
    // As in Slack, an edit that sends no blocks leaves the old ones standing.
    const change = present({ ...content, metadata: metadataOf(args) });
    const { message } = site.conversation.edit(before, change);
    return {
      channel: message.channel,
      ts: message.ts,
      text: message.text,
      message: wireMessage(message, { metadata: true }),
    };
  },
  'chat.delete': (args, site) => {
    const message = ownMessage(args, site, 'cant_delete_message');
    void site.conversation.remove(message);
    return { channel: message.channel, ts: message.ts };
  },
  'chat.postEphemeral': (args, site) => {
    const channel = joinedChannelOf(args, site);
    const user = args.need('user');
    if (!channel.members.includes(user)) refuse('user_not_in_channel');
    const content = contentOf(args, site);
    needContent(content);
    const message = site.conversation.compose({
      ...content,
      text: content.text ?? '',
      channel: channel.id,
      user: site.workspace.app.botUserId,
      thread: threadOf(args, site, channel.id),
    });
    site.workspace.putEphemeral(user, { ...message, is_ephemeral: true });
    return { message_ts: message.ts };
  },
  'chat.getPermalink': (args, site) => {
    const message = messageOf(args, site, 'message_ts');
    const thread = message.thread_ts === undefined ? '' : `?thread_ts=${message.thread_ts}&cid=${message.channel}`;
    const permalink = `${site.baseUrl()}/archives/${message.channel}/p${message.ts.replace('.', '')}${thread}`;
    return { channel: channelOf(args, site).id, permalink };
  },
};

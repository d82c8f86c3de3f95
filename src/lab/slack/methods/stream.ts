import type { Arguments } from '../arguments.ts';
import { joinedChannelOf, type Methods, messageOf, wireMessage } from '../method.ts';
import { refuse } from '../refusal.ts';
import type { Site } from '../site.ts';
import { present, type SlackMessage } from '../slack-objects.ts';

const markdownOf = (args: Arguments): string =>
  args.text('markdown_text') ??
  (args.objects('chunks') ?? []).map((chunk) => (typeof chunk.text === 'string' ? chunk.text : '')).join('');

const streaming = (args: Arguments, site: Site): SlackMessage => {
  const message = messageOf(args, site, 'ts');
  return message.streaming_state === 'in_progress' ? message : refuse('message_not_in_streaming_state');
};

/** Messages that grow while they are written. */
export const streamMethods: Methods = {
  'chat.startStream': (args, site) => {
    const channel = joinedChannelOf(args, site);
    const { message } = site.conversation.post({
      channel: channel.id,
      user: site.workspace.app.botUserId,
      text: markdownOf(args),
      thread: args.need('thread_ts'),
    });
    site.workspace.messages.put({ ...message, streaming_state: 'in_progress' });
    return { channel: channel.id, ts: message.ts };
  },
  'chat.appendStream': (args, site) => {
    const before = streaming(args, site);
    site.workspace.messages.put({ ...before, text: before.text + markdownOf(args) });
    return { channel: before.channel, ts: before.ts };
  },
  'chat.stopStream': (args, site) => {
    const before = streaming(args, site);
    const { message } = site.conversation.edit(
      { ...before, streaming_state: 'completed' },
      present({ text: before.text + markdownOf(args), blocks: args.objects('blocks') }),
    );
    return { channel: message.channel, ts: message.ts, message: wireMessage(message, { metadata: true }) };
  },
};

import { z } from 'zod';
import type { Log } from '../../ports/log.ts';
import { SlackTrouble } from './slack-trouble.ts';
import type { SlackWeb } from './slack-web.ts';

const channelShape = z.object({ id: z.string(), name: z.string().optional(), is_member: z.boolean().optional() });
const infoShape = z.object({ channel: channelShape });
const listShape = z.object({
  channels: z.array(channelShape).default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

const pagesMax = 20;

const byName = async (web: SlackWeb, name: string): Promise<z.infer<typeof channelShape>> => {
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const answer = listShape.parse(
      await web.call('conversations.list', {
        types: 'public_channel,private_channel',
        exclude_archived: true,
        limit: 200,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    const found = answer.channels.find((one) => one.name === name);
    if (found !== undefined) return found;
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') break;
  }
  throw new SlackTrouble('refused', 'channel_not_found', {
    method: 'conversations.list',
    message: `There is no channel “#${name}” that the bot can see. Check the name; a private one must invite the bot first.`,
  });
};

/** The id of the incident channel, which may be given by name. Warns when the bot is not in it. Throws SlackTrouble when there is none. */
export const lookUpChannel = async (web: SlackWeb, channel: string, log: Log): Promise<string> => {
  const name = channel.replace(/^#/, '');
  const isId = /^[CG][A-Z0-9]{7,}$/.test(name);
  const found = isId
    ? infoShape.parse(await web.call('conversations.info', { channel: name })).channel
    : await byName(web, name);
  if (found.is_member === false)
    log.warn({ channel: found.id }, `The bot is not in #${found.name ?? found.id}: type /invite with its name there.`);
  return found.id;
};

import { setTimeout as sleep } from 'node:timers/promises';
import { chartPng } from './chart-png.ts';
import type { Attachment } from './message.ts';
import type { SlackWeb } from './slack-web.ts';

/** Slack needs a moment before a fresh file may stand in a message. */
const readyLooksMax = 10;
const readyEveryMs = 150;

const bytesOf = (attachment: Attachment): Promise<Buffer> =>
  attachment.format === 'svg' ? chartPng(attachment.content) : Promise.resolve(Buffer.from(attachment.content, 'utf8'));

const mimetypeOf = (answer: Readonly<Record<string, unknown>>): string => {
  const { file } = answer as { file?: { mimetype?: unknown } };
  return typeof file?.mimetype === 'string' ? file.mimetype : '';
};

/** Waits until Slack has digested a file; not longer than a second or two, and a refusal to tell counts as ready. */
const untilReady = async (web: SlackWeb, id: string): Promise<void> => {
  for (let look = 0; look < readyLooksMax; look += 1) {
    try {
      if (mimetypeOf(await web.call('files.info', { file: id })) !== '') return;
    } catch {
      return;
    }
    await sleep(readyEveryMs);
  }
};

/** Uploads a message's attachment and returns the file's id: a picture as the bot's own file, a document into the thread. Throws SlackTrouble. */
export const uploadAttachment = async (
  web: SlackWeb,
  attachment: Attachment,
  thread: { readonly channel: string; readonly ts: string },
): Promise<string> => {
  const { name, title, alt } = attachment;
  const file = { name, title, alt, bytes: await bytesOf(attachment) };
  if (attachment.place === 'thread') return web.upload({ ...file, thread });
  const id = await web.upload(file);
  await untilReady(web, id);
  return id;
};

import { z } from 'zod';
import type { Address } from './find-root.ts';
import type { Priority } from './message.ts';
import type { SlackMethod, SlackWeb } from './slack-web.ts';

/** The name under which the bot's messages carry their incident and key. */
export const metadataType = 'ai4all_sre';

/** What a message of the bot carries so that it can be found again. */
export const metadataOf = (uid: string, key: string): object => ({
  event_type: metadataType,
  event_payload: { uid, key },
});

const pageShape = z.object({
  messages: z
    .array(
      z.object({
        ts: z.string(),
        reply_count: z.number().optional().catch(undefined),
        metadata: z
          .object({
            event_type: z.literal(metadataType),
            event_payload: z.object({ uid: z.string(), key: z.string() }),
          })
          .optional()
          .catch(undefined),
        files: z
          .array(z.object({ id: z.string(), name: z.string().optional().catch(undefined) }))
          .optional()
          .catch(undefined),
      }),
    )
    .default([]),
  response_metadata: z.object({ next_cursor: z.string().optional() }).optional(),
});

type FoundMessage = z.infer<typeof pageShape>['messages'][number];

const pagesMax = 5;

const readPages = async (
  web: SlackWeb,
  query: { readonly method: SlackMethod; readonly args: Readonly<Record<string, unknown>>; readonly urgency: Priority },
): Promise<readonly FoundMessage[]> => {
  const { method, args, urgency } = query;
  const found: FoundMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const from = cursor === undefined ? {} : { cursor };
    const answer = await web.call(method, { ...args, ...from, include_all_metadata: true, limit: 200 }, urgency);
    const { messages, response_metadata } = pageShape.parse(answer);
    found.push(...messages);
    cursor = response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') break;
  }
  return found;
};

/** The root of an incident as it stands in the channel. */
export interface FoundRoot {
  readonly uid: string;
  readonly ts: string;
  readonly replies: number;
}

/** The roots of the bot among the channel's newest messages since an instant (epoch seconds), newest first. Throws SlackTrouble. */
export const readRoots = async (
  web: SlackWeb,
  from: { readonly channel: string; readonly sinceSeconds: number; readonly urgency?: Priority },
): Promise<readonly FoundRoot[]> => {
  const args = { channel: from.channel, oldest: String(from.sinceSeconds) };
  const messages = await readPages(web, {
    method: 'conversations.history',
    args,
    urgency: from.urgency ?? 'status',
  });
  return messages.flatMap(({ ts, metadata, reply_count }) =>
    metadata?.event_payload.key === 'root' ? [{ uid: metadata.event_payload.uid, ts, replies: reply_count ?? 0 }] : [],
  );
};

/** Something of an incident as it stands in its thread: under which key, what the ledger keeps of it, and in which message. */
export interface FoundEntry {
  readonly key: string;
  /** A message's own ts, or the id of a file. */
  readonly ts: string;
  readonly messageTs: string;
}

const entriesIn = (
  { ts, metadata, files = [] }: FoundMessage,
  uid: string,
  fileNames: Readonly<Record<string, string>>,
): readonly FoundEntry[] => {
  const own = metadata?.event_payload.uid === uid ? [metadata.event_payload.key] : [];
  const documents = Object.entries(fileNames).flatMap(([key, name]) =>
    files.filter((one) => one.name === name).map(({ id }) => ({ key, ts: id, messageTs: ts })),
  );
  return [...own.map((key) => ({ key, ts, messageTs: ts })), ...documents];
};

/** What stands of an incident in its thread, oldest first. `fileNames` are those of the documents, by their keys. Throws SlackTrouble. */
export const readThread = async (
  web: SlackWeb,
  root: Address,
  of: { readonly uid: string; readonly fileNames: Readonly<Record<string, string>>; readonly urgency?: Priority },
): Promise<readonly FoundEntry[]> => {
  const { channel, ts } = root;
  const messages = await readPages(web, {
    method: 'conversations.replies',
    args: { channel, ts },
    urgency: of.urgency ?? 'status',
  });
  return messages.flatMap((message) => entriesIn(message, of.uid, of.fileNames));
};

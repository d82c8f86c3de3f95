import { z } from 'zod';
import type { CaseFile } from '../../domain/case-file.ts';
import type { Clock } from '../../ports/clock.ts';
import type { ShownLedger } from '../../ports/shown-ledger.ts';
import type { Address, FindRoot, ReadRoots } from './find-root.ts';
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

/** What is needed to look for messages whose posting was never confirmed. */
export interface LostMessagesDeps {
  readonly web: SlackWeb;
  readonly shown: ShownLedger;
  readonly clock: Clock;
  readonly findRoot: FindRoot;
}

const readPages = async (
  web: SlackWeb,
  method: SlackMethod,
  args: Readonly<Record<string, unknown>>,
): Promise<readonly FoundMessage[]> => {
  const found: FoundMessage[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page += 1) {
    const from = cursor === undefined ? {} : { cursor };
    const answer = await web.call(method, { ...args, ...from, include_all_metadata: true, limit: 200 });
    const { messages, response_metadata } = pageShape.parse(answer);
    found.push(...messages);
    cursor = response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') break;
  }
  return found;
};

const keyOf = ({ metadata }: FoundMessage, uid: string): string | undefined =>
  metadata?.event_payload.uid === uid ? metadata.event_payload.key : undefined;

/** Reads the channel's newest messages for roots of the bot. */
export const readRootsWith =
  (web: SlackWeb): ReadRoots =>
  async (channel, sinceSeconds) => {
    const messages = await readPages(web, 'conversations.history', { channel, oldest: String(sinceSeconds) });
    return new Map(
      messages.flatMap(({ ts, metadata }) =>
        metadata?.event_payload.key === 'root' ? [[metadata.event_payload.uid, ts] as const] : [],
      ),
    );
  };

const entriesIn = (
  message: FoundMessage,
  uid: string,
  fileNames: Readonly<Record<string, string>>,
): readonly { readonly key: string; readonly ts: string }[] => {
  const key = keyOf(message, uid);
  const files = Object.entries(fileNames).flatMap(([fileKey, name]) =>
    (message.files ?? []).filter((one) => one.name === name).map(({ id }) => ({ key: fileKey, ts: id })),
  );
  return [...(key === undefined ? [] : [{ key, ts: message.ts }]), ...files];
};

/** Looks in Slack for messages of an incident that the ledger does not know, and enters them: so that a lost reply is no second post. */
export const findLostMessages = async (
  deps: LostMessagesDeps,
  file: CaseFile,
  place: { readonly channel: string; readonly fileNames: Readonly<Record<string, string>> },
): Promise<void> => {
  const { web, shown, clock } = deps;
  const { uid } = file.incident;
  const known = new Map((await shown.of(uid)).map((one) => [one.key, one]));
  const root: Address | undefined = known.get('root') ?? (await deps.findRoot(file, place.channel));
  if (root === undefined) return;
  const { channel, ts } = root;
  const replies = await readPages(web, 'conversations.replies', { channel, ts });
  const found = [{ key: 'root', ts }, ...replies.flatMap((message) => entriesIn(message, uid, place.fileNames))];
  const unknown = new Map(found.filter(({ key }) => !known.has(key)).map((one) => [one.key, one.ts]));
  // An unknown content hash differs from every real one, so the next edit brings the message up to date.
  for (const [key, at] of unknown) await shown.put({ uid, key, channel, ts: at, hash: '', at: clock.now() });
};

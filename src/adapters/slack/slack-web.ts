import type { webApi } from '@slack/bolt';
import type { Clock } from '../../ports/clock.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Priority } from './message.ts';
import { createLane, type Pace } from './outbox.ts';
import { troubleOf } from './slack-trouble.ts';

/** A file on its way to Slack. With `thread` it is posted there, else it stays the bot's own until a block shows it. */
export interface Upload {
  readonly name: string;
  readonly title: string;
  readonly alt: string;
  readonly bytes: Buffer;
  readonly thread?: { readonly channel: string; readonly ts: string };
}

/** The Web API as the adapter uses it: each call is counted, bounded in time, never repeated, and fails with SlackTrouble. */
export interface SlackWeb {
  call(
    method: SlackMethod,
    args: Readonly<Record<string, unknown>>,
    urgency?: Priority,
  ): Promise<Readonly<Record<string, unknown>>>;
  /** The id of the uploaded file. */
  upload(file: Upload): Promise<string>;
}

/** Every Web API method that the adapter calls; each needs its scope in slack-manifest.yml. */
export const slackMethods = [
  'auth.test',
  'chat.delete',
  'chat.postEphemeral',
  'chat.postMessage',
  'chat.update',
  'conversations.history',
  'conversations.info',
  'conversations.list',
  'conversations.replies',
  'files.completeUploadExternal',
  'files.getUploadURLExternal',
  'files.info',
  'reactions.get',
  'usergroups.list',
  'usergroups.users.list',
  'users.info',
  'views.open',
  'views.publish',
  'views.update',
] as const;

/** The name of a Web API method that the adapter calls. */
export type SlackMethod = (typeof slackMethods)[number];

/** Everything that leaves for Slack is bounded in time, the answers to commands and the bytes of uploads too. */
export const boundedFetch =
  (callMsMax: number): typeof fetch =>
  (input, init) => {
    const tooLate = AbortSignal.timeout(callMsMax);
    const signal = init?.signal == null ? tooLate : AbortSignal.any([init.signal, tooLate]);
    return fetch(input, { ...init, signal });
  };

const uploadedId = (answer: Readonly<Record<string, unknown>>): string => {
  const [batch] = (answer.files ?? []) as readonly { readonly files?: readonly { readonly id?: string }[] }[];
  const id = batch?.files?.[0]?.id;
  if (id === undefined) throw new Error('the upload was not completed');
  return id;
};

/** Slack's tiers of the methods that nobody waits for at a screen; posts and edits have the outbox. A few calls a minute are left over. */
const tierPaces: Readonly<Partial<Record<SlackMethod | 'files.uploadV2', Pace>>> = {
  'chat.delete': { perSecond: 0.75, burst: 15, perMinute: 47 },
  'conversations.history': { perSecond: 0.75, burst: 15, perMinute: 47 },
  'conversations.replies': { perSecond: 0.75, burst: 15, perMinute: 47 },
  'conversations.list': { perSecond: 0.3, burst: 10, perMinute: 18 },
  'reactions.get': { perSecond: 0.75, burst: 15, perMinute: 47 },
  'usergroups.list': { perSecond: 0.3, burst: 10, perMinute: 18 },
  'usergroups.users.list': { perSecond: 0.3, burst: 10, perMinute: 18 },
  'files.uploadV2': { perSecond: 1, burst: 15, perMinute: 90 },
};

/** Wraps a Bolt web client. Reading and uploading wait for their turn. The client itself must not retry: a repeated post is a second post. */
export const createSlackWeb = (client: webApi.WebClient, meter: Meter, clock: Clock): SlackWeb => {
  const lanes = new Map(Object.entries(tierPaces).map(([method, pace]) => [method, createLane(pace, clock)]));
  const counted = async <T>(method: string, urgency: Priority, work: () => Promise<T>): Promise<T> => {
    const turn = await lanes.get(method)?.turn(urgency);
    try {
      const answer = await work();
      meter.count('slack_calls_total', { method, outcome: 'ok' });
      return answer;
    } catch (error) {
      const trouble = troubleOf(error, method);
      meter.count('slack_calls_total', { method, outcome: trouble.code });
      throw trouble;
    } finally {
      turn?.ended();
    }
  };
  return {
    call: (method, args, urgency = 'status') =>
      counted(method, urgency, async () => ({ ...(await client.apiCall(method, { ...args })) })),
    upload: ({ name, title, alt, bytes, thread }) =>
      counted('files.uploadV2', 'status', async () => {
        const file = { filename: name, title, alt_text: alt, file: bytes };
        const place = thread === undefined ? {} : { channel_id: thread.channel, thread_ts: thread.ts };
        return uploadedId({ ...(await client.files.uploadV2({ ...file, ...place } as webApi.FilesUploadV2Arguments)) });
      }),
  };
};

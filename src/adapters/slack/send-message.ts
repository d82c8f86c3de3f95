import { limits } from '../../limits.ts';
import type { Shown } from '../../ports/shown-ledger.ts';
import { keepUp } from './keep-up.ts';
import { contentHash, type Message, type Priority } from './message.ts';
import type { Turn } from './outbox.ts';
import { metadataOf } from './read-messages.ts';
import { SlackTrouble, troubleOf } from './slack-trouble.ts';
import { enter, leaveFileForLater, type Pass } from './thread-work.ts';

type Variant = Pick<Message, 'text' | 'blocks'>;
type Answer = Readonly<Record<string, unknown>>;

const hasPicture = (message: Variant): boolean => message.blocks.some((block) => block.type === 'image');

const withoutPictures = ({ text, blocks }: Variant): Variant => ({
  text,
  blocks: blocks.filter((block) => block.type !== 'image'),
});

/** The message in the best form first: as it is, without its picture, and as a last resort as text alone. */
const variantsOf = (message: Message): readonly Variant[] => [
  { text: message.text, blocks: message.blocks },
  ...(hasPicture(message) ? [withoutPictures(message)] : []),
  { text: message.text, blocks: [] },
];

/** Sends the best form that Slack accepts. A refused picture is tried again later; refused blocks are not, they would be refused again. */
const sendBest = async (
  pass: Pass,
  { message, turn }: { readonly message: Message; readonly turn: Turn },
  send: (variant: Variant) => Promise<Answer>,
) => {
  for (const variant of variantsOf(message)) {
    try {
      const answer = await send(variant);
      return { answer, hash: contentHash(variant.blocks.length === 0 ? message : variant) };
    } catch (error) {
      const trouble = troubleOf(error, 'chat.postMessage');
      if (trouble.kind !== 'content') throw trouble;
      const fields = { uid: pass.file.incident.uid, key: message.key, code: trouble.code };
      pass.tools.log.warn(fields, `Slack refused a form of this message: ${trouble.message}`);
      if (hasPicture(variant)) leaveFileForLater(pass.work);
    } finally {
      turn.ended();
    }
  }
  throw new SlackTrouble('content', 'invalid_blocks', {
    method: 'chat.postMessage',
    message: 'Slack refused every form of this message.',
  });
};

/** The message as it is by now, after a wait for its turn; null when it is not to be sent any more. */
const newest = async (pass: Pass, message: Message): Promise<Message | null> => {
  if (!(await keepUp(pass))) return null;
  return pass.messages.find(({ key }) => key === message.key) ?? null;
};

/** Posts a message: the root into the channel, every other under its root. Does nothing when it should not stand any more, or another replica does it. Throws SlackTrouble. */
export const postMessage = async (pass: Pass, planned: Message, urgency: Priority): Promise<void> => {
  const { outbox, web } = pass.tools;
  const turn = await outbox.turn('post', urgency);
  const message = await newest(pass, planned);
  if (message === null) return turn.giveBack();
  const root = message.key === 'root' ? undefined : pass.shown.get('root');
  const place = root === undefined ? { channel: pass.channel } : { channel: root.channel, thread_ts: root.ts };
  const { answer, hash } = await sendBest(pass, { message, turn }, (variant) =>
    web.call('chat.postMessage', {
      ...place,
      ...variant,
      metadata: metadataOf(pass.file.incident.uid, message.key),
      unfurl_links: false,
      unfurl_media: false,
    }),
  );
  await enter(pass, message.key, { channel: String(answer.channel ?? place.channel), ts: String(answer.ts), hash });
};

const editsRememberedMax = 1_000;

const rememberEdit = (editedAt: Map<string, number>, key: string, atMs: number): void => {
  editedAt.delete(key);
  editedAt.set(key, atMs);
  const [oldest] = editedAt.keys();
  if (editedAt.size > editsRememberedMax && oldest !== undefined) editedAt.delete(oldest);
};

/** Edits a message in place, at most once a second; an edit that comes too early is left for a later pass. Throws SlackTrouble. */
export const editMessage = async (pass: Pass, planned: Message, before: Shown): Promise<void> => {
  const { tools, work } = pass;
  const { uid } = pass.file.incident;
  const editKey = `${uid} ${planned.key}`;
  const sinceMs = tools.clock.nowMs() - (tools.editedAt.get(editKey) ?? Number.NEGATIVE_INFINITY);
  const waitMs = limits.slackEditEveryMsMin - sinceMs;
  // Below 0 the clock was set back since: nobody waits for it to catch up.
  if (sinceMs >= 0 && waitMs > 0) {
    work.laterMs = Math.min(work.laterMs ?? waitMs, waitMs);
    return;
  }
  const turn = await tools.outbox.turn('edit', planned.priority);
  const message = await newest(pass, planned);
  if (message === null) return turn.giveBack();
  rememberEdit(tools.editedAt, editKey, tools.clock.nowMs());
  const { channel, ts } = before;
  const metadata = metadataOf(uid, message.key);
  const { hash } = await sendBest(pass, { message, turn }, (variant) =>
    tools.web.call('chat.update', { channel, ts, ...variant, metadata }),
  );
  await enter(pass, message.key, { channel, ts, hash });
};

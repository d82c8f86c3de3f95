import { uploadAttachment } from './file-uploads.ts';
import { keepUp, renderPass } from './keep-up.ts';
import { type Attachment, contentHash, type Message, type Priority } from './message.ts';
import { editMessage, postMessage } from './send-message.ts';
import { type SlackTrouble, troubleOf } from './slack-trouble.ts';
import { enter, fileKeyOf, isLost, leaveFileForLater, leaveForLater, type Pass } from './thread-work.ts';
import { isSettled, isTold, toldKey } from './told.ts';

const ranks: Readonly<Record<Priority, number>> = { approval: 0, status: 1, evidence: 2 };

/** What stands before a proposal in its thread must not make the proposal wait behind other incidents. */
const urgencyOf = (missing: readonly Message[]): Priority =>
  missing.reduce<Priority>((top, { priority }) => (ranks[priority] < ranks[top] ? priority : top), 'evidence');

/** Uploads a file; a failure must not hold the thread up, so it is left for later a few times. */
const uploadFile = async (pass: Pass, key: string, attachment: Attachment): Promise<boolean> => {
  const { tools, work, shown } = pass;
  const root = shown.get('root');
  if (work.uploadTriesLeft <= 0 || root === undefined) return false;
  // A picture of the bot's own is no post; a document in the thread is one.
  const turn = attachment.place === 'thread' ? await tools.outbox.turn('post', 'evidence') : undefined;
  // A document is never edited: what is in it must be the last word.
  if (turn !== undefined && (work.dirty || isLost(pass))) {
    leaveForLater(work);
    turn.giveBack();
    return false;
  }
  try {
    const id = await uploadAttachment(tools.web, attachment, root).finally(turn?.ended);
    await enter(pass, fileKeyOf(key), { channel: root.channel, ts: id, hash: '' });
    return true;
  } catch (error) {
    const trouble = troubleOf(error, 'files.uploadV2');
    const fields = { uid: pass.file.incident.uid, key, code: trouble.code };
    tools.log.warn(fields, `A file could not be uploaded: ${trouble.message}`);
    if (trouble.kind === 'lost' && attachment.place === 'thread') {
      work.suspect = true;
      await tools.raiseDoubt(pass.file.incident.uid);
    }
    leaveFileForLater(work);
    return false;
  }
};

const forgetMessage = (pass: Pass, key: string): void => {
  // With its root a whole thread is gone from people's sight, so all of it is told again under a new root.
  const lost = key === 'root' ? [...pass.shown.keys()].filter((one) => one !== fileKeyOf('context')) : [key];
  for (const one of lost) {
    pass.work.gone.add(one);
    pass.shown.delete(one);
  }
};

const bring = async (pass: Pass, message: Message, urgency: Priority): Promise<void> => {
  const before = pass.shown.get(message.key);
  if (before === undefined) return postMessage(pass, message, urgency);
  if (before.hash !== contentHash(message)) await editMessage(pass, message, before);
};

/** What to forget when Slack says that something is not there any more; null when the trouble is of another kind. */
const goneKey = (trouble: SlackTrouble, message: Message): string | null => {
  if (trouble.code === 'thread_not_found') return 'root';
  return trouble.kind === 'gone' || trouble.kind === 'unwilling' ? message.key : null;
};

/** The message with its picture, once Slack holds the picture. */
const pictured = async (pass: Pass, message: Message): Promise<Message> => {
  const { attachment, key } = message;
  if (attachment?.place !== 'block' || pass.shown.has(fileKeyOf(key))) return message;
  if (!(await uploadFile(pass, key, attachment))) return message;
  renderPass(pass);
  return pass.messages.find((one) => one.key === key) ?? message;
};

/** Shows one message; false when the rest must be shown by another pass, because something that was thought to stand is gone. */
const showMessage = async (pass: Pass, message: Message, urgency: Priority): Promise<boolean> => {
  try {
    await bring(pass, await pictured(pass, message), urgency);
  } catch (error) {
    const trouble = troubleOf(error, 'chat.postMessage');
    const key = goneKey(trouble, message);
    if (key === null) throw trouble;
    forgetMessage(pass, key);
    pass.work.dirty = true;
    return false;
  }
  const { attachment, key } = message;
  if (attachment?.place === 'thread' && pass.shown.has(key) && !pass.shown.has(fileKeyOf(key)))
    await uploadFile(pass, key, attachment);
  return true;
};

/** In a storm the proposals come first: evidence that does not stand yet is left out, and is there on demand. */
const isFolded = ({ tools, shown }: Pass, { key, priority }: Message): boolean =>
  priority === 'evidence' && !shown.has(key) && tools.isBusy();

/** Enters that the thread tells its case completely, so that the next life need not compare the two. */
const enterTold = async (pass: Pass): Promise<void> => {
  const { tools, work, file, channel, shown } = pass;
  const mark = tools.mark(file);
  // What this life gave up, a file that Slack kept refusing, the next one tries again.
  const isComplete = !work.dirty && work.laterMs === undefined && work.uploadTriesLeft > 0;
  if (!isComplete || tools.isUnsure(file.incident.uid) || !isSettled(file) || isTold(shown.values(), mark)) return;
  await enter(pass, toldKey, { channel, ts: `${toldKey} ${file.incident.uid}`, hash: mark });
};

/**
 * One pass over a thread: each message once. Missing ones are posted in order, then others edited where they differ. A case that
 * changes all the time must not keep its thread from being told, so each is sent as it is when its turn comes. Throws SlackTrouble.
 */
export const threadPass = async (pass: Pass): Promise<void> => {
  const { work, shown } = pass;
  for (const key of [...work.gone]) forgetMessage(pass, key);
  renderPass(pass);
  const passed = new Set<string>();
  const left = () => pass.messages.filter(({ key }) => !passed.has(key));
  const missing = () => left().filter(({ key }) => !shown.has(key));
  for (let message = missing()[0] ?? left()[0]; message !== undefined; message = missing()[0] ?? left()[0]) {
    const urgency = urgencyOf(missing());
    passed.add(message.key);
    if (isFolded(pass, message)) continue;
    if (!(await showMessage(pass, message, urgency)) || !(await keepUp(pass))) return;
  }
  if (pass.isOverrun) work.dirty = true;
  else await enterTold(pass);
};

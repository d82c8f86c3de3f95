import type { SlackMessage } from './slack-objects.ts';

/** All messages of the workspace, oldest first, each under its channel. Messages are immutable; a change replaces one. */
export interface MessageLog {
  get(channel: string, ts: string): SlackMessage | undefined;
  /** Stores a new or changed message, and keeps its parent's reply count right. */
  put(message: SlackMessage): void;
  /** Takes a message away; a parent with replies stays as a tombstone. */
  remove(channel: string, ts: string): void;
  all(channel: string): readonly SlackMessage[];
  /** What the channel itself shows: everything but replies that were not broadcast. */
  history(channel: string): readonly SlackMessage[];
  /** The parent and its replies, oldest first; empty when there is no such message. */
  thread(channel: string, ts: string): readonly SlackMessage[];
}

const isReply = (message: SlackMessage): boolean => message.thread_ts !== undefined && message.thread_ts !== message.ts;

const withReplies = (parent: SlackMessage, replies: readonly SlackMessage[]): SlackMessage => {
  const { reply_count: _count, reply_users: _users, reply_users_count: _n, latest_reply: _latest, ...rest } = parent;
  const latest = replies.at(-1);
  if (latest === undefined) {
    const { thread_ts: _thread, ...alone } = rest;
    return alone;
  }
  const users = [...new Set(replies.map((reply) => reply.user))];
  return {
    ...rest,
    thread_ts: parent.ts,
    reply_count: replies.length,
    reply_users: users.slice(0, 5),
    reply_users_count: users.length,
    latest_reply: latest.ts,
  };
};

const tombstone = (message: SlackMessage): SlackMessage => ({
  type: 'message',
  channel: message.channel,
  ts: message.ts,
  team: message.team,
  user: 'USLACKBOT',
  subtype: 'tombstone',
  text: 'This message was deleted.',
});

const byTime = (left: SlackMessage, right: SlackMessage): number => left.ts.localeCompare(right.ts);

/** Keeps messages in memory. `onChange` hears of every message that now looks different, and of every one that is gone. */
export const createMessageLog = (onChange: {
  readonly put: (message: SlackMessage) => void;
  readonly removed: (channel: string, ts: string) => void;
}): MessageLog => {
  const channels = new Map<string, Map<string, SlackMessage>>();
  const shelf = (channel: string): Map<string, SlackMessage> => {
    const known = channels.get(channel) ?? new Map<string, SlackMessage>();
    channels.set(channel, known);
    return known;
  };
  const all = (channel: string) => [...shelf(channel).values()].sort(byTime);
  const replies = (channel: string, ts: string) =>
    all(channel).filter((message) => message.thread_ts === ts && isReply(message));
  const write = (message: SlackMessage): void => {
    shelf(message.channel).set(message.ts, message);
    onChange.put(message);
  };
  const recount = (channel: string, ts: string): void => {
    const parent = shelf(channel).get(ts);
    if (parent !== undefined) write(withReplies(parent, replies(channel, ts)));
  };

  return {
    get: (channel, ts) => shelf(channel).get(ts),
    put: (message) => {
      const isNew = !shelf(message.channel).has(message.ts);
      write(message);
      if (isNew && isReply(message) && message.thread_ts !== undefined) recount(message.channel, message.thread_ts);
    },
    remove: (channel, ts) => {
      const message = shelf(channel).get(ts);
      if (message === undefined) return;
      if (replies(channel, ts).length > 0) {
        write(withReplies(tombstone(message), replies(channel, ts)));
        return;
      }
      shelf(channel).delete(ts);
      onChange.removed(channel, ts);
      if (isReply(message) && message.thread_ts !== undefined) recount(channel, message.thread_ts);
    },
    all,
    history: (channel) => all(channel).filter((message) => !isReply(message) || message.subtype === 'thread_broadcast'),
    thread: (channel, ts) => {
      const parent = shelf(channel).get(ts);
      return parent === undefined ? [] : [parent, ...replies(channel, ts)];
    },
  };
};

import { channelType, type EventFeed } from './event-feed.ts';
import {
  type Ack,
  type JsonObject,
  present,
  type Reaction,
  type SlackFile,
  type SlackMessage,
} from './slack-objects.ts';
import type { Workspace } from './workspace.ts';

/** A message to be. The author is the bot when `user` is the bot's id. */
export interface Draft {
  readonly channel: string;
  readonly user: string;
  readonly text: string;
  readonly blocks?: readonly JsonObject[] | undefined;
  readonly attachments?: readonly JsonObject[] | undefined;
  readonly metadata?: JsonObject | undefined;
  readonly files?: readonly SlackFile[] | undefined;
  readonly thread?: string | undefined;
  readonly broadcast?: boolean | undefined;
}

/** A changed or new message, and the app's answers to the events that it caused. */
export interface Said {
  readonly message: SlackMessage;
  readonly delivered: Promise<readonly Ack[]>;
}

/** What happens to messages, whoever does it: every change reaches the log and, as an event, the app. */
export interface Conversation {
  post(draft: Draft): Said;
  /** Builds a message without keeping it, for those that one person alone sees. */
  compose(draft: Draft): SlackMessage;
  edit(
    message: SlackMessage,
    change: Partial<Pick<SlackMessage, 'text' | 'blocks' | 'attachments' | 'metadata'>>,
  ): Said;
  remove(message: SlackMessage): Promise<Ack>;
  /** Null when the reaction is there already (or, to take away, is not). */
  react(reaction: {
    readonly user: string;
    readonly message: SlackMessage;
    readonly name: string;
    readonly on: boolean;
  }): Promise<Ack> | null;
}

/** Gives every block the id that Slack would make up. */
export const withBlockIds = (blocks: readonly JsonObject[], newId: (prefix: string) => string): readonly JsonObject[] =>
  blocks.map((block) => ({ block_id: newId('').slice(0, 5), ...block }));

const signatureOf = (workspace: Workspace, user: string) => {
  if (user !== workspace.app.botUserId) return { client_msg_id: workspace.newId('').toLowerCase() };
  const profile = { id: workspace.app.botId, app_id: workspace.app.id, name: 'srebot', team_id: workspace.team.id };
  return { bot_id: workspace.app.botId, app_id: workspace.app.id, bot_profile: profile };
};

const subtypeOf = (draft: Draft): string | undefined => {
  if (draft.broadcast === true) return 'thread_broadcast';
  return draft.files === undefined ? undefined : 'file_share';
};

const composer =
  (workspace: Workspace) =>
  (draft: Draft): SlackMessage => {
    const parent = draft.thread === undefined ? undefined : workspace.messages.get(draft.channel, draft.thread);
    return present({
      type: 'message' as const,
      channel: draft.channel,
      ts: workspace.nextTs(),
      user: draft.user,
      text: draft.text,
      team: workspace.team.id,
      subtype: subtypeOf(draft),
      blocks: draft.blocks === undefined ? undefined : withBlockIds(draft.blocks, workspace.newId),
      attachments: draft.attachments,
      metadata: draft.metadata,
      files: draft.files,
      thread_ts: draft.thread,
      parent_user_id: parent?.user,
      ...signatureOf(workspace, draft.user),
    });
  };

/** The reactions after one person put one emoji on (or took it off); null when nothing changes. */
const changedReactions = (
  before: readonly Reaction[],
  wish: { readonly user: string; readonly name: string; readonly on: boolean },
): readonly Reaction[] | null => {
  const known = before.find((reaction) => reaction.name === wish.name);
  if ((known?.users.includes(wish.user) ?? false) === wish.on) return null;
  const users = wish.on
    ? [...(known?.users ?? []), wish.user]
    : (known?.users ?? []).filter((user) => user !== wish.user);
  const reaction: Reaction = { name: wish.name, users, count: users.length };
  if (known === undefined) return [...before, reaction];
  return before.map((other) => (other.name === wish.name ? reaction : other)).filter((other) => other.count > 0);
};

/** Joins the message log to the event feed. */
export const createConversation = (deps: { readonly workspace: Workspace; readonly feed: EventFeed }): Conversation => {
  const { workspace, feed } = deps;
  const compose = composer(workspace);
  const hidden = (message: SlackMessage, event: JsonObject): Promise<Ack> =>
    feed.sendIn(message.channel, {
      type: 'message',
      hidden: true,
      channel: message.channel,
      channel_type: channelType(workspace.channels.get(message.channel)),
      ...event,
    });

  return {
    compose,
    post: (draft) => {
      const message = compose(draft);
      workspace.messages.put(message);
      return { message, delivered: feed.announce(message) };
    },
    edit: (before, change) => {
      const blocks = change.blocks === undefined ? {} : { blocks: withBlockIds(change.blocks, workspace.newId) };
      const edited = { user: before.user, ts: workspace.nextTs() };
      const message: SlackMessage = { ...before, ...change, ...blocks, edited };
      workspace.messages.put(message);
      const event = { subtype: 'message_changed', ts: edited.ts, message, previous_message: before };
      return { message, delivered: hidden(message, event).then((ack) => [ack]) };
    },
    remove: (message) => {
      workspace.messages.remove(message.channel, message.ts);
      const ts = workspace.nextTs();
      return hidden(message, { subtype: 'message_deleted', ts, deleted_ts: message.ts, previous_message: message });
    },
    react: ({ user, message, name, on }) => {
      const reactions = changedReactions(message.reactions ?? [], { user, name, on });
      if (reactions === null) return null;
      workspace.messages.put({ ...message, reactions });
      return feed.sendIn(message.channel, {
        type: on ? 'reaction_added' : 'reaction_removed',
        user,
        reaction: name,
        item_user: message.user,
        item: { type: 'message', channel: message.channel, ts: message.ts },
      });
    },
  };
};

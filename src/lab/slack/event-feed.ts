import type { Ack, JsonObject, Link, SlackChannel, SlackMessage } from './slack-objects.ts';
import type { Workspace } from './workspace.ts';

/** Sends events to the app, if it subscribed to them and if the bot may see them. */
export interface EventFeed {
  /** Wraps one inner event as Slack does. Resolves when the app answered or every attempt is over. */
  send(event: JsonObject): Promise<Ack>;
  /** As `send`, for an event in a channel: it goes nowhere when the bot is not a member. */
  sendIn(channel: string, event: JsonObject): Promise<Ack>;
  /** The event of a new message, together with the mention that it may hold. */
  announce(message: SlackMessage): Promise<readonly Ack[]>;
}

const unheard: Ack = { acked: false, payload: {}, attempts: 0 };

/** Slack's own word for what kind of conversation an event is in. */
export const channelType = (channel: SlackChannel | undefined): 'channel' | 'im' =>
  channel?.kind === 'im' ? 'im' : 'channel';

const subscriptionOf = (event: JsonObject): string =>
  event.type === 'message' ? `message.${event.channel_type === 'im' ? 'im' : 'channels'}` : String(event.type);

const wrap = (workspace: Workspace, event: JsonObject): JsonObject => ({
  token: 'local-verification',
  team_id: workspace.team.id,
  context_team_id: workspace.team.id,
  context_enterprise_id: null,
  api_app_id: workspace.app.id,
  event: { event_ts: workspace.nextTs(), ...event },
  type: 'event_callback',
  event_id: workspace.newId('Ev'),
  event_time: Math.floor(workspace.nowMs() / 1000),
  authorizations: [
    {
      enterprise_id: null,
      team_id: workspace.team.id,
      user_id: workspace.app.botUserId,
      is_bot: true,
      is_enterprise_install: false,
    },
  ],
  is_ext_shared_channel: false,
  event_context: `4-${workspace.newId('')}`,
});

/** Joins the workspace to the link that leads to the app. */
export const createEventFeed = (deps: {
  readonly workspace: Workspace;
  readonly link: () => Link;
  readonly subscriptions: readonly string[];
}): EventFeed => {
  const { workspace } = deps;
  const send = (event: JsonObject): Promise<Ack> =>
    deps.subscriptions.includes(subscriptionOf(event))
      ? deps.link().deliver('events_api', wrap(workspace, event))
      : Promise.resolve(unheard);
  const sendIn = (channel: string, event: JsonObject): Promise<Ack> => {
    const members = workspace.channels.get(channel)?.members ?? [];
    return members.includes(workspace.app.botUserId) ? send(event) : Promise.resolve(unheard);
  };

  return {
    send,
    sendIn,
    announce: (message) => {
      const channel = workspace.channels.get(message.channel);
      const { metadata: _private, ...shown } = message;
      const event = { ...shown, channel_type: channelType(channel), event_ts: message.ts };
      const isMention =
        message.bot_id === undefined &&
        channelType(channel) === 'channel' &&
        message.text.includes(`<@${workspace.app.botUserId}>`);
      const { type: _type, client_msg_id: _id, parent_user_id: _parent, ...mention } = shown;
      return Promise.all([
        sendIn(message.channel, event),
        ...(isMention ? [sendIn(message.channel, { ...mention, type: 'app_mention', event_ts: message.ts })] : []),
      ]);
    },
  };
};

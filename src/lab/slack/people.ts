import { directChannelId } from './laboratory-team.ts';
import { findElement, type PickedValue, pickedFields } from './picked-element.ts';
import { applyResponse } from './response-url.ts';
import type { Site } from './site.ts';
import { type Ack, isObject, type JsonObject, present, type SlackMessage, type SlackView } from './slack-objects.ts';
import type { ResponseContext } from './tickets.ts';
import { readView } from './view-record.ts';

/** Where a click happens: on a message (a reply or an ephemeral one too) or in a view. */
export interface Click extends PickedValue {
  readonly user: string;
  readonly actionId: string;
  readonly channel?: string;
  readonly ts?: string;
  readonly viewId?: string;
  /** Needed only where two elements of one message share an action id. */
  readonly blockId?: string;
  /** What the other inputs of the message or view hold at this moment. */
  readonly values?: JsonObject;
}

/** What people do in Slack. Every promise resolves when the app has answered, or is known to stay silent. */
export interface People {
  /** `text` is in Slack's wire form: `<@U0SREBOT1> help`. */
  say(words: {
    readonly user: string;
    readonly channel: string;
    readonly text: string;
    readonly thread?: string;
  }): Promise<{ readonly ts: string; readonly acks: readonly Ack[] }>;
  edit(words: { readonly channel: string; readonly ts: string; readonly text: string }): Promise<readonly Ack[]>;
  remove(message: { readonly channel: string; readonly ts: string }): Promise<Ack>;
  react(reaction: ReactionOf): Promise<Ack>;
  unreact(reaction: ReactionOf): Promise<Ack>;
  click(click: Click): Promise<Ack>;
  /** `command` with its slash; `text` is what follows. */
  slash(command: {
    readonly user: string;
    readonly channel: string;
    readonly command: string;
    readonly text: string;
  }): Promise<Ack>;
  /** `values` as in `view.state.values`: block id, then action id, then the element's state. */
  submit(form: { readonly user: string; readonly viewId: string; readonly values: JsonObject }): Promise<Ack>;
  closeView(form: { readonly user: string; readonly viewId: string }): Promise<Ack>;
  openHome(visit: { readonly user: string; readonly tab?: 'home' | 'messages' }): Promise<Ack>;
  join(visit: { readonly user: string; readonly channel: string }): Promise<Ack>;
}

/** One emoji by one person on one message. */
export interface ReactionOf {
  readonly user: string;
  readonly channel: string;
  readonly ts: string;
  readonly name: string;
}

const silent: Ack = { acked: false, payload: {}, attempts: 0 };

const mustFind = (site: Site, channel: string, ts: string): SlackMessage => {
  const message = site.workspace.messages.get(channel, ts);
  if (message === undefined) throw new Error(`There is no message ${ts} in ${channel}.`);
  return message;
};

const face = (site: Site, user: string): JsonObject => {
  const name = site.workspace.users.get(user)?.name ?? user;
  return { id: user, username: name, name, team_id: site.workspace.team.id };
};

const interaction = (site: Site, user: string): JsonObject => ({
  user: face(site, user),
  api_app_id: site.workspace.app.id,
  token: 'local-verification',
  trigger_id: site.tickets.newTrigger(user),
  team: { id: site.workspace.team.id, domain: site.workspace.team.domain },
  enterprise: null,
  is_enterprise_install: false,
});

const responseUrl = (site: Site, context: ResponseContext): string =>
  `${site.baseUrl()}/response/${site.tickets.newResponse(context)}`;

const onMessage = (site: Site, click: Click, message: SlackMessage): JsonObject => {
  const { channel } = message;
  const context = present({
    user: click.user,
    channel,
    ts: message.ts,
    thread: message.thread_ts,
    isEphemeral: message.is_ephemeral,
  });
  return {
    container: present({
      type: 'message',
      message_ts: message.ts,
      channel_id: channel,
      is_ephemeral: message.is_ephemeral === true,
      thread_ts: message.thread_ts,
    }),
    channel: { id: channel, name: site.workspace.channels.get(channel)?.name ?? 'directmessage' },
    message,
    state: { values: click.values ?? {} },
    response_url: responseUrl(site, context),
  };
};

const onView = (click: Click, view: SlackView): JsonObject => ({
  container: { type: 'view', view_id: view.id },
  view: { ...view, state: { values: click.values ?? {} } },
});

const clicked = async (site: Site, click: Click): Promise<Ack> => {
  const { workspace } = site;
  const view =
    click.viewId === undefined
      ? undefined
      : (workspace.views.find(click.viewId)?.view ??
        [workspace.home(click.user)].find((home) => home?.id === click.viewId));
  const message =
    workspace.ephemerals(click.user).find((known) => known.ts === click.ts) ??
    workspace.messages.get(click.channel ?? '', click.ts ?? '');
  const found = findElement(view?.blocks ?? message?.blocks ?? [], click);
  if (found === undefined) throw new Error(`There is nothing to click with the action id ${click.actionId}.`);
  const action = {
    ...pickedFields(found.element, click),
    action_id: click.actionId,
    block_id: found.blockId,
    type: found.element.type,
    action_ts: workspace.nextTs(),
  };
  const place =
    view === undefined ? (message === undefined ? {} : onMessage(site, click, message)) : onView(click, view);
  return site
    .link()
    .deliver('interactive', { type: 'block_actions', ...interaction(site, click.user), ...place, actions: [action] });
};

const commanded = async (site: Site, typed: Parameters<People['slash']>[0]): Promise<Ack> => {
  const { workspace } = site;
  const context = { user: typed.user, channel: typed.channel };
  const channel = workspace.channels.get(typed.channel);
  const ack = await site.link().deliver('slash_commands', {
    token: 'local-verification',
    team_id: workspace.team.id,
    team_domain: workspace.team.domain,
    channel_id: typed.channel,
    channel_name: channel?.kind === 'im' ? 'directmessage' : (channel?.name ?? ''),
    user_id: typed.user,
    user_name: workspace.users.get(typed.user)?.name ?? typed.user,
    command: typed.command,
    text: typed.text,
    api_app_id: workspace.app.id,
    is_enterprise_install: 'false',
    response_url: responseUrl(site, context),
    trigger_id: site.tickets.newTrigger(typed.user),
  });
  if (ack.acked && (ack.payload.text !== undefined || ack.payload.blocks !== undefined))
    applyResponse(site, context, ack.payload);
  return ack;
};

const followUp = (site: Site, user: string, form: { readonly view: SlackView; readonly answer: JsonObject }): void => {
  const { views } = site.workspace;
  const next = isObject(form.answer.view) ? form.answer.view : undefined;
  switch (form.answer.response_action) {
    case 'errors':
      return;
    case 'update':
      if (next !== undefined) views.replace(readView(site.workspace, next, { replaces: form.view }));
      return;
    case 'push':
      if (next !== undefined) views.push(user, readView(site.workspace, next, { above: form.view }));
      return;
    case 'clear':
      views.clear(user);
      return;
    default:
      views.pop(user);
  }
};

const submitted = async (site: Site, form: Parameters<People['submit']>[0]): Promise<Ack> => {
  const view = site.workspace.views.find(form.viewId)?.view;
  if (view === undefined) throw new Error(`There is no open view ${form.viewId}.`);
  const ack = await site.link().deliver('interactive', {
    type: 'view_submission',
    ...interaction(site, form.user),
    view: { ...view, state: { values: form.values } },
    response_urls: [],
  });
  if (ack.acked) followUp(site, form.user, { view, answer: ack.payload });
  return ack;
};

const closed = async (site: Site, form: Parameters<People['closeView']>[0]): Promise<Ack> => {
  const view = site.workspace.views.find(form.viewId)?.view;
  if (view === undefined) return silent;
  site.workspace.views.pop(form.user);
  if (!view.notify_on_close) return silent;
  return site
    .link()
    .deliver('interactive', { type: 'view_closed', ...interaction(site, form.user), view, is_cleared: false });
};

const reacted = async (site: Site, reaction: ReactionOf, on: boolean): Promise<Ack> => {
  const message = mustFind(site, reaction.channel, reaction.ts);
  return (await site.conversation.react({ user: reaction.user, message, name: reaction.name, on })) ?? silent;
};

const joined = (site: Site, visit: Parameters<People['join']>[0]): Promise<Ack> => {
  const members = site.workspace.channels.get(visit.channel)?.members ?? [];
  if (members.includes(visit.user)) return Promise.resolve(silent);
  site.workspace.setMembers(visit.channel, [...members, visit.user]);
  return site.feed.sendIn(visit.channel, {
    type: 'member_joined_channel',
    user: visit.user,
    channel: visit.channel,
    channel_type: 'C',
    team: site.workspace.team.id,
  });
};

/** The hands of the people: used by tests and by the page alike. Throws only for things that are not there to act on. */
export const createPeople = (site: Site): People => ({
  say: async (words) => {
    const { message, delivered } = site.conversation.post(words);
    return { ts: message.ts, acks: await delivered };
  },
  edit: ({ channel, ts, text }) => site.conversation.edit(mustFind(site, channel, ts), { text }).delivered,
  remove: ({ channel, ts }) => site.conversation.remove(mustFind(site, channel, ts)),
  react: (reaction) => reacted(site, reaction, true),
  unreact: (reaction) => reacted(site, reaction, false),
  click: (click) => clicked(site, click),
  slash: (typed) => commanded(site, typed),
  submit: (form) => submitted(site, form),
  closeView: (form) => closed(site, form),
  openHome: (visit) =>
    site.feed.send(
      present({
        type: 'app_home_opened',
        user: visit.user,
        channel: directChannelId(visit.user),
        tab: visit.tab ?? 'home',
        view: site.workspace.home(visit.user),
      }),
    ),
  join: (visit) => joined(site, visit),
});

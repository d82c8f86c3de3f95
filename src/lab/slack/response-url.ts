import type { Site } from './site.ts';
import { isObject, type JsonObject, present, type SlackMessage } from './slack-objects.ts';
import type { ResponseContext } from './tickets.ts';

const contentOf = (body: JsonObject) =>
  present({
    text: typeof body.text === 'string' ? body.text : undefined,
    blocks: Array.isArray(body.blocks) ? body.blocks.filter(isObject) : undefined,
    attachments: Array.isArray(body.attachments) ? body.attachments.filter(isObject) : undefined,
  });

const original = (site: Site, context: ResponseContext): SlackMessage | undefined =>
  context.ts === undefined
    ? undefined
    : (site.workspace.ephemerals(context.user).find((message) => message.ts === context.ts) ??
      site.workspace.messages.get(context.channel, context.ts));

const replace = (
  site: Site,
  context: ResponseContext,
  change: { readonly before: SlackMessage; readonly body: JsonObject },
): void => {
  const { before, body } = change;
  if (before.is_ephemeral === true) site.workspace.putEphemeral(context.user, { ...before, ...contentOf(body) });
  else site.conversation.edit(before, contentOf(body));
};

const remove = (site: Site, context: ResponseContext, before: SlackMessage): void => {
  if (before.is_ephemeral === true) site.workspace.removeEphemeral(context.user, before.ts);
  else void site.conversation.remove(before);
};

const add = (site: Site, context: ResponseContext, body: JsonObject): void => {
  const draft = {
    text: '',
    ...contentOf(body),
    channel: context.channel,
    user: site.workspace.app.botUserId,
    thread: typeof body.thread_ts === 'string' ? body.thread_ts : undefined,
  };
  if (body.response_type === 'in_channel') {
    site.conversation.post(draft);
    return;
  }
  site.workspace.putEphemeral(context.user, { ...site.conversation.compose(draft), is_ephemeral: true });
};

/** Does what an app asked for at a `response_url`, or by answering a command at once: add, replace or delete. */
export const applyResponse = (site: Site, context: ResponseContext, body: JsonObject): void => {
  const before = original(site, context);
  if (before !== undefined && body.delete_original === true) remove(site, context, before);
  else if (before !== undefined && body.replace_original === true) replace(site, context, { before, body });
  else add(site, context, body);
};

import type { App } from '@slack/bolt';
import { type Click, onClick } from './button-listener.ts';
import { answerTyped } from './command-listener.ts';
import { publishHome } from './home-listener.ts';
import { type Inbound, once, whisper } from './inbound.ts';
import { hearMissedReactions } from './missed-reactions.ts';
import { onReaction } from './reaction-listener.ts';
import { createSerialLanes, type SerialLanes } from './serial-lanes.ts';

/** A delivery: whose it is, and the key that all its repetitions share. */
interface Delivery {
  readonly user: string;
  readonly key: string;
}

/** Runs the work of one delivery once, after what the same person did before, and never lets it fail silently. */
type Handle = (delivery: Delivery, work: () => Promise<void>) => Promise<void>;

const createHandle = (inbound: Inbound, lanes: SerialLanes): Handle => {
  // An approval and its withdrawal may be seconds apart, and Bolt runs listeners side by side.
  return ({ user, key }, work) =>
    lanes.run(user, () =>
      once(inbound.seen, key, work).catch((error: unknown) => {
        inbound.log.error({ key, error: String(error) }, 'Something that a person did in Slack could not be handled');
      }),
    );
};

/** What listens to people. */
export interface Listeners {
  /** Resolves when running work is done. */
  drained(): Promise<void>;
  /** Takes in what was said while nobody listened. Trouble is logged, never thrown. */
  hearMissed(): Promise<void>;
}

/** Registers every listener, and a last one of each kind so that nothing stays unacknowledged. */
export const registerListeners = (app: App, inbound: Inbound): Listeners => {
  const lanes = createSerialLanes();
  const handle = createHandle(inbound, lanes);
  listenToEvents(app, inbound, handle);
  listenToMentions(app, inbound, handle);
  listenToCommands(app, inbound, handle);
  listenToClicks(app, inbound, handle);
  app.view(/.*/, async ({ ack }) => ack());
  app.shortcut(/.*/, async ({ ack }) => ack());
  app.error(async (error) => {
    inbound.log.error({ error: String(error) }, 'Bolt could not handle a delivery');
  });
  return {
    drained: lanes.drained,
    hearMissed: () =>
      hearMissedReactions(inbound).catch((error: unknown) => {
        inbound.log.warn({ error: String(error) }, 'What was said by emoji meanwhile could not be read');
      }),
  };
};

const listenToEvents = (app: App, inbound: Inbound, handle: Handle): void => {
  app.event('reaction_added', ({ event, body }) =>
    handle({ user: event.user, key: `event:${body.event_id}` }, () =>
      onReaction(inbound, { ...event, ...event.item, added: true }),
    ),
  );
  app.event('reaction_removed', ({ event, body }) =>
    handle({ user: event.user, key: `event:${body.event_id}` }, () =>
      onReaction(inbound, { ...event, ...event.item, added: false }),
    ),
  );
  app.event('app_home_opened', ({ event, body }) =>
    handle({ user: event.user, key: `event:${body.event_id}` }, async () => {
      if (event.tab === 'home') await publishHome(inbound, event.user);
    }),
  );
  app.event('subteam_members_changed', async () => inbound.refreshApprovers());
  // Of all messages only a deleted one of the bot's own matters: it is shown again.
  app.event('message', async ({ event, body }) => {
    if (event.subtype !== 'message_deleted') return;
    await handle({ user: 'deletions', key: `event:${body.event_id}` }, async () => {
      const message = await inbound.shown.byMessage(event.channel, event.deleted_ts);
      if (message !== null) inbound.messageDeleted(message.uid, message.key);
    });
  });
};

const listenToMentions = (app: App, inbound: Inbound, handle: Handle): void => {
  app.event('app_mention', ({ event, body }) =>
    handle({ user: event.user ?? '', key: `event:${body.event_id}` }, async () => {
      const { user, channel } = event;
      if (user === undefined) return;
      const text = event.text.replace(/<@[^>]*>/g, ' ');
      const { name } = await inbound.people.actor(user);
      const reply = await answerTyped(inbound, { text, user, name, channel });
      const thread = event.thread_ts ?? event.ts;
      const words = { text: reply.text, blocks: reply.blocks };
      if (reply.visibility === 'ephemeral') return whisper(inbound, { channel, user, thread: event.thread_ts }, words);
      await inbound.web.call('chat.postMessage', { channel, thread_ts: thread, unfurl_links: false, ...words });
    }),
  );
};

const listenToCommands = (app: App, inbound: Inbound, handle: Handle): void => {
  app.command(/.*/, async ({ ack, command, respond }) => {
    await ack();
    await handle({ user: command.user_id, key: `command:${command.trigger_id}` }, async () => {
      const { text, user_id: user, user_name: name, channel_id: channel } = command;
      const reply = await answerTyped(inbound, { text, user, name, channel });
      try {
        await respond({ text: reply.text, blocks: [...reply.blocks], response_type: reply.visibility });
      } catch (error) {
        // The command has run: telling it in another way is better than running it again.
        inbound.log.warn({ error: String(error) }, 'Slack did not take the answer to a command');
        await whisper(inbound, { channel, user }, { text: reply.text, blocks: reply.blocks });
      }
    });
  });
};

const listenToClicks = (app: App, inbound: Inbound, handle: Handle): void => {
  app.action(/.*/, async ({ ack, body, action }) => {
    await ack();
    if (body.type !== 'block_actions' || !('action_id' in action) || action.type !== 'button') return;
    const click: Click = {
      action: action.action_id,
      value: action.value,
      user: body.user.id,
      name: body.user.name ?? body.user.username,
      channel: body.channel?.id,
      trigger: body.trigger_id,
    };
    const place = body.container.message_ts ?? body.container.view_id ?? '';
    const key = `click:${click.user}:${place}:${click.action}:${action.action_ts}`;
    await handle({ user: click.user, key }, () => onClick(inbound, click));
  });
};

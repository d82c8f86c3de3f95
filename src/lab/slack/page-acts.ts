import { z } from 'zod';
import type { PageRequests } from './page-protocol.ts';
import type { People } from './people.ts';
import type { Site } from './site.ts';
import { type Ack, type JsonObject, present } from './slack-objects.ts';

/** Longer than this is nothing that a person types. */
const wordsMax = 20_000;
const id = z.string().min(1).max(300);
const words = z.string().max(wordsMax);
const values = z.record(z.string(), z.unknown());
const user = { user: id };

const shapes = {
  say: z.object({ ...user, channel: id, text: words.min(1), thread: id.optional() }),
  slash: z.object({ ...user, channel: id, command: id, text: words }),
  react: z.object({ ...user, channel: id, ts: id, name: id, on: z.boolean() }),
  click: z.object({
    ...user,
    actionId: id,
    blockId: id,
    channel: id.optional(),
    ts: id.optional(),
    viewId: id.optional(),
    option: words.optional(),
    options: z.array(words).max(100).optional(),
    input: words.optional(),
    values: values.optional(),
  }),
  submit: z.object({ ...user, viewId: id, values }),
  close: z.object({ ...user, viewId: id }),
  home: z.object({ ...user, tab: z.enum(['home', 'messages']) }),
  join: z.object({ ...user, channel: id }),
  dismiss: z.object({ ...user, ts: id }),
} satisfies Record<keyof PageRequests, z.ZodType>;

const done: Ack = { acked: true, payload: {}, attempts: 0 };

const escapeEntities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What a person typed, in Slack's wire form: entities escaped, names of people and channels as mentions. */
const encodeTyped = (site: Site, text: string): string => {
  const users = [...site.workspace.users.values()];
  const channels = [...site.workspace.channels.values()].filter((channel) => channel.kind === 'channel');
  return escapeEntities(text)
    .replaceAll(/(?<=^|[\s(])@([\w.-]+)/g, (whole, name: string) => {
      const known = users.find((candidate) => candidate.name === name.toLowerCase());
      return known === undefined ? whole : `<@${known.id}>`;
    })
    .replaceAll(/(?<=^|[\s(])#([\w-]+)/g, (whole, name: string) => {
      const known = channels.find((candidate) => candidate.name === name.toLowerCase());
      return known === undefined ? whole : `<#${known.id}|${known.name}>`;
    })
    .replaceAll(/(?<=^|[\s(])(https?:\/\/[^\s]+)/g, '<$1>');
};

/** Commands get mentions as ids only if the app's manifest asks for it. */
const encodeCommand = (site: Site, command: string, text: string): string =>
  site.commands.some((known) => known.command === command && known.escapes === true)
    ? encodeTyped(site, text)
    : escapeEntities(text);

type Act = (body: JsonObject) => Promise<Ack>;

/** The page's hands: each request is checked and then done as the person who asks. Rejects for bodies that make no sense. */
export const createPageActs = (site: Site, people: People): Readonly<Record<keyof PageRequests, Act>> => ({
  // Nobody waits for the app to have heard what was said, only for what was asked of it.
  say: async (body) => {
    const words = shapes.say.parse(body);
    void people.say({ ...present(words), text: encodeTyped(site, words.text) });
    return done;
  },
  slash: (body) => {
    const typed = shapes.slash.parse(body);
    return people.slash({ ...typed, text: encodeCommand(site, typed.command, typed.text) });
  },
  react: async (body) => {
    const { on, ...reaction } = shapes.react.parse(body);
    await (on ? people.react(reaction) : people.unreact(reaction));
    return done;
  },
  click: (body) => people.click(present(shapes.click.parse(body))),
  submit: (body) => people.submit(shapes.submit.parse(body)),
  close: async (body) => {
    await people.closeView(shapes.close.parse(body));
    return done;
  },
  home: async (body) => {
    void people.openHome(shapes.home.parse(body));
    return done;
  },
  join: async (body) => {
    void people.join(shapes.join.parse(body));
    return done;
  },
  dismiss: async (body) => {
    const message = shapes.dismiss.parse(body);
    site.workspace.removeEphemeral(message.user, message.ts);
    return done;
  },
});

import type { ServerResponse } from 'node:http';
import type { PageEvent, Snapshot } from './page-protocol.ts';
import type { Site } from './site.ts';
import type { Change } from './workspace.ts';

/** A page that is open for days must not get a month of incidents at once. */
const messagesPerChannelMax = 500;
const heartbeatMs = 15_000;

const snapshotFor = (site: Site, user: string): Snapshot => {
  const { workspace } = site;
  const channels = [...workspace.channels.values()].filter(
    (channel) => channel.kind === 'channel' || channel.members.includes(user),
  );
  return {
    kind: 'snapshot',
    team: workspace.team,
    me: user,
    botUserId: workspace.app.botUserId,
    users: [...workspace.users.values()],
    groups: [...workspace.groups.values()],
    channels,
    messages: channels.flatMap((channel) => workspace.messages.all(channel.id).slice(-messagesPerChannelMax)),
    ephemerals: workspace.ephemerals(user),
    views: workspace.views.of(user),
    home: workspace.home(user) ?? null,
    bookmarks: [...workspace.bookmarks].map(([channel, bookmarks]) => ({ channel, bookmarks })),
    commands: site.commands,
    messagesTab: site.messagesTab,
    connected: site.link().connected(),
  };
};

const mayRead = (site: Site, user: string, channelId: string): boolean => {
  const channel = site.workspace.channels.get(channelId);
  return channel?.kind === 'channel' || channel?.members.includes(user) === true;
};

const isFor = (site: Site, user: string, change: Change): boolean => {
  if (change.kind === 'message') return mayRead(site, user, change.message.channel);
  if (change.kind === 'message-removed') return mayRead(site, user, change.channel);
  return 'user' in change ? change.user === user : true;
};

/** The live side of the page: a snapshot first, then every change that this person may see. */
export interface PageEvents {
  stream(response: ServerResponse, user: string): void;
  close(): void;
}

/** Keeps the open streams. */
export const createPageEvents = (site: Site): PageEvents => {
  const open = new Set<ServerResponse>();
  return {
    stream: (response, user) => {
      // An ended response stays subscribed until its socket has closed; a change in between must not be written to it.
      const write = (text: string): void => {
        if (!response.writableEnded) response.write(text);
      };
      const send = (event: PageEvent): void => write(`data: ${JSON.stringify(event)}\n\n`);
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      write('retry: 1000\n\n');
      send(snapshotFor(site, user));
      const stop = site.workspace.onChange((change) => {
        if (isFor(site, user, change)) send(change);
      });
      const heartbeat = setInterval(() => write(': still here\n\n'), heartbeatMs);
      open.add(response);
      response.on('close', () => {
        clearInterval(heartbeat);
        stop();
        open.delete(response);
      });
    },
    close: () => {
      for (const response of open) response.end();
    },
  };
};

import { createContext, useContext } from 'react';
import type { PageAnswer, PageRequests, Snapshot } from '../page-protocol.ts';
import type { SlackUser } from '../slack-objects.ts';
import type { Place } from './place.ts';

/** What every part of the page may know and do. */
export interface PageTools {
  readonly world: Snapshot;
  readonly fresh: ReadonlySet<string>;
  readonly statuses: ReadonlyMap<string, string>;
  readonly place: Place;
  go(place: Place): void;
  /** Asks the server as the person who is acted for; trouble is shown as a notice and is in the answer. */
  act<N extends keyof PageRequests>(name: N, request: PageRequests[N]): Promise<PageAnswer>;
  notify(text: string): void;
}

const PageContext = createContext<PageTools | null>(null);

/** Gives the tools to everything inside. */
export const PageProvider = PageContext.Provider;

/** The tools of the page around this component. */
export const usePage = (): PageTools => {
  const tools = useContext(PageContext);
  if (tools === null) throw new Error('This component belongs inside the page.');
  return tools;
};

const nobody: SlackUser = { id: '', name: 'unknown', realName: 'Unknown', role: '', timeZone: 'UTC', isBot: false };

/** A user by id; Slack's own voice and strangers get a name too. */
export const userOf = (world: Snapshot, id: string): SlackUser =>
  world.users.find((user) => user.id === id) ??
  (id === 'USLACKBOT'
    ? { ...nobody, id, name: 'slackbot', realName: 'Slackbot' }
    : { ...nobody, id, name: id, realName: id });

/** The person's direct conversation with the app. */
export const directChannelOf = (world: Snapshot): string =>
  world.channels.find((channel) => channel.kind === 'im')?.id ?? '';

import { assembleSite, newKey } from './assemble-site.ts';
import { createHttpDoor, listen } from './http-door.ts';
import { channelIds, userIds } from './laboratory-team.ts';
import { createPageDoor } from './page-door.ts';
import { createPeople, type People } from './people.ts';
import { createTroubledLink, type PlannedDelivery } from './planned-deliveries.ts';
import { createPlannedFaults, type PlannedFault } from './planned-faults.ts';
import { createRateLimits } from './rate-limits.ts';
import { createSignedHttpLink } from './signed-http-link.ts';
import type { CommandHint, Link, SlackMessage, SlackView } from './slack-objects.ts';
import { createSocketLink, type SocketLink } from './socket-link.ts';
import { type ApiCall, type CallWitness, createWebApi } from './web-api.ts';

/** How a local Slack is set up; every member has a default. */
export interface LocalSlackOptions {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly nowMs?: () => number;
  /** How long an app may take to acknowledge one attempt. */
  readonly socketAckMs?: number;
  /** How long after an upload a file is shared and may be used in blocks. */
  readonly fileReadyMs?: number;
  /** Whether calls are counted against Slack's rate limits. */
  readonly rateLimits?: boolean;
  /** What the app may do, hears and offers, as far as it shall differ from the product's own manifest. */
  readonly scopes?: readonly string[];
  readonly subscriptions?: readonly string[];
  readonly commands?: readonly CommandHint[];
  /** Deliver by signed HTTP to this address instead of Socket Mode. Asked at each delivery, so that the app may start later. */
  readonly requestUrl?: () => string;
  /** Looks on as the Web API works, and may hang up on the app. */
  readonly witness?: CallWitness;
}

/** A running local Slack. */
export interface LocalSlack {
  /** The page for people. */
  readonly url: string;
  /** For `clientOptions.slackApiUrl`. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly users: typeof userIds;
  readonly channels: typeof channelIds;
  readonly people: People;
  /** Everything said in a channel, replies included, oldest first. */
  messages(channel: string): readonly SlackMessage[];
  /** A message and its replies, oldest first. */
  thread(channel: string, ts: string): readonly SlackMessage[];
  /** What one person alone sees, oldest first. */
  ephemerals(user: string): readonly SlackMessage[];
  /** The person's open modals, the topmost last. */
  views(user: string): readonly SlackView[];
  home(user: string): SlackView | undefined;
  /** The bytes of an uploaded file. */
  fileBytes(id: string): Uint8Array | undefined;
  /** Every Web API call so far. */
  calls(): readonly ApiCall[];
  injectFault(fault: PlannedFault): void;
  /** Holds up, repeats or swallows what comes for the app. */
  injectDelivery(delivery: PlannedDelivery): void;
  /** Asks the app's sockets to reconnect. */
  refreshSocket(): void;
  /** Cuts the app's sockets. */
  dropSockets(): void;
  /** Whether an app is connected. */
  connected(): boolean;
  close(): Promise<void>;
}

const botToken = 'xoxb-local-bot';
const appToken = 'xapp-local-app';
const signingSecret = 'local-signing-secret';
/** The call log is for tests and for a look at the end of a drill: older calls are forgotten. */
const callsMax = 10_000;

const chooseLink = (options: LocalSlackOptions, sockets: SocketLink, nowMs: () => number): Link => {
  const { requestUrl, socketAckMs } = options;
  if (requestUrl === undefined) return sockets;
  const at = () =>
    createSignedHttpLink({ requestUrl: requestUrl(), signingSecret, ackMs: socketAckMs ?? 3_000, nowMs });
  return { deliver: (kind, payload) => at().deliver(kind, payload), connected: () => true, close: () => undefined };
};

const createCallLog = () => {
  const calls: ApiCall[] = [];
  return {
    calls: (): readonly ApiCall[] => calls,
    record: (call: ApiCall): void => {
      calls.push(call);
      if (calls.length > callsMax) calls.shift();
    },
  };
};

/** Starts a Slack of our own: the real protocol for the app, a page for people, everything in memory. Rejects when the port is taken. */
export const startLocalSlack = async (options: LocalSlackOptions = {}): Promise<LocalSlack> => {
  const nowMs = options.nowMs ?? Date.now;
  let baseUrl = '';
  const sockets = createSocketLink({
    appId: 'A0SREBOT1',
    ackMs: options.socketAckMs ?? 3_000,
    onConnected: (connected) => site.workspace.announce({ kind: 'link', connected }),
  });
  const link = createTroubledLink(chooseLink(options, sockets, nowMs));
  const { site, close: stopTimers } = assembleSite({
    nowMs,
    link: () => link,
    baseUrl: () => baseUrl,
    manifest: options,
    fileReadyMs: options.fileReadyMs ?? 50,
  });
  const log = createCallLog();
  const faults = createPlannedFaults();
  const people = createPeople(site);
  const api = createWebApi({
    site,
    botToken,
    appToken,
    faults,
    rates: options.rateLimits === false ? null : createRateLimits(nowMs),
    record: log.record,
    witness: options.witness ?? (() => 'go on'),
    socketUrl: () => `${baseUrl.replace(/^http/, 'ws')}/link/?ticket=${newKey()}&app_id=${site.workspace.app.id}`,
  });
  const page = createPageDoor(site, people);
  const server = createHttpDoor({ site, api, page, sockets });
  const host = options.host ?? '127.0.0.1';
  const port = await listen(server, options.port ?? 0, host);
  baseUrl = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`;

  const close = async (): Promise<void> => {
    stopTimers();
    sockets.close();
    page.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    ...inspect(site),
    ...controls(baseUrl, sockets),
    people,
    calls: log.calls,
    injectFault: faults.plan,
    injectDelivery: link.plan,
    close,
  };
};

const inspect = (site: ReturnType<typeof assembleSite>['site']) => ({
  users: userIds,
  channels: channelIds,
  messages: site.workspace.messages.all,
  thread: site.workspace.messages.thread,
  ephemerals: site.workspace.ephemerals,
  views: site.workspace.views.of,
  home: site.workspace.home,
  fileBytes: (id: string) => site.workspace.files.get(id)?.bytes,
  connected: () => site.link().connected(),
});

const controls = (baseUrl: string, sockets: SocketLink) => ({
  url: `${baseUrl}/`,
  apiUrl: `${baseUrl}/api/`,
  botToken,
  appToken,
  signingSecret,
  refreshSocket: () => sockets.refresh('refresh_requested'),
  dropSockets: sockets.drop,
});

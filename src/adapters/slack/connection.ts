import { App, HTTPReceiver, type Logger, LogLevel, SocketModeReceiver, webApi } from '@slack/bolt';
import { BotError } from '../../domain/bot-error.ts';
import { limits } from '../../limits.ts';
import type { Log } from '../../ports/log.ts';
import { boundedFetch } from './slack-web.ts';

/** How the bot reaches Slack and is reached by it. */
export interface SlackConfig {
  readonly mode: 'socket' | 'http';
  readonly botToken: string;
  /** For Socket Mode. */
  readonly appToken?: string | undefined;
  /** For HTTP mode. */
  readonly signingSecret?: string | undefined;
  readonly apiUrl: string;
  /** The incident channel: its id, or its name with or without `#`. */
  readonly channel: string;
  readonly approverIds: readonly string[];
  /** A user group's id or handle. */
  readonly approverGroup?: string | undefined;
  readonly httpPort?: number | undefined;
  readonly httpHost?: string | undefined;
  /** How long one call to Slack may take; never more than slackCallMsMax. */
  readonly callMsMax?: number | undefined;
}

/** How long one call to Slack may take with this configuration. */
export const callMsMaxOf = ({ callMsMax = limits.slackCallMsMax }: SlackConfig): number =>
  Math.min(callMsMax, limits.slackCallMsMax);

/** Whether people's words reach the bot now. */
export type SlackHealth = 'connected' | 'reconnecting' | 'down';

/** Who the bot is in its workspace. */
export interface Identity {
  readonly botId: string;
  readonly botUserId: string;
  readonly teamId: string;
  /** The workspace's address, with a slash at its end. */
  readonly teamUrl: string;
}

/** A Bolt app with its receiver, not yet listening. */
export interface Connection {
  readonly app: App;
  readonly client: webApi.WebClient;
  /** Whom the app acts as; to be told before {@link listen}. */
  identify(identity: Identity): void;
  /** Resolves when Slack has said hello (Socket Mode) or the port is open (HTTP). */
  listen(): Promise<void>;
  close(): Promise<void>;
  health(): SlackHealth;
  /** Called whenever people can be heard again after a while in which they could not. */
  onReturn(listener: () => void): void;
}

const quiet: readonly LogLevel[] = [LogLevel.INFO, LogLevel.DEBUG];

/** Bolt's own log lines as the bot's: its chatter at debug, and never to the console. */
const boltLogger = (log: Log): Logger => {
  const say =
    (level: LogLevel) =>
    (...words: unknown[]) => {
      const line = words.map((word) => (word instanceof Error ? word.message : String(word))).join(' ');
      const to = quiet.includes(level) ? 'debug' : level === LogLevel.WARN ? 'warn' : 'error';
      log[to]({ from: 'bolt' }, line.slice(0, 500));
    };
  return {
    debug: () => undefined,
    info: say(LogLevel.INFO),
    warn: say(LogLevel.WARN),
    error: say(LogLevel.ERROR),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
};

const missing = (what: string): BotError => new BotError('slack_config', what);

interface Door {
  readonly receiver: SocketModeReceiver | HTTPReceiver;
  readonly health: () => SlackHealth;
  readonly onReturn: (listener: () => void) => void;
}

const socketDoor = (config: SlackConfig, logger: Logger): Door => {
  const { appToken, apiUrl } = config;
  if (appToken === undefined || appToken === '') throw missing('Socket Mode needs the app-level token (xapp-).');
  let state: SlackHealth = 'down';
  const returnListeners = new Set<() => void>();
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    // A third of it is the ping interval; after a refresh the client is away for about as long.
    clientPingTimeout: 2_500,
    installerOptions: {
      // Its own options: shared ones would be changed by the SDK. For ever, because a socket that gives up leaves the bot deaf.
      clientOptions: {
        slackApiUrl: apiUrl,
        timeout: limits.slackCallMsMax,
        retryConfig: { forever: true, retries: 1_000, minTimeout: 500, maxTimeout: 5_000, factor: 1.3 },
      },
    },
  });
  receiver.client.on('connected', () => {
    const isReturn = state === 'reconnecting';
    state = 'connected';
    if (isReturn) for (const listener of returnListeners) listener();
  });
  for (const event of ['reconnecting', 'close', 'disconnecting'])
    receiver.client.on(event, () => {
      state = 'reconnecting';
    });
  receiver.client.on('disconnected', () => {
    state = 'down';
  });
  return { receiver, health: () => state, onReturn: (listener) => void returnListeners.add(listener) };
};

const httpDoor = (config: SlackConfig, logger: Logger): Door => {
  const { signingSecret } = config;
  if (signingSecret === undefined || signingSecret === '') throw missing('HTTP mode needs the signing secret.');
  // Over HTTP Slack itself tries again, and there is no connection that could be lost.
  return {
    receiver: new HTTPReceiver({ signingSecret, logger }),
    health: () => 'connected',
    onReturn: () => undefined,
  };
};

/** Builds the Bolt app so that nothing happens before it is told to listen. Throws BotError `slack_config` when a token is missing. */
export const createConnection = (config: SlackConfig, log: Log): Connection => {
  const logger = boltLogger(log);
  const { receiver, health, onReturn } =
    config.mode === 'socket' ? socketDoor(config, logger) : httpDoor(config, logger);
  // Nothing is retried here: a lost answer to a post is looked up first, and a rate limit is the outbox's matter.
  const callMsMax = callMsMaxOf(config);
  const clientOptions = () => ({
    slackApiUrl: config.apiUrl,
    timeout: callMsMax,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    fetch: boundedFetch(callMsMax),
    logger,
  });
  let identity: Identity | undefined;
  let listening = false;
  const app = new App({
    receiver,
    deferInitialization: true,
    convoStore: false,
    logger,
    clientOptions: clientOptions(),
    authorize: async () => ({ ...identity, botToken: config.botToken }),
  });
  return {
    app,
    client: new webApi.WebClient(config.botToken, clientOptions()),
    identify: (who) => {
      identity = who;
    },
    listen: async () => {
      await app.init();
      if (config.mode === 'socket') await app.start();
      else await app.start({ port: config.httpPort ?? 0, host: config.httpHost ?? '127.0.0.1' });
      listening = true;
    },
    close: async () => {
      listening = false;
      await app.stop();
    },
    health: () => (listening ? health() : 'down'),
    onReturn,
  };
};

import {
  createConfiguration,
  HttpMethod,
  type KubeConfig,
  RequestContext,
  type ResponseContext,
} from '@kubernetes/client-node';
import { bulkhead, TimeoutStrategy, timeout, wrap } from 'cockatiel';
import { BotError } from '../../domain/bot-error.ts';
import type { Json, JsonObject } from '../../domain/json.ts';
import { isJsonObject } from '../../domain/json-read.ts';
import { limits } from '../../limits.ts';
import { jsonLines } from './json-lines.ts';
import { silenceReason } from './silence-reason.ts';

/** One request to the API server. `path` begins with `/api` and holds no query. */
export interface KubeRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Json;
  /** Default queryMsMax. Waiting for a free slot counts too. */
  readonly timeoutMs?: number;
}

/** The server's reply with any status, its body as it was sent; or silence: no complete reply came in time. */
export type KubeReply =
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly body: JsonObject;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'silence'; readonly reason: string };

/** One line of a watch. */
export interface WatchEvent {
  readonly type: string;
  readonly object: JsonObject;
}

/** The one road to the API server that readers, the writer and the flight recorder share. */
export interface KubeConnection {
  /** Never throws. */
  send(request: KubeRequest): Promise<KubeReply>;
  /** Ends when the server ends it; throws BotError `watch_refused` with the status, or what broke the stream. */
  watch(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): AsyncGenerator<WatchEvent>;
}

/** The media types that are asked for: the server has other names for a part of a list than for the same part of a watch. */
export interface ReplyForm {
  readonly reply: string;
  readonly watchLine: string;
}

const wholeObjects: ReplyForm = { reply: 'application/json', watchLine: 'application/json' };

const inFlightMax = 8;
const queueMax = 256;
const userAgent = 'ai4all-sre';

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * The client library makes a new pool of sockets for each request, and none is ever used again: so the first pool is kept
 * and given to all. Forgetting it makes the next request build one from the files as they are then, which is how rotated
 * certificates come in.
 */
const createSocketPool = () => {
  let kept: Dispatcher | undefined;
  return {
    share: (context: RequestContext): void => {
      const offered = context.getDispatcher();
      if (kept === undefined) kept = offered;
      else context.setDispatcher(kept);
    },
    forget: (): void => {
      const old = kept;
      kept = undefined;
      old?.close().catch(() => undefined); // closing waits for those who still use it; that it was broken is known
    },
  };
};

const parsedBody = (text: string): JsonObject => {
  try {
    const parsed: Json = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : {};
  } catch {
    return { message: text }; // a proxy's HTML page, for instance
  }
};

/** A socket may break at any moment; what changes nothing is simply asked again. */
const triesMax = 3;

const changesNothing = ({ method = 'GET', query }: KubeRequest): boolean => method === 'GET' || query?.dryRun === 'All';

/** Opens the road: one pool of sockets, at most eight requests at once, each with a time limit that covers its reply's body. */
export const createConnection = (kubeconfig: KubeConfig, form = wholeObjects): KubeConnection => {
  const { httpApi } = createConfiguration();
  const pool = createSocketPool();
  const gate = bulkhead(inFlightMax, queueMax);

  const contextOf = async (request: KubeRequest, signal: AbortSignal): Promise<RequestContext> => {
    const server = kubeconfig.getCurrentCluster()?.server;
    if (server === undefined) throw new BotError('kubeconfig', 'the kubeconfig names no cluster');
    const context = new RequestContext(
      `${server.replace(/\/+$/, '')}${request.path}`,
      HttpMethod[request.method ?? 'GET'],
    );
    for (const [name, value] of Object.entries(request.query ?? {})) context.setQueryParam(name, value);
    context.setHeaderParam('User-Agent', userAgent);
    context.setHeaderParam('Accept', form.reply);
    for (const [name, value] of Object.entries(request.headers ?? {})) context.setHeaderParam(name, value);
    if (request.body !== undefined) context.setBody(JSON.stringify(request.body));
    context.setSignal(signal);
    await kubeconfig.applySecurityAuthentication(context);
    pool.share(context);
    return context;
  };

  const exchange = async (request: KubeRequest, signal: AbortSignal): Promise<KubeReply> => {
    const response = await httpApi.send(await contextOf(request, signal)).toPromise();
    if (response.httpStatusCode === 401) pool.forget();
    const body = parsedBody(await response.body.text());
    return { kind: 'reply', status: response.httpStatusCode, body, headers: response.headers };
  };

  const sendOnce = async (request: KubeRequest): Promise<KubeReply & { readonly isBroken?: true }> => {
    const timeLimit = timeout(request.timeoutMs ?? limits.queryMsMax, TimeoutStrategy.Aggressive);
    const hurry = wrap(timeLimit, gate);
    let late = false;
    timeLimit.onTimeout(() => {
      late = true;
    });
    try {
      return await hurry.execute(({ signal }) => exchange(request, signal));
    } catch (error) {
      if (late) return { kind: 'silence', reason: 'no answer in time' };
      pool.forget();
      return { kind: 'silence', reason: silenceReason(error), isBroken: true };
    }
  };

  const send = async (request: KubeRequest): Promise<KubeReply> => {
    for (let tries = 1; ; tries += 1) {
      const { isBroken, ...reply } = await sendOnce(request);
      if (isBroken !== true || !changesNothing(request) || tries === triesMax) return reply;
    }
  };

  /** The headers of a watch come at once; a server that keeps them back is not well, however patient the watch itself may be. */
  const open = async (request: KubeRequest, signal: AbortSignal): Promise<ResponseContext> => {
    const hurry = new AbortController();
    const timer = setTimeout(() => hurry.abort(), limits.queryMsMax);
    try {
      return await httpApi.send(await contextOf(request, AbortSignal.any([signal, hurry.signal]))).toPromise();
    } finally {
      clearTimeout(timer);
    }
  };

  async function* watch(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal) {
    const response = await open(
      { path, query: { ...query, watch: 'true' }, headers: { Accept: form.watchLine } },
      signal,
    );
    const stream = response.body.stream();
    if (response.httpStatusCode !== 200 || stream === null) {
      await stream?.cancel();
      throw new BotError('watch_refused', `${response.httpStatusCode}`);
    }
    for await (const line of jsonLines(stream)) {
      if (isJsonObject(line) && typeof line.type === 'string' && isJsonObject(line.object)) {
        yield { type: line.type, object: line.object };
      }
    }
  }

  return { send, watch };
};

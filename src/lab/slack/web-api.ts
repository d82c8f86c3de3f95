import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { createArguments } from './arguments.ts';
import { methods } from './methods/index.ts';
import type { PlannedFault, PlannedFaults } from './planned-faults.ts';
import type { RateLimits } from './rate-limits.ts';
import { Refusal } from './refusal.ts';
import { readBytes, readFields, sendJson } from './request-body.ts';
import { scopeOfMethod } from './scopes.ts';
import type { Site } from './site.ts';
import type { JsonObject } from './slack-objects.ts';

/** One call that the app made, and how it ended. */
export interface ApiCall {
  readonly method: string;
  readonly args: JsonObject;
  readonly atMs: number;
  readonly status: number;
  readonly answer: JsonObject;
  readonly userAgent: string;
}

interface Answer {
  readonly status: number;
  readonly body: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Looks on as calls arrive and as they are done but not yet answered; may hang up at either moment. */
export type CallWitness = (when: 'arrived' | 'done', call: Pick<ApiCall, 'method' | 'args'>) => 'go on' | 'hang up';

/** The door through which the app's calls come. */
export interface WebApi {
  handle(request: IncomingMessage, response: ServerResponse, method: string): Promise<void>;
}

/** What the door needs to judge a call. */
export interface WebApiDeps {
  readonly site: Site;
  readonly botToken: string;
  readonly appToken: string;
  readonly faults: PlannedFaults;
  /** Null when calls are not counted. */
  readonly rates: RateLimits | null;
  readonly record: (call: ApiCall) => void;
  readonly witness: CallWitness;
  /** The address for one new Socket Mode connection. */
  readonly socketUrl: () => string;
}

interface Call {
  readonly method: string;
  readonly token: string | undefined;
  readonly args: JsonObject;
}

const failure = (error: string, more: JsonObject = {}): Answer => ({
  status: 200,
  body: { ok: false, error, ...more },
});

const tooMany = (seconds: number): Answer => ({
  status: 429,
  body: { ok: false, error: 'ratelimited' },
  headers: { 'retry-after': String(seconds) },
});

const answerOfFault = (fault: PlannedFault | undefined): Answer | undefined => {
  if (fault === undefined || fault.lostReply === true) return undefined;
  if (fault.status === 429) return tooMany(fault.retryAfter ?? 1);
  if (fault.error !== undefined) return failure(fault.error);
  return fault.status === undefined ? undefined : { status: fault.status, body: {} };
};

const openSocket = (deps: WebApiDeps, call: Call): Answer => {
  if (call.token === undefined) return failure('not_authed');
  if (call.token === deps.botToken) return failure('not_allowed_token_type');
  if (call.token !== deps.appToken) return failure('invalid_auth');
  return { status: 200, body: { ok: true, url: deps.socketUrl() } };
};

/** Why a call may not pass, in the order in which Slack looks. */
const objection = (deps: WebApiDeps, call: Call): Answer | undefined => {
  if (methods[call.method] === undefined) return failure('unknown_method', { req_method: call.method });
  if (call.method !== 'api.test' && call.token !== deps.botToken)
    return failure(call.token === undefined ? 'not_authed' : 'invalid_auth');
  const needed = scopeOfMethod[call.method];
  if (needed !== undefined && !deps.site.scopes.includes(needed))
    return failure('missing_scope', { needed, provided: deps.site.scopes.join(',') });
  const waitSeconds = deps.rates?.take(call.method, String(call.args.channel ?? '')) ?? 0;
  return waitSeconds > 0 ? tooMany(waitSeconds) : undefined;
};

const answer = (deps: WebApiDeps, call: Call): Answer => {
  if (call.method === 'apps.connections.open') return openSocket(deps, call);
  const objected = objection(deps, call);
  if (objected !== undefined) return objected;
  try {
    const body = methods[call.method]?.(createArguments(call.args), deps.site) ?? {};
    return { status: 200, body: { ok: true, ...body } };
  } catch (error) {
    if (error instanceof Refusal) return failure(error.code, error.more);
    throw error;
  }
};

const readCall = async (request: IncomingMessage, method: string): Promise<Call> => {
  const bytes = await readBytes(request);
  const query = Object.fromEntries(new URL(request.url ?? '', 'http://local').searchParams);
  const { token: inBody, ...args } = {
    ...query,
    ...readFields(bytes, request.headers['content-type'] ?? ''),
  } as Record<string, unknown>;
  const inHeader = request.headers.authorization?.replace(/^Bearer /, '');
  return { method, args, token: inHeader ?? (typeof inBody === 'string' ? inBody : undefined) };
};

/** Serves `/api/<method>`: tokens, scopes, rates and planned faults first, then the method itself. */
export const createWebApi = (deps: WebApiDeps): WebApi => ({
  handle: async (request, response, method) => {
    const call = await readCall(request, method);
    const fault = deps.faults.meet(method);
    if (deps.witness('arrived', call) === 'hang up') {
      request.socket.destroy();
      return;
    }
    await fault?.heldUntil;
    const result = answerOfFault(fault) ?? answer(deps, call);
    deps.record({
      method,
      args: call.args,
      atMs: deps.site.workspace.nowMs(),
      status: result.status,
      answer: result.body,
      userAgent: request.headers['user-agent'] ?? '',
    });
    if (fault?.delayMs !== undefined) await delay(fault.delayMs);
    if (deps.witness('done', call) === 'hang up' || fault?.lostReply === true) {
      request.socket.destroy();
      return;
    }
    sendJson(response, result.body, {
      status: result.status,
      headers: { 'x-oauth-scopes': deps.site.scopes.join(','), ...result.headers },
    });
  },
});

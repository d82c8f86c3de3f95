import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AuditEvent, type AuditLog, microTime, objectRefOf } from '../access/audit-log.ts';
import { forbidden, type Permission } from '../access/authorize.ts';
import { anonymous, authenticate } from '../access/token-table.ts';
import type { ApiContext } from './api-context.ts';
import { ApiError, badRequest, unauthorized } from './api-error.ts';
import { type ApiFault, type ApiFaults, type ApiMoment, heldUpBy } from './api-faults.ts';
import {
  type ApiAnswer,
  type ApiRequest,
  type ApiUser,
  type PlainAnswer,
  type RequestInfo,
  readRequestInfo,
} from './api-request.ts';
import type { ReviewSources } from './reviews.ts';
import { routeRequest } from './route-request.ts';
import { openStream, readBody, sendPlain } from './wire.ts';

/** What answering one HTTP message needs. */
export interface MessageDependencies {
  readonly context: ApiContext;
  readonly reviews: ReviewSources;
  readonly audit: AuditLog;
  readonly address: () => string;
  readonly faults: ApiFaults;
}

/** One request on its way: what the audit log will tell of it. */
interface Exchange {
  readonly auditId: string;
  readonly receivedMs: number;
  readonly uri: string;
  readonly info: RequestInfo;
  readonly remoteAddress: string;
  readonly userAgent: string;
  user: ApiUser;
  permission: Permission | null;
  body: string;
}

const header = (message: IncomingMessage, name: string): string => {
  const value = message.headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? '';
};

const begin = (message: IncomingMessage, now: number): Exchange => {
  const uri = message.url ?? '/';
  return {
    auditId: header(message, 'audit-id') || randomUUID(),
    receivedMs: now,
    uri,
    info: readRequestInfo(message.method ?? 'GET', new URL(uri, 'https://kubernetes')),
    remoteAddress: message.socket.remoteAddress ?? '',
    userAgent: header(message, 'user-agent'),
    user: anonymous,
    permission: null,
    body: '',
  };
};

const answer = async (deps: MessageDependencies, message: IncomingMessage, exchange: Exchange): Promise<ApiAnswer> => {
  const { info } = exchange;
  const user = authenticate(deps.reviews.tokens, message.headers.authorization);
  if (user === null) throw unauthorized();
  exchange.user = user;
  exchange.permission = deps.reviews.authorize(user, info);
  if (!exchange.permission.allowed) throw forbidden(user, info);
  exchange.body = await readBody(message);
  const request: ApiRequest = {
    info,
    user,
    query: new URL(exchange.uri, 'https://kubernetes').searchParams,
    contentType: header(message, 'content-type'),
    accept: header(message, 'accept'),
    userAgent: exchange.userAgent,
    body: exchange.body,
  };
  return routeRequest(deps.context, request, { reviews: deps.reviews, address: deps.address() });
};

const refusal = (error: unknown): PlainAnswer => {
  const known =
    error instanceof ApiError
      ? error
      : new ApiError(500, `Internal error occurred: ${error instanceof Error ? error.message : String(error)}`, {
          reason: 'InternalError',
        });
  return { kind: 'json', code: known.status.code, body: known.status };
};

const responseStatusOf = (sent: ApiAnswer): AuditEvent['responseStatus'] => {
  const body: unknown = sent.kind === 'json' ? sent.body : null;
  const isFailure = sent.code >= 400 && typeof body === 'object' && body !== null && 'message' in body;
  if (!isFailure) return { metadata: {}, code: sent.code };
  const reason = 'reason' in body ? { reason: body.reason } : {};
  return { metadata: {}, status: 'Failure', message: body.message, ...reason, code: sent.code };
};

const requestObjectOf = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    // YAML bodies are kept as they came: the record must not fail where the request did not.
    return body;
  }
};

const reads = new Set(['get', 'list', 'watch']);

const auditEventOf = (exchange: Exchange, sent: ApiAnswer, now: number): AuditEvent => {
  const { info, permission, body } = exchange;
  const isWrite = info.isResource && !reads.has(info.verb);
  const objectRef = objectRefOf(info);
  const decision =
    permission === null
      ? {}
      : {
          'authorization.k8s.io/decision': permission.allowed ? 'allow' : 'forbid',
          'authorization.k8s.io/reason': permission.reason,
        };
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: isWrite ? 'Request' : 'Metadata',
    auditID: exchange.auditId,
    stage: 'ResponseComplete',
    requestURI: exchange.uri,
    verb: info.verb,
    user: exchange.user,
    sourceIPs: [exchange.remoteAddress],
    userAgent: exchange.userAgent,
    ...(objectRef === undefined ? {} : { objectRef }),
    responseStatus: responseStatusOf(sent),
    ...(isWrite && body !== '' ? { requestObject: requestObjectOf(body) } : {}),
    requestReceivedTimestamp: microTime(exchange.receivedMs),
    stageTimestamp: microTime(now),
    annotations: decision,
  };
};

const send = (deps: MessageDependencies, response: ServerResponse, exchange: Exchange, sent: ApiAnswer): void => {
  const record = (): void => deps.audit.append(auditEventOf(exchange, sent, deps.context.now()));
  if (sent.kind !== 'stream') {
    // The record comes first: who has the answer must find it in the audit log.
    record();
    sendPlain(response, sent, exchange.auditId);
    return;
  }
  response.once('close', record);
  sent.start(openStream(response, exchange.auditId));
};

const momentOf = (deps: MessageDependencies, message: IncomingMessage, exchange: Exchange): ApiMoment => {
  const { info, auditId, uri } = exchange;
  const { verb, plural, namespace, name, path } = info;
  const user = (authenticate(deps.reviews.tokens, message.headers.authorization) ?? anonymous).username;
  const dryRun = new URL(uri, 'https://kubernetes').searchParams.has('dryRun');
  return { verb, plural, namespace, name, path, user, dryRun, auditId };
};

const answerOfFault = (fault: ApiFault | undefined): PlainAnswer | null => {
  if (fault?.status === undefined) return null;
  const { status } = new ApiError(fault.status, 'the server is currently unable to handle the request', {
    reason: fault.status === 429 ? 'TooManyRequests' : 'ServiceUnavailable',
    ...(fault.status === 429 || fault.status === 503 ? { details: { retryAfterSeconds: 1 } } : {}),
  });
  return { kind: 'json', code: fault.status, body: status };
};

/** Answers one HTTP message as kube-apiserver does: authentication, authorisation, the request itself, audit. Never throws. */
export const handleMessage = async (
  deps: MessageDependencies,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const now = deps.context.now();
  let exchange: Exchange;
  try {
    exchange = begin(message, now);
  } catch {
    sendPlain(response, refusal(badRequest('the request URI cannot be read')), randomUUID());
    return;
  }
  const moment = momentOf(deps, message, exchange);
  const fault = deps.faults.meet(moment);
  await heldUpBy(fault);
  if (deps.faults.hangsUp('arrived', moment, fault)) {
    message.socket.destroy();
    return;
  }
  const sent = answerOfFault(fault) ?? (await answer(deps, message, exchange).catch(refusal));
  if (deps.faults.hangsUp('done', moment, fault)) {
    // It took effect, so the audit log knows of it, whatever its client knows.
    deps.audit.append(auditEventOf(exchange, sent, deps.context.now()));
    message.socket.destroy();
    return;
  }
  send(deps, response, exchange, sent);
};

import { createHash, timingSafeEqual } from 'node:crypto';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Sender } from '../../domain/alert.ts';
import { limits } from '../../limits.ts';
import type { AlertInbox } from '../../ports/alert-inbox.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Log } from '../../ports/log.ts';
import type { Meter } from '../../ports/meter.ts';
import type { Parsed, Source } from '../../ports/source.ts';

/** What the server needs. `ready` yields the names of what is not ready yet; none means ready. */
export interface HttpDeps {
  readonly host: string;
  readonly port: number;
  readonly senders: readonly { readonly name: string; readonly secret: string }[];
  readonly sources: readonly Source[];
  readonly inbox: AlertInbox;
  readonly clock: Clock;
  readonly log: Log;
  readonly meter: Meter;
  readonly metricsText: () => Promise<string>;
  readonly ready: () => readonly string[];
}

/** The webhook, the probes and the metrics on one port. */
export interface HttpServer {
  /** Resolves with the base URL, once it listens. */
  start(): Promise<string>;
  stop(): Promise<void>;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Comparing digests takes the same time whatever was sent, and hides the secret's length too. */
const senderOf = (deps: HttpDeps, secret: string, via: Sender['via']): Sender | null => {
  const given = digest(secret);
  const match = deps.senders.find((sender) => timingSafeEqual(digest(sender.secret), given));
  return match === undefined ? null : { name: match.name, via };
};

const bearerOf = (request: FastifyRequest): string =>
  /^Bearer (.{1,500})$/.exec(request.headers.authorization ?? '')?.[1] ?? '';

const answerOf = (parsed: Parsed, accepted: readonly { readonly id: string; readonly repeated: boolean }[]) => ({
  accepted: accepted.length,
  repeated: accepted.filter((entry) => entry.repeated).length,
  ids: accepted.map((entry) => entry.id),
  refused: parsed.refused,
  ...(parsed.notice === undefined ? {} : { notice: parsed.notice }),
});

/** Takes one delivery in and answers only after every readable alert in it is durable. */
const receive = async (
  deps: HttpDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  sender: Sender,
): Promise<unknown> => {
  const { source: name } = request.params as { source: string };
  const source = deps.sources.find((candidate) => candidate.name === name);
  if (source === undefined) {
    const known = deps.sources.map((candidate) => `/alerts/${candidate.name}`).join(', ');
    return reply.code(404).send({ error: `there is no such alert source; there are ${known}` });
  }
  const parsed = source.parse(request.body, { sender, receivedAt: deps.clock.now() });
  const accepted = parsed.alerts.length === 0 ? [] : await deps.inbox.accept(parsed.alerts);
  for (const { repeated } of accepted)
    deps.meter.count('alerts_total', { source: name, kind: repeated ? 'repeated' : 'new' });
  for (const { index, reason } of parsed.refused) {
    deps.meter.count('alerts_total', { source: name, kind: 'refused' });
    deps.log.warn({ source: name, sender: sender.name, index, reason }, 'an alert was refused');
  }
  if (parsed.notice !== undefined)
    deps.log.info({ source: name, sender: sender.name, notice: parsed.notice }, 'a notice, no alert');
  const nothingKept = accepted.length === 0 && parsed.refused.length > 0;
  return reply.code(nothingKept ? 422 : 202).send(answerOf(parsed, accepted));
};

const unauthorised = (reply: FastifyReply): FastifyReply =>
  reply.code(401).header('www-authenticate', 'Bearer realm="alerts"').send({
    error:
      'the sender is not known: send Authorization: Bearer <secret>, or use the secret path /alerts/<source>/<secret>',
  });

const addWebhooks = (server: FastifyInstance, deps: HttpDeps): void => {
  server.post('/alerts/:source', (request, reply) => {
    const sender = senderOf(deps, bearerOf(request), 'bearer');
    return sender === null ? unauthorised(reply) : receive(deps, request, reply, sender);
  });
  // GoAlert can send no header, so its secret is part of the path.
  server.post('/alerts/:source/:secret', (request, reply) => {
    const sender = senderOf(deps, (request.params as { secret: string }).secret, 'path');
    return sender === null ? unauthorised(reply) : receive(deps, request, reply, sender);
  });
};

const addProbes = (server: FastifyInstance, deps: HttpDeps): void => {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', (_request, reply) => {
    const missing = deps.ready();
    return reply
      .code(missing.length === 0 ? 200 : 503)
      .send(missing.length === 0 ? { status: 'ready' } : { status: 'not ready', waitingFor: missing });
  });
  server.get('/metrics', async (_request, reply) =>
    reply.type('text/plain; version=0.0.4; charset=utf-8').send(await deps.metricsText()),
  );
};

/** Creates the server; it never logs request paths, because one of them is a secret. */
export const createHttpServer = (deps: HttpDeps): HttpServer => {
  const server = fastify({ bodyLimit: limits.webhookBytesMax, requestTimeout: limits.queryMsMax, logger: false });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error.statusCode ?? 500;
    if (status >= 500) deps.log.error({ err: error }, 'a webhook request failed');
    return reply
      .code(status)
      .send({ error: status >= 500 ? 'the alert could not be kept: send it again' : error.message });
  });
  addWebhooks(server, deps);
  addProbes(server, deps);
  return {
    start: () => server.listen({ host: deps.host, port: deps.port }),
    stop: () => server.close(),
  };
};

import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { limits } from '../../limits.ts';
import type { Journal } from '../../ports/journal.ts';
import { createRefusalBook, type RefusalBook } from './refusal-book.ts';
import { type RefusalAnswer, refusalOf, refusals, wrongMethod } from './refusals.ts';
import { addWebhooks } from './webhook.ts';
import type { WebhookDeps } from './webhook-deps.ts';

/** What the server needs. `ready` yields the names of what is not ready yet; none means ready. */
export interface HttpDeps extends Omit<WebhookDeps, 'refuse' | 'note'> {
  readonly host: string;
  readonly port: number;
  readonly journal: Pick<Journal, 'append'>;
  readonly metricsText: () => Promise<string>;
  readonly ready: () => readonly string[];
  /** Bounds of connections and of their patience; those of limits.ts when absent. */
  readonly bounds?: ConnectionBounds;
}

/** How many connections may be open, how long a request may take to arrive, and how often that is looked at. */
export interface ConnectionBounds {
  readonly connectionsMax: number;
  readonly deliveryMsMax: number;
  readonly checkEveryMs: number;
}

/** The webhook, the probes and the metrics on one port. */
export interface HttpServer {
  /** Resolves with the base URL, once it listens. */
  start(): Promise<string>;
  stop(): Promise<void>;
}

const ordinaryBounds: ConnectionBounds = {
  connectionsMax: limits.connectionsMax,
  deliveryMsMax: limits.deliveryMsMax,
  checkEveryMs: 1_000,
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

const webhookPath = /^\/alerts\/[^/]+(\/[^/]+)?\/?$/;
const probePath = /^\/(healthz|readyz|metrics)\/?$/;

/** What a path takes, where it takes anything. */
const methodsFor = (path: string): string | null => {
  if (webhookPath.test(path)) return 'POST';
  return probePath.test(path) ? 'GET, HEAD' : null;
};

const refuseWith =
  (book: RefusalBook) =>
  async (request: FastifyRequest, reply: FastifyReply, answer: RefusalAnswer): Promise<FastifyReply> => {
    const { kind, status, error, againSeconds } = answer;
    await book.note({ kind, status, reason: error, from: request.ip });
    if (againSeconds !== undefined) void reply.header('retry-after', String(againSeconds));
    return reply.code(status).send({ error });
  };

const clientRefusal = (code: string): RefusalAnswer => {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return refusals.tooSlow;
  return code === 'HPE_HEADER_OVERFLOW' ? refusals.headersTooLarge : refusals.notHttp;
};

/** Answers by hand what never became a request: it came too slowly, or is no HTTP. Each further piece of it is an error anew. */
const refuseConnection = (book: RefusalBook, code: string, socket: Socket): void => {
  if (code === 'ECONNRESET' || socket.destroyed || socket.writableEnded) return;
  const { kind, status, error } = clientRefusal(code);
  void book.note({ kind, status, reason: error, ...(socket.remoteAddress ? { from: socket.remoteAddress } : {}) });
  const body = JSON.stringify({ error });
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
  if (socket.writable) socket.end(head + body);
  socket.destroySoon();
};

const createServer = (book: RefusalBook, bounds: ConnectionBounds): FastifyInstance => {
  const { deliveryMsMax, checkEveryMs, connectionsMax } = bounds;
  const refuse = refuseWith(book);
  const server = fastify({
    logger: false,
    bodyLimit: limits.webhookBytesMax,
    // A neighbour of a malicious label must not be lost with it; the sources drop what is left of it.
    onProtoPoisoning: 'remove',
    onConstructorPoisoning: 'remove',
    requestTimeout: deliveryMsMax,
    keepAliveTimeout: deliveryMsMax,
    http: {
      requestTimeout: deliveryMsMax,
      headersTimeout: deliveryMsMax,
      connectionsCheckingInterval: checkEveryMs,
    },
    routerOptions: { maxParamLength: 600, ignoreTrailingSlash: true },
    clientErrorHandler: ({ code }, socket) => refuseConnection(book, code, socket),
    frameworkErrors: (_error, request, reply) => {
      void refuse(request as FastifyRequest, reply as FastifyReply, refusals.badAddress);
    },
  });
  // JSON is the only dialect that is spoken here.
  server.removeContentTypeParser('text/plain');
  server.server.maxConnections = connectionsMax;
  server.server.on('drop', (dropped) => {
    const reason = `more than ${connectionsMax} connections were open`;
    void book.note({
      kind: 'too-many-connections',
      status: 0,
      reason,
      ...(dropped?.remoteAddress ? { from: dropped.remoteAddress } : {}),
    });
  });
  return server;
};

/** Creates the server; it never logs request paths, because one of them is a secret. */
export const createHttpServer = (deps: HttpDeps): HttpServer => {
  const book = createRefusalBook(deps);
  const refuse = refuseWith(book);
  const server = createServer(book, deps.bounds ?? ordinaryBounds);
  server.setErrorHandler((error: Error & { code?: string; statusCode?: number }, request, reply) => {
    const refusal = refusalOf(error);
    // Who went away, or was let go for being slow, hears no answer.
    const { destroyed, writableEnded } = request.socket;
    if (refusal !== null && (destroyed || writableEnded)) return reply.code(refusal.status).send();
    if (refusal !== null) return refuse(request, reply, refusal);
    deps.log.error({ err: error }, 'a webhook request failed');
    void reply.header('retry-after', '5');
    return reply.code(503).send({ error: 'the alert could not be kept (has the bot’s disk room?): send it again' });
  });
  // Before any body is read: where there is nothing, it does not matter what was sent.
  server.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return undefined;
    const methods = methodsFor(request.url.split('?')[0] ?? '');
    if (methods === null) return refuse(request, reply, refusals.unknownPath);
    return refuse(request, reply.header('allow', methods), wrongMethod(methods));
  });
  addWebhooks(server, { ...deps, refuse, note: book.note });
  addProbes(server, deps);
  return {
    start: () => server.listen({ host: deps.host, port: deps.port }),
    stop: async () => {
      await server.close();
      await book.close();
    },
  };
};

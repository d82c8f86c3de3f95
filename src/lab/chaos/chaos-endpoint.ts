import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Chaos } from './create-chaos.ts';
import { ChaosError } from './fault.ts';

/** Bounds of the endpoint: it serves one bot on the same machine. */
const bodyBytesMax = 8_192;
const requestMsMax = 5_000;
const connectionsMax = 20;

const order = z.strictObject({
  workload: z.string().min(1).max(253).optional(),
  note: z.string().max(2_000).optional(),
});

const statusOf: Readonly<Record<ChaosError['code'], number>> = {
  'unknown-fault': 404,
  'bad-workload': 400,
  'already-active': 409,
  'not-possible': 409,
};

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const refusal = (status: number, error: string): Reply => ({ status, body: { error } });

const readBody = async (request: IncomingMessage): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > bodyBytesMax) return null;
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
};

const parseOrder = (text: string): z.infer<typeof order> | null => {
  try {
    return order.safeParse(text.trim() === '' ? {} : JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
};

const inject = (chaos: Chaos, name: string, workload: string | undefined): Reply => {
  try {
    const { done } = chaos.inject(name, workload === undefined ? {} : { workload });
    return { status: 200, body: { done } };
  } catch (error) {
    if (error instanceof ChaosError) return refusal(statusOf[error.code], error.message);
    throw error;
  }
};

const answerOrder = async (chaos: Chaos, name: string, request: IncomingMessage): Promise<Reply> => {
  const text = await readBody(request);
  if (text === null) return refusal(413, `The body may have ${bodyBytesMax} bytes.`);
  const wanted = parseOrder(text);
  if (wanted === null)
    return refusal(400, 'The body must be a JSON object with at most "workload" and "note", both texts.');
  return inject(chaos, name, wanted.workload);
};

const answer = async (chaos: Chaos, request: IncomingMessage): Promise<Reply> => {
  const { pathname } = new URL(request.url ?? '/', 'http://chaos');
  if (pathname === '/faults') {
    if (request.method !== 'GET') return refusal(405, 'GET /faults lists the faults.');
    const list = chaos.faults.map(({ name, description, workload }) => ({ name, description, workload }));
    return { status: 200, body: list };
  }
  const name = /^\/faults\/([a-z0-9-]{1,63})$/.exec(pathname)?.[1];
  if (name === undefined) return refusal(404, 'There is /faults and /faults/<name>.');
  if (request.method !== 'POST') return refusal(405, 'POST /faults/<name> injects a fault.');
  return answerOrder(chaos, name, request);
};

const send = (response: ServerResponse, { status, body }: Reply): void => {
  // What is left of a body that was too big is not worth reading: the connection ends here.
  const close = status === 413 ? { connection: 'close' } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...close }).end(JSON.stringify(body));
};

/** An open endpoint. */
export interface ChaosEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves the faults over HTTP on the loopback interface only: GET /faults, POST /faults/<name>. */
export const startChaosEndpoint = async (options: {
  readonly chaos: Chaos;
  readonly port?: number;
}): Promise<ChaosEndpoint> => {
  const server = createServer((request, response) => {
    answer(options.chaos, request).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, refusal(500, error instanceof Error ? error.message : 'The fault failed.')),
    );
  });
  server.requestTimeout = requestMsMax;
  server.headersTimeout = requestMsMax;
  server.maxConnections = connectionsMax;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

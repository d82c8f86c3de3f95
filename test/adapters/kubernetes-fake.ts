import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** What a script sees of one request. */
export interface FakeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

/** Answers one request: by hand on the response, or with a status and a body. */
export type FakeScript = (
  request: FakeRequest,
  response: ServerResponse,
) => { readonly status: number; readonly body: unknown } | 'by-hand';

/** A scripted API server for the troubles that a well server never makes. */
export interface FakeApiServer {
  readonly kubeconfig: string;
  readonly requests: FakeRequest[];
  readonly connections: () => number;
  script(script: FakeScript): void;
  close(): Promise<void>;
}

const kubeconfigFor = (server: string): string =>
  [
    'apiVersion: v1',
    'kind: Config',
    'current-context: here',
    `clusters: [{name: c, cluster: {server: "${server}", insecure-skip-tls-verify: true}}]`,
    'users: [{name: u, user: {token: swordfish}}]',
    'contexts: [{name: here, context: {cluster: c, user: u}}]',
    '',
  ].join('\n');

const bodyOf = async (incoming: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? undefined : JSON.parse(text);
};

/** Starts the fake on a free port of the loopback. */
export const startFakeApiServer = async (): Promise<FakeApiServer> => {
  const requests: FakeRequest[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;
  let script: FakeScript = () => ({ status: 404, body: { message: 'nothing is scripted' } });
  const server = createServer(async (incoming, response) => {
    const url = new URL(incoming.url ?? '/', 'http://fake');
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body: await bodyOf(incoming),
    };
    requests.push(request);
    const answer = script(request, response);
    if (answer === 'by-hand') return;
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  server.on('connection', (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: kubeconfigFor(`http://127.0.0.1:${port}`),
    requests,
    connections: () => opened,
    script: (next) => {
      script = next;
    },
    close: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      if (server.listening) await once(server, 'close');
    },
  };
};

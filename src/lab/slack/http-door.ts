import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PageDoor } from './page-door.ts';
import { handleFile, handleResponse, handleUpload } from './side-doors.ts';
import type { Site } from './site.ts';
import type { SocketLink } from './socket-link.ts';
import type { WebApi } from './web-api.ts';

/** What the server serves. */
export interface DoorParts {
  readonly site: Site;
  readonly api: WebApi;
  readonly page: PageDoor;
  readonly sockets: SocketLink;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
}

const route = async (parts: DoorParts, { request, response, url }: Exchange): Promise<void> => {
  const [, first = '', second = ''] = url.pathname.split('/');
  switch (first) {
    case 'api':
      return parts.api.handle(request, response, second);
    case 'response':
      return handleResponse(parts.site, { request, response, key: second });
    case 'upload':
      return handleUpload(parts.site, { request, response, id: second });
    case 'files-pri':
      return handleFile(parts.site, { response, id: second, download: url.searchParams.has('download') });
    default:
      return parts.page.handle(request, response);
  }
};

const fail = (response: ServerResponse, error: unknown): void => {
  if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
  response.end(`The local Slack failed: ${error instanceof Error ? error.message : String(error)}`);
};

/** The HTTP server with all its doors, not yet listening. */
export const createHttpDoor = (parts: DoorParts): Server => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://local');
    route(parts, { request, response, url }).catch((error: unknown) => fail(response, error));
  });
  server.on('upgrade', (request, socket, head) => {
    if (new URL(request.url ?? '/', 'http://local').pathname === '/link/') parts.sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  return server;
};

/** Starts to listen and returns the port. Rejects when the port is taken. */
export const listen = (server: Server, port: number, host: string): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

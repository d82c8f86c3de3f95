import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface Heard {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: tests look into foreign bodies of many shapes
  readonly body: any;
}

/** A receiver that writes down what it hears and answers with the status that a test sets. */
export interface ListeningPost {
  readonly url: string;
  readonly heard: readonly Heard[];
  status: number;
  close(): Promise<void>;
}

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
};

/** Starts a post on 127.0.0.1. */
export const startListeningPost = async (): Promise<ListeningPost> => {
  const heard: Heard[] = [];
  const post = { status: 200 };
  const server = createServer((request, response) => {
    bodyOf(request).then(
      (text) => {
        heard.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) });
        response.writeHead(post.status).end();
      },
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return Object.assign(post, {
    url: `http://127.0.0.1:${port}`,
    heard,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
};

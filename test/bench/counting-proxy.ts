import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy before one server that counts what passes. */
export interface CountingProxy {
  readonly url: string;
  count(): number;
  close(): void;
}

/** Starts a proxy on a free port of 127.0.0.1. */
export const startCountingProxy = async (target: string): Promise<CountingProxy> => {
  let count = 0;
  const server = createServer((incoming, outgoing) => {
    count += 1;
    const onward = request(
      new URL(incoming.url ?? '/', target),
      { method: incoming.method, headers: incoming.headers },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    count: () => count,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
